"""How a briefing can be written: a table of formats, one file each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from intel.brief.blocks import Document
from intel.brief.data import data
from intel.brief.markdown import markdown
from intel.brief.page import page


class Format(StrEnum):
    """How a briefing can be written."""

    MD = "md"
    HTML = "html"
    DOCX = "docx"
    JSON = "json"


class Renderer(Protocol):
    """Writes a briefing, whatever blocks it has."""

    def __call__(self, document: Document, /) -> bytes:
        """The whole file."""


@dataclass(frozen=True, slots=True)
class Written:
    """A format: renderer and media type, whether a terminal can show it, has pictures, and all quotes."""

    render: Renderer
    media: str
    text: bool = True
    pictures: bool = False
    whole: bool = False


def _word_file(document: Document) -> bytes:
    from intel.brief.word_file import word_file  # its library is loaded by the first such file

    return word_file(document)


_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
FORMATS: Mapping[Format, Written] = {
    Format.MD: Written(markdown, "text/markdown"),
    Format.HTML: Written(page, "text/html", pictures=True),
    Format.DOCX: Written(_word_file, _WORD, text=False, pictures=True),
    Format.JSON: Written(data, "application/json", whole=True),
}


def render(document: Document, form: Format) -> bytes:
    """Write a briefing."""
    return FORMATS[form].render(document)
