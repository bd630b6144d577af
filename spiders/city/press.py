"""The city's content to every answer it can give, by host and path; only searches are answered on request."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping

from jinja2 import Environment

from spiders.city.answer import Answer
from spiders.city.content import FOLDER, City, CityContentError, Manuscript, Site
from spiders.city.edition import Edition, Listed, environment
from spiders.city.entries import ENTRIES
from spiders.city.faults import FAULTS, UTM, Proof

HOME = "localhost"
IDENTITY = "/-/city"
Answers = Mapping[str, Answer]
Search = Callable[[str], Answer]


def printed(city: City, port: int) -> Mapping[str, Answers]:
    """All answers of the city served on `port`: host name to path (with query) to answer."""
    env = environment()
    answers = {f"{site.name}.localhost": _site(site, city, port, env) for site in city.sites.values()}
    return {HOME: _home(city, port, env), **answers}


def _home(city: City, port: int, env: Environment) -> Answers:
    rows = [(site, len(city.manuscripts[site.name])) for site in city.sites.values()]
    html = env.get_template("home.html").render(rows=rows, port=port)
    identity = json.dumps({"city": city.digest}).encode()
    return {"/": Answer(html.encode()), IDENTITY: Answer(identity, "application/json")}


def searches(city: City, port: int) -> Mapping[tuple[str, str], Search]:
    """The searches of the city's sites, by host name and by what a target begins with, such as /search?q=."""
    env = environment()
    return {
        (f"{site.name}.localhost", site.search_path): _search(
            Edition(site, _all_lines(site, city), port, env)
        )
        for site in city.sites.values()
        if site.search_path
    }


def _search(edition: Edition) -> Search:
    def answer(query: str) -> Answer:
        words = query.lower().split()
        found = [line for line in edition.listed if words and _holds(line.manuscript, words)]
        return edition.answer(edition.page(items=found[: edition.site.page_size], nothing=not found))

    return answer


def _holds(manuscript: Manuscript, words: Iterable[str]) -> bool:
    text = f"{manuscript.title} {' '.join(map(str, manuscript.blocks))}".lower()
    return all(word in text for word in words)


def _all_lines(site: Site, city: City) -> list[Listed]:
    return [line for manuscript in city.manuscripts[site.name] for line in _lines(site, manuscript)]


def _site(site: Site, city: City, port: int, env: Environment) -> Answers:
    lines = _all_lines(site, city)
    edition = Edition(site, [line for line in lines if not line.manuscript.archived], port, env)
    answers = {
        "/": edition.answer(edition.list_page()),
        "/robots.txt": Answer(site.robots.replace("{base}", edition.base).encode(), "text/plain"),
        "/style.css": Answer(_style(site), "text/css; charset=utf-8"),
        **{path: Answer(edition.render("login.html").encode()) for path in site.closed},
        **ENTRIES[site.entry](edition),
    }
    for line in lines:
        answers |= _article(edition, line)
    return answers


def _style(site: Site) -> bytes:
    return b"".join((FOLDER / "templates" / name).read_bytes() for name in ("common.css", f"{site.name}.css"))


def _lines(site: Site, manuscript: Manuscript) -> Iterator[Listed]:
    """How the site lists an article: once, or, where that is the fault, a second time with UTM."""
    at = None if manuscript.fault == "undated" else manuscript.published
    line = Listed(site.path(manuscript), manuscript.title, at, manuscript.timed, manuscript)
    yield line
    if manuscript.fault == "duplicate_utm":
        yield Listed(line.path + UTM, line.title, line.at, line.timed, manuscript)


def _article(edition: Edition, line: Listed) -> Answers:
    fault = line.manuscript.fault
    if not fault:
        return {line.path: edition.answer(edition.article(line))}
    if fault not in FAULTS:
        raise CityContentError(
            f"broken.toml: {line.manuscript.slug}: {fault!r} is none of {', '.join(FAULTS)}"
        )
    return FAULTS[fault](Proof(edition, line))
