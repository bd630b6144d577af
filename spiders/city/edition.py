"""One site made ready to print: what its templates see, and how a page becomes an answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from spiders.city.answer import Answer
from spiders.city.content import FOLDER, Manuscript, Site

_HOT, _RELATED = 8, 5


@dataclass(frozen=True, slots=True)
class Listed:
    """A line of a list or feed. `at` is None where the site tells no date; `timed`: with the hour."""

    path: str
    title: str
    at: datetime | None
    timed: bool
    manuscript: Manuscript


def _when(item: Listed, day: str, clock: str = "") -> str:
    """The template filter for dates: `day` and, where the hour is known, `clock`, as strftime formats."""
    return item.at.strftime(day + clock * item.timed) if item.at else ""


def environment() -> Environment:
    """The templates; a name that is missing in the context is an error."""
    env = Environment(
        loader=FileSystemLoader([FOLDER / "templates", FOLDER / "broken"]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    env.filters["when"] = _when
    return env


@dataclass(frozen=True, slots=True)
class Edition:
    """A site, all that its lists show (newest first) and the port it is served on."""

    site: Site
    listed: Sequence[Listed]
    port: int
    env: Environment

    @property
    def base(self) -> str:
        """Scheme, host and port of the site."""
        return f"http://{self.site.name}.localhost:{self.port}"

    @property
    def modified(self) -> datetime | None:
        """When the site last changed, as far as its good pages tell."""
        return max(
            (line.manuscript.published for line in self.listed if not line.manuscript.fault), default=None
        )

    def render(self, template: str, **context: object) -> str:
        """Fill a template with what every page of the site shows, and `context`."""
        chrome = {
            "site": self.site,
            "base": self.base,
            "charset": self.site.declared,
            "latest": self.listed[:_HOT],
            "hot": sorted(self.listed, key=lambda line: line.manuscript.number)[:_HOT],
            "sections": self.site.sections,
            "item": None,
            "nothing": False,
            "items": (),
            "page": 1,
            "last_page": 1,
        }
        return self.env.get_template(template).render(chrome | context)

    def page(self, **context: object) -> str:
        """A page in the site's own layout."""
        return self.render(f"{self.site.name}.html", **context)

    def article(self, item: Listed, charset: str = "") -> str:
        """An article's page, saying of itself that it is in `charset`."""
        mine = item.manuscript
        others = [line for line in self.listed if line.manuscript.slug != mine.slug]
        others.sort(key=lambda line: (line.manuscript.section != mine.section, line.manuscript.number))
        return self.page(item=item, related=others[:_RELATED], charset=charset or self.site.declared)

    def answer(self, html: str) -> Answer:
        """A page as the site serves its pages, in its own charset and with its own header."""
        return Answer(html.encode(self.site.charset), self.site.header)

    def lists(self) -> dict[str, str]:
        """Every page of the site's list, by path."""
        return {self.site.list_path(page): self.list_page(page) for page in range(1, self.last_page + 1)}

    @property
    def last_page(self) -> int:
        """How many pages the list has; a site without further pages has one."""
        return max(1, -(-len(self.listed) // self.site.page_size)) if self.site.next_path else 1

    def list_page(self, page: int = 1) -> str:
        """One page of the list; the first is the front page as well."""
        size = self.site.page_size
        items = self.listed[(page - 1) * size : page * size]
        return self.page(items=items, page=page, last_page=self.last_page)
