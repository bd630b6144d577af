"""Articles as what is kept to know their reports again.

In: an article's text, and what the other steps read out of it (date, accounts, events). Out: a Report with
the Fingerprint of its wording, and `keys` to look candidates up by.
"""

from __future__ import annotations

import hashlib
import json
import struct
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from functools import cache

import numpy as np
from numpy.typing import NDArray

from pipelines.marks import Marks, bare, marks
from pipelines.text import fold
from pipelines.wording import Pairs, rarest

SHINGLE = 5
SKETCH = 256
OPENING = 160
PERMUTATIONS = 48
ROWS = 3
WINDOW = 3  # days between tellings of one report at most
# How many large figures become index keys.
KEYED = 12
# And how many rare pairs of characters: retellings nearly always share one of these.
KEYED_PAIRS = 20

_HEADER = struct.Struct("<16sIHB")
_LENGTH = struct.Struct("<I")
_FULL = 0xFFFF_FFFF
_WEIGHTS = np.array([pow(0x9E3779B1, power, 1 << 32) for power in range(SHINGLE)], dtype=np.uint32)


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """What is kept of a text to know it again.

    `digest` is of the bare wording; `length` counts its characters; `sketch` holds the up to
    SKETCH smallest shingle hashes (little-endian uint32, ascending); `bands` are LSH keys of the
    whole and of the opening, each a non-negative 63-bit integer that already tells its band.
    """

    digest: bytes
    length: int
    sketch: bytes
    bands: tuple[int, ...]
    marks: Marks

    def to_bytes(self) -> bytes:
        """A portable form that `from_bytes` reads."""
        head = _HEADER.pack(self.digest, self.length, len(self.sketch) // 4, len(self.bands))
        bands = np.array(self.bands, dtype="<u8").tobytes()
        return head + self.sketch + bands + self.marks.as_json().encode()

    @classmethod
    def from_bytes(cls, data: bytes) -> Fingerprint:
        """The fingerprint that `to_bytes` wrote."""
        digest, length, hashes, bands = _HEADER.unpack_from(data)
        middle = _HEADER.size + 4 * hashes
        end = middle + 8 * bands
        return cls(
            digest,
            length,
            data[_HEADER.size : middle],
            tuple(np.frombuffer(data[middle:end], dtype="<u8").tolist()),
            Marks.from_json(data[end:].decode()),
        )


@dataclass(frozen=True, slots=True)
class Report:
    """One article as evidence: its wording, its day, whom it names, and (event type, subject) pairs.

    `names` are the persons, positions, products and places that its events name, folded; `wording` is
    what `pipelines.wording` makes of title and text, `sounds` what `pipelines.sounds` makes of its names.
    """

    fingerprint: Fingerprint
    published: date | None = None
    accounts: frozenset[str] = frozenset()
    events: frozenset[tuple[str, str]] = frozenset()
    names: frozenset[str] = frozenset()
    english: bool = False
    sounds: frozenset[str] = frozenset()
    wording: Pairs = field(default_factory=lambda: np.zeros(0, dtype=np.uint16), compare=False)

    @property
    def keys(self) -> tuple[str, ...]:
        """Index keys: copies share one, and within WINDOW days reports of one event, figure, word or name."""
        bands = [f"{band:x}" for band in self.fingerprint.bands]
        words = [f"word:{pair}" for pair in rarest(self.wording, KEYED_PAIRS)]
        if self.published is None:
            return tuple(sorted({*bands, *words}))
        day, width = self.published.toordinal(), 2 * WINDOW
        # Two grids, half a cell apart: days up to half a cell apart fall together in one of them.
        cells = (f"a{day // width}", f"b{(day + WINDOW) // width}")
        large = sorted((one for one in self.fingerprint.marks.figures if len(one) > 3), key=_by_size)[-KEYED:]
        seen = [
            *(f"{kind}:{subject}" for kind, subject in self.events),
            *(f"figure:{one}" for one in large),
            *(f"sound:{sound}" for sound in self.sounds),
            *words,
        ]
        return tuple(sorted({*bands, *(f"{one}:{cell}" for one in seen for cell in cells)}))

    def to_bytes(self) -> bytes:
        """A portable form that `from_bytes` reads."""
        told = {
            "published": self.published.isoformat() if self.published else None,
            "accounts": sorted(self.accounts),
            "events": sorted(self.events),
            "names": sorted(self.names),
            "english": self.english,
            "sounds": sorted(self.sounds),
            "wording": self.wording.tolist(),
        }
        head = json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()
        return _LENGTH.pack(len(head)) + head + self.fingerprint.to_bytes()

    @classmethod
    def from_bytes(cls, data: bytes) -> Report:
        """The report that `to_bytes` wrote."""
        (length,) = _LENGTH.unpack_from(data)
        end = _LENGTH.size + length
        told = json.loads(data[_LENGTH.size : end])
        return cls(
            fingerprint=Fingerprint.from_bytes(data[end:]),
            published=date.fromisoformat(told["published"]) if told["published"] else None,
            accounts=frozenset(told["accounts"]),
            events=frozenset((kind, subject) for kind, subject in told["events"]),
            names=frozenset(told["names"]),
            # Reports of earlier releases lack the rest; they get it when they are read again.
            english=told.get("english", False),
            sounds=frozenset(told.get("sounds", ())),
            wording=np.array(told.get("wording", ()), dtype=np.uint16),
        )


def _by_size(figure: str) -> tuple[float, str]:
    return float(figure.rstrip("%")), figure


def fingerprint(text: str) -> Fingerprint:
    """Fingerprint the text of an article (without its title, which reprints change)."""
    folded = bare(fold(text))
    wording = "".join(filter(str.isalnum, folded))
    whole = _shingles(wording)
    bands = (*_bands(whole, "w"), *_bands(_shingles(wording[:OPENING]), "o"))
    return Fingerprint(
        digest=hashlib.sha256(wording.encode()).digest()[:16],
        length=len(wording),
        sketch=whole[:SKETCH].astype("<u4").tobytes(),
        bands=bands,
        marks=marks(folded),
    )


def overlap(a: Fingerprint, b: Fingerprint) -> tuple[float, float]:
    """Estimates of Jaccard similarity and of how much of the smaller stands in the larger.

    A full sketch knows every shingle up to its largest hash, so both are compared up to the
    smaller of the two largest.
    """
    left, right = (np.frombuffer(one.sketch, dtype="<u4") for one in (a, b))
    limit = min(_known_to(left), _known_to(right))
    left, right = left[left <= limit], right[right <= limit]
    smaller = min(len(left), len(right))
    if not smaller:
        return 0.0, 0.0
    shared = len(np.intersect1d(left, right, assume_unique=True))
    return shared / (len(left) + len(right) - shared), shared / smaller


def _known_to(sketch: NDArray[np.uint32]) -> int:
    return int(sketch[-1]) if len(sketch) == SKETCH else _FULL


def _shingles(wording: str) -> NDArray[np.uint32]:
    """Hashes of all runs of SHINGLE characters, ascending, each once."""
    codes = np.frombuffer(wording.encode("utf-32-le"), dtype="<u4").astype(np.uint32)
    if len(codes) < SHINGLE:
        return np.zeros(0, dtype=np.uint32)
    count = len(codes) - SHINGLE + 1
    rolled = np.zeros(count, dtype=np.uint32)
    for offset, weight in enumerate(_WEIGHTS):
        rolled += codes[offset : offset + count] * weight
    # The murmur finaliser: without it, texts of one script would share their smallest hashes.
    for shift, factor in ((16, 0x85EBCA6B), (13, 0xC2B2AE35)):
        rolled = (rolled ^ (rolled >> np.uint32(shift))) * np.uint32(factor)
    return np.unique(rolled ^ (rolled >> np.uint32(16)))


@cache
def _permutations() -> NDArray[np.uint32]:
    from datasketch import MinHash  # loads SciPy, half a second that only reading needs

    drawn: NDArray[np.uint32] = MinHash(num_perm=PERMUTATIONS, seed=1).permutations
    return drawn


def _bands(shingles: NDArray[np.uint32], part: str) -> Iterable[int]:
    """LSH keys: texts whose shingles overlap by half share at least one, nineteen times in twenty."""
    if not len(shingles):
        return
    from datasketch import MinHash

    minima = MinHash(num_perm=PERMUTATIONS, permutations=_permutations(), scheme="affine32", hashfunc=int)
    minima.update_batch(shingles.tolist())
    for number, row in enumerate(minima.hashvalues.reshape(-1, ROWS)):
        named = f"{part}{number}:".encode() + row.astype("<u4").tobytes()
        yield int.from_bytes(hashlib.blake2b(named, digest_size=8).digest()) >> 1
