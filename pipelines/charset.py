"""Bytes as served to text, and the name of the encoding that was right for them.

Labels lie: a page's header, its meta tag and its bytes often name three encodings. UTF-8 that decodes
strictly is believed first; otherwise every candidate is tried and the one that reads as plausible
text wins, a label deciding only between readings that are about as plausible.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from intel.model import NotAnArticle

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_MAGIC = (
    (b"%PDF-", "pdf"),
    (b"PK\x03\x04", "zip"),
    (b"\x89PNG", "png"),
    (b"GIF8", "gif"),
    (b"\xff\xd8\xff", "jpeg"),
    (b"\x1f\x8b", "gzip"),
    (b"RIFF", "riff"),
    (b"\xd0\xcf\x11\xe0", "ole"),
    (b"Rar!", "rar"),
    (b"7z\xbc\xaf", "7z"),
)
# What a label means in practice (WHATWG Encoding): the superset that browsers decode with.
_SUPERSETS = {
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "hz": "gb18030",
    "big5": "big5hkscs",
    "cp950": "big5hkscs",
    "iso8859-1": "cp1252",
    "ascii": "cp1252",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    # A page whose meta tag could be read as ASCII is not UTF-16, whatever the tag says.
    "utf-16": "utf-8",
    "utf-16-le": "utf-8",
    "utf-16-be": "utf-8",
}
_USUAL = ("utf-8", "gb18030", "big5hkscs", "cp1252")
# Codecs that Python knows and no page is written in; some turn bytes into bytes or run without bound.
_TEXTUAL = re.compile(
    r"utf-8|gb18030|big5hkscs|cp\d{3,4}|iso8859-\d+|koi8-[ru]|euc_(?:jp|jis_2004|jisx0213)|mac-\w+|tis-620"
)
_META = re.compile(rb"<meta[^>]{0,200}?charset\s{0,5}=\s{0,5}[\"']?\s{0,5}([\w.:-]{2,40})", re.I)
_XML = re.compile(rb"^\s{0,20}<\?xml[^>]{0,200}?encoding\s{0,5}=\s{0,5}[\"']([\w.:-]{2,40})", re.I)
_HEADER = re.compile(r"charset\s{0,5}=\s{0,5}[\"']?([\w.:-]{2,40})", re.I)
_SAMPLE_BYTES = 200_000
_HEAD_BYTES = 8_000
# Below this share of plausible characters the bytes are no text we can read (measured: real pages
# reach .93 and more, Big5 read as GB18030 .45, compressed data .2).
_PLAUSIBLE = 0.6
# A labelled reading wins over an unlabelled one that is only this much more plausible.
_LABEL_BONUS = 0.05
# A reading this plausible is taken without trying the others.
_CERTAIN = 0.9
_SAMPLE_CHARACTERS = 3_000

# Characters that texts never need and that break offsets, searching or storage: C0 controls, soft
# hyphen, zero-width and bidirectional marks, private use (icon fonts, GBK's odd space), the byte order
# mark, non-characters, lone surrogates.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0b\x0e-\x1f\x7f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f"
    "\u202a-\u202e\u2060-\u206f\ue000-\uf8ff\ufeff\ufff0-\uffff\ud800-\udfff\U000e0000-\U000e007f]"
)
_C1_RANGE = re.compile("[\x80-\x9f]")
# &#150; and its like mean windows-1252, as every browser reads them.
_C1 = {code: bytes([code]).decode("cp1252", "ignore") for code in range(0x80, 0xA0)}

_FOREIGN = re.compile(r"[^\x00-\x7f]+")
_LONE = re.compile(r"(?<![^\x00-\x7f])[^\x00-\x9f\ufffd](?![^\x00-\x7f])")
_CYRILLIC_AND_GREEK = re.compile(r"[\u0370-\u04ff]")
_EAST_ASIAN = (range(0x3040, 0x3100), range(0xAC00, 0xD7B0), range(0xFF01, 0xFF5F))
_EAST_ASIAN_CODECS = frozenset({"gb18030", "big5hkscs", "cp932", "cp949", "euc_jp"})
_PUNCTUATION = "，。、；：？！“”‘’（）《》【】「」『』…—·～〈〉￥　×％※→←↑↓●○■□★☆①②③④⑤⑥⑦⑧⑨⑩°\xa0»«©®•–"


@dataclass(frozen=True, slots=True)
class Decoded:
    """A page's markup and the Python name of the encoding it was read with. `clean` what you keep of it."""

    text: str
    encoding: str


def clean(text: str) -> str:
    """The text without invisible, directional and control characters and lone surrogates."""
    if text.isascii() and text.isprintable():
        return text
    if _C1_RANGE.search(text):
        text = text.translate(_C1)
    return _INVISIBLE.sub("", text)


