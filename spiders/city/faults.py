"""Pages broken on purpose, as the public web breaks them: a fault's name to the answers it gives.

To add a fault, write what it does to a proof and name it in FAULTS; broken.toml then uses the name.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from spiders.city.answer import Answer
from spiders.city.content import Paragraph
from spiders.city.edition import Edition, Listed

# What a sharing button appends; the address without it shows the same page.
UTM = "?utm_source=newsletter&utm_medium=email&utm_campaign=daily"
_CLOSING = re.compile(r"</(?:p|div|span|td|tr|table|li|ul)>")
_BETWEEN_LINES = re.compile(r"\s{0,40}\n\s{0,40}")
_STATE_BYTES = 300_000


@dataclass(frozen=True, slots=True)
class Proof:
    """A page before printing: the site's edition and the line that lists the page."""

    edition: Edition
    item: Listed

    def html(self, charset: str = "") -> str:
        """The page as it would be if nothing were wrong."""
        return self.edition.article(self.item, charset)

    def notice(self, template: str, status: int = 200) -> Answer:
        """One of the pages of the folder `broken`, in place of the article."""
        return Answer(self.edition.render(template).encode(), status=status)


Fault = Callable[[Proof], Mapping[str, Answer]]


def _instead(template: str, status: int = 200) -> Fault:
    return lambda proof: {proof.item.path: proof.notice(template, status)}


def _rewritten(change: Callable[[str], str]) -> Fault:
    return lambda proof: {proof.item.path: proof.edition.answer(change(proof.html()))}


def _encoded(charset: str, label: str) -> Fault:
    """The bytes are in one charset, header and meta say another."""

    def fault(proof: Proof) -> Mapping[str, Answer]:
        return {proof.item.path: Answer(proof.html(label).encode(charset), f"text/html; charset={label}")}

    return fault


def _empty(proof: Proof) -> Mapping[str, Answer]:
    return {proof.item.path: Answer()}


def _index(proof: Proof) -> Mapping[str, Answer]:
    return {proof.item.path: proof.edition.answer(proof.edition.list_page())}


def _truncated(proof: Proof) -> Mapping[str, Answer]:
    """The connection was cut inside the last character that takes several bytes."""
    whole = proof.edition.answer(proof.html())
    cut = max(place for place, byte in enumerate(whole.body) if byte >= 0x80)
    return {proof.item.path: replace(whole, body=whole.body[:cut])}


def _redirect_loop(proof: Proof) -> Mapping[str, Answer]:
    here, there = proof.item.path, f"/m{proof.item.path}"
    return {here: Answer(status=302, location=there), there: Answer(status=302, location=here)}


def _redirect_home(proof: Proof) -> Mapping[str, Answer]:
    return {proof.item.path: Answer(status=302, location="/")}


def _not_a_pdf(proof: Proof) -> Mapping[str, Answer]:
    return {proof.item.path: replace(proof.notice("attachment.html"), content_type="application/pdf")}


def _hidden(proof: Proof) -> Mapping[str, Answer]:
    """All paragraphs but the first are in the page and not on the screen."""
    manuscript = proof.item.manuscript
    first, *rest = manuscript.blocks
    hidden = (replace(block, hidden=True) if isinstance(block, Paragraph) else block for block in rest)
    item = replace(proof.item, manuscript=replace(manuscript, blocks=(first, *hidden)))
    return {item.path: proof.edition.answer(proof.edition.article(item))}


def _one_line(html: str) -> str:
    """A minified page that carries its application's state in a script."""
    outlet = '{"id":%d,"name":"第%d号便民服务点","open":true,"hours":"08:00-20:00"}'
    state: list[str] = []
    size = 0
    while size < _STATE_BYTES:
        state.append(outlet % (100_000 + len(state), len(state) + 1))
        size += len(state[-1].encode())
    script = f'<script>window.__INITIAL_STATE__={{"outlets":[{",".join(state)}]}}</script>'
    return _BETWEEN_LINES.sub("", html.replace("</head>", f"{script}</head>"))


def _as_it_is(proof: Proof) -> Mapping[str, Answer]:
    """Nothing is wrong with the page itself; the fault lies in its date or in how it is listed."""
    return {proof.item.path: proof.edition.answer(proof.html())}


FAULTS: Mapping[str, Fault] = {
    "not_found": _instead("not_found.html", 404),
    "server_error": _instead("server_error.html", 500),
    "empty_body": _empty,
    "soft_404": _instead("soft_404.html"),
    "captcha_wall": _instead("captcha.html"),
    "consent_wall": _instead("consent.html"),
    "index_page": _index,
    "utf8_labelled_gb2312": _encoded("utf-8", "gb2312"),
    "gb18030_labelled_utf8": _encoded("gb18030", "utf-8"),
    "truncated": _truncated,
    "tag_soup": _rewritten(lambda html: _CLOSING.sub("", html)),
    "undated": _as_it_is,
    "future_date": _as_it_is,
    "redirect_loop": _redirect_loop,
    "redirect_home": _redirect_home,
    "not_a_pdf": _not_a_pdf,
    "hidden_text": _hidden,
    "duplicate_utm": _as_it_is,
    "one_line": _rewritten(_one_line),
}
