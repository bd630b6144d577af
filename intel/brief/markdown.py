"""A briefing as Markdown, which is also what a terminal shows."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from urllib.parse import quote

from intel.brief.blocks import (
    AskLine,
    Chart,
    CountLine,
    Document,
    EvidenceLine,
    Heading,
    Listing,
    Note,
    Section,
    Table,
    UnknownLine,
)
from intel.brief.evidence import Evidence
from intel.brief.words import Lang, Said
from intel.rendering import is_web, line, plain

_MARK = re.compile(r"([\\`*_\[\]<>|#~&$])")
# Brackets and stops of the briefing's language.
_SIGNS = {Lang.ZH: ("（", "）", "，", "；", "、", "："), Lang.EN: (" (", ")", ", ", "; ", ", ", ": ")}


def markdown(document: Document) -> bytes:
    """The whole briefing, UTF-8."""
    writer = _Writer(document)
    return ("\n\n".join(writer.parts()) + "\n").encode()


def escaped(text: str) -> str:
    """The text on one line, with what Markdown would take for marks escaped."""
    return _MARK.sub(r"\\\1", line(text))


class _Writer:
    def __init__(self, document: Document) -> None:
        self._document = document
        self._open, self._close, self._comma, self._stop, self._and, self._colon = _SIGNS[document.lang]
        self._blocks: dict[type, Callable[..., Iterator[str]]] = {
            Heading: self._heading,
            Section: self._section,
            EvidenceLine: self._evidence,
            CountLine: self._said,
            Note: self._said,
            UnknownLine: self._unknown,
            AskLine: self._ask,
            Listing: self._listing,
            Table: self._table,
            Chart: self._chart,
        }

    def parts(self) -> Iterator[str]:
        """Paragraphs, to stand with an empty line between them."""
        document = self._document
        yield f"# {escaped(document.title.text)}"
        yield " · ".join(escaped(said.text) for said in document.facts)
        for block in document.blocks:
            yield from self._block(block, 2)
        yield f"> {escaped(document.footnote.said.text)}"

    def _block(self, block: object, depth: int) -> Iterator[str]:
        yield from self._blocks[type(block)](block, depth)

    def _heading(self, block: Heading, depth: int) -> Iterator[str]:
        count = f"{self._open}{block.count.text}{self._close}" if block.count else ""
        yield f"{'#' * depth} {self._text(block.said)}{count}"

    def _section(self, block: Section, depth: int) -> Iterator[str]:
        yield from self._heading(block.heading, depth)
        listed: list[str] = []
        for one in block.blocks:
            told = list(self._block(one, depth + 1))
            if isinstance(one, EvidenceLine | CountLine | AskLine):  # one list, its lines together
                listed += told
                continue
            if listed:
                yield "\n".join(listed)
                listed = []
            yield from told
        if listed:
            yield "\n".join(listed)

    def _evidence(self, block: EvidenceLine, _depth: int) -> Iterator[str]:
        proof = block.evidence
        tags = self._and.join(self._text(tag) for tag in block.tags)
        tag = f"{tags}{self._colon}" if tags else ""
        place = f"{self._comma}{escaped(proof.place)}" if proof.place else ""
        copies = self._and.join(escaped(copy) for copy in proof.copies)
        also = f"{self._stop}{self._text(self._document.also)} {copies}" if copies else ""
        rating = f"{self._open}{proof.rating}{self._close}"
        remark = f"{self._stop}{self._text(block.remark)}" if block.remark else ""
        yield (
            f"- **{proof.day}** {tag}{escaped(proof.said)}\n"
            f"  —— {escaped(proof.source)}{rating}{self._comma}{_link(proof)}{place}{also}{remark}"
        )

    def _said(self, block: CountLine | Note, _depth: int) -> Iterator[str]:
        yield f"{'- ' if isinstance(block, CountLine) else '> '}{self._text(block.said)}"

    def _unknown(self, block: UnknownLine, _depth: int) -> Iterator[str]:
        yield self._text(block.said)

    def _ask(self, block: AskLine, _depth: int) -> Iterator[str]:
        yield f"- {self._text(block.said)}{self._open}{self._text(block.why)}{self._close}"

    def _listing(self, block: Listing, _depth: int) -> Iterator[str]:
        items = self._and.join(self._text(item) for item in block.items)
        yield f"**{self._text(block.said)}**{self._colon}{items}"

    def _table(self, block: Table, _depth: int) -> Iterator[str]:
        lines = [self._row(block.header), "|" + "---|" * len(block.header)]
        lines += [self._row(row.cells) for row in block.rows]
        yield "\n".join(lines)

    def _row(self, cells: tuple[Said | None, ...]) -> str:
        return "| " + " | ".join(self._text(cell) if cell else "" for cell in cells) + " |"

    def _chart(self, block: Chart, depth: int) -> Iterator[str]:
        """The numbers without the picture: Markdown is one file."""
        yield f"{'#' * depth} {self._text(block.said)}"
        yield self._text(block.alt)
        yield from self._table(block.table, depth)

    @staticmethod
    def _text(said: Said) -> str:
        return escaped(said.text)


def _link(proof: Evidence) -> str:
    """The title as a link, where the address is one of the web."""
    title = escaped(proof.heading)
    if not is_web(proof.url):
        return title
    # What would end the address early is percent-encoded.
    address = re.sub(r"[\s<>\\]", lambda found: quote(found[0]), plain(proof.url))
    return f"[{title}](<{address}>)"