def seen_places(text: str) -> Sequence[int]:
    """The places of a text that hold no invisible, directional or control character or lone surrogate."""
    if not _INVISIBLE.search(text):
        return range(len(text))
    return [place for place, one in enumerate(text) if not _INVISIBLE.match(one)]


def binary(body: bytes) -> str:
    """What the first bytes say a file is if it is no text: "pdf", "zip", …; else ""."""
    return next((name for mark, name in _MAGIC if body.startswith(mark)), "")


def decode(body: bytes, content_type: str = "") -> Decoded:
    """The text of `body`, `content_type` being the header's value or "".

    A multibyte character cut off at the end is dropped; stray bytes become U+FFFD and are removed.
    Raises NotAnArticle("undecodable") if no candidate reads as text.
    """
    for mark, encoding in _BOMS:
        if body.startswith(mark):
            return Decoded(body[len(mark) :].decode(encoding, "ignore"), encoding)
    labels = tuple(_labels(body, content_type))
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        return _most_plausible(body, labels)
    # Two GB-encoded characters can pass for UTF-8 by chance ("联通"), a dozen cannot.
    if labels and "utf-8" not in labels and sum(byte > 0x7F for byte in body[:_SAMPLE_BYTES]) < 12:
        return _most_plausible(body, labels)
    return Decoded(text, "utf-8")


def _labels(body: bytes, content_type: str) -> Iterable[str]:
    """The encodings the page claims, as Python codec names, those that no page is written in left out."""
    head = body[:_HEAD_BYTES]
    found = [match.group(1) for match in _HEADER.finditer(content_type[:500])]
    found += [match.group(1).decode("ascii") for match in (*_META.finditer(head), *_XML.finditer(head))]
    for label in found:
        try:
            name = codecs.lookup(label).name
        except (LookupError, ValueError):
            continue
        name = _SUPERSETS.get(name, name)
        if _TEXTUAL.fullmatch(name):
            yield name


def _most_plausible(body: bytes, labels: tuple[str, ...]) -> Decoded:
    sample = body[:_SAMPLE_BYTES]  # the same object where the body is no longer
    best, encoding = -1.0, ""
    candidate, read = "", ""
    for candidate in dict.fromkeys((*labels, *_USUAL)):
        read = _tolerant(sample, candidate)
        score = _plausibility(read, candidate) + _LABEL_BONUS * (candidate in labels)
        if score > best:
            best, encoding = score, candidate
        if best >= _CERTAIN:
            break
    if best < _PLAUSIBLE:
        raise NotAnArticle("undecodable", f"best reading {encoding} at plausibility {best:.2f}")
    text = read if sample is body and encoding == candidate else _tolerant(body, encoding)
    return Decoded(text.replace("\ufffd", ""), encoding)


def _tolerant(body: bytes, encoding: str) -> str:
    """Decoded as far as it goes: a character cut off at the end is left out, bad bytes are U+FFFD."""
    return codecs.getincrementaldecoder(encoding)("replace").decode(body, False)


@cache
def _common() -> frozenset[str]:
    """What ordinary East Asian text consists of: GB 2312's and Big5's frequent level, kana, punctuation."""
    frequent = {
        bytes([high, low]).decode("gb2312", "ignore")
        for high in range(0xB0, 0xD8)
        for low in range(0xA1, 0xFF)
    }
    traditional = {
        bytes([high, low]).decode("big5", "ignore")
        for high in range(0xA4, 0xC7)
        for low in (*range(0x40, 0x7F), *range(0xA1, 0xFF))
    }
    others = {chr(code) for block in _EAST_ASIAN for code in block}
    return frozenset((frequent | traditional | others | set(_PUNCTUATION)) - {""})


def _foreign(text: str) -> str:
    """The first characters of a text that are not ASCII."""
    runs, size = [], 0
    for run in _FOREIGN.finditer(text):
        runs.append(run.group())
        size += len(runs[-1])
        if size >= _SAMPLE_CHARACTERS:
            break
    return "".join(runs)[:_SAMPLE_CHARACTERS]


def _usual(characters: str) -> int:
    return sum(map(_common().__contains__, characters))


def _plausibility(text: str, encoding: str) -> float:
    """The share of the non-ASCII characters that ordinary text has, minus what broken decoding leaves."""
    foreign = _foreign(text)
    if not foreign:
        return 1.0 if encoding == "utf-8" else 0.9
    broken = foreign.count("\ufffd") + len(_C1_RANGE.findall(foreign))
    if encoding in _EAST_ASIAN_CODECS:
        good = _usual(foreign)
    else:
        # Western accents and quotes stand alone between ASCII letters; a Chinese page read so has runs.
        good = len(_LONE.findall(text))
        if encoding == "utf-8":
            good = max(good, _usual(foreign))
        elif encoding not in _USUAL:
            good = max(good, len(_CYRILLIC_AND_GREEK.findall(text)))
    share: float = (min(good, len(foreign)) - 3 * broken) / len(foreign)
    return share
