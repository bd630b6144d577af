"""When an article was published: the dates of a page, weighed by where they stand.

In: the lines around the body, what the page declares, its address and what the list said. Out: `Dated`.
A label near the headline is what readers are told, so it wins; a date inside the story is never taken
while anything else tells one, and a copyright year is no date.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from urllib.parse import urlsplit

from intel.model import Dated, Page, Precision
from pipelines.byline import Edges
from pipelines.dates import CHINA, EARLIEST, TOLERANCE, Moment, aware, moments
from pipelines.metadata import Declared

# What stands before a date, best first. 更新 (updated) tells less than 发布 (published).
_LABELS = tuple(
    re.compile(form, re.I)
    for form in (
        r"(?:发布|發佈|發布|发表|發表|刊发|刊登|发稿|上传|刊出|出版|上架)(?:时间|日期|時間|于|於)?\s{0,3}[:：]?\s{0,6}$",
        r"(?:时间|日期|時間)\s{0,3}[:：]\s{0,6}$",
        r"(?:成文|印发|公告|公布|发文)(?:时间|日期|時間|于|於)?\s{0,3}[:：]?\s{0,6}$",
        r"(?:published|posted|date|created)(?:\s(?:on|at|by))?\s{0,3}[:：]?\s{0,6}$",
        r"(?:最[后後])?(?:更新|updated?|修改|编辑)(?:时间|日期|于)?\s{0,3}[:：]?\s{0,6}$",
    )
)
_UPDATED = len(_LABELS) - 1
_AFTER_LABELS = re.compile(r"^\s{0,3}(?:更新|发布|发表|刊发)")
_RIGHTS = re.compile(r"copyright|©|\(c\)|版[权權]|all rights|备案|ICP", re.I)
_PATH_DAY = re.compile(
    r"(?<!\d)(?P<y>(?:19|20)\d\d)[-/_]?(?P<m>0[1-9]|1[0-2])[-/_]?(?P<d>0[1-9]|[12]\d|3[01])(?!\d)"
    r"|(?<!\d)(?P<y2>20\d\d)/(?P<m2>1?\d)/(?P<d2>[1-3]?\d)(?=/)"
)
_DATELINE = re.compile(r"(?:电|讯|消息|报道)")
_NEAR = 60
_SENTENCE = re.compile(r"[，。；！？]")
_DAY = re.compile(r"\d{1,2}月\d{1,2}[日号]")
_GOES_ON = re.compile(r"(?!\s{0,3}(?:更新|发布|发表|刊发|来源|作者|编辑|星期|周))[\u4e00-\u9fff]")
_COLON = re.compile(r"[:：]\s{0,6}$")
_SUBTITLES = 4
_FIELD = 300


def published(page: Page, edges: Edges, declared: Declared, now: datetime) -> Dated | None:
    """The best date the page tells, or None; never later than a day after `now`."""
    return next(_candidates(page, edges, declared, (now, _anchor(page, now))), None)


def selected(texts: Iterable[str], page: Page, now: datetime) -> Dated | None:
    """The date in the first text that tells one; `texts` are what a source's own selector found."""
    anchor = _anchor(page, now)
    found = (one for text in texts for one in moments(text[:_FIELD], anchor)[:1])
    return next((Dated(one.at, one.precision, one.evidence, "selector") for one in found), None)


def _anchor(page: Page, now: datetime) -> datetime:
    """What 3小时前 counts from: a page that a list dated is not younger than that."""
    return min(aware(page.listed_at) + TOLERANCE, now) if page.listed_at else now


def _candidates(
    page: Page, edges: Edges, declared: Declared, clock: tuple[datetime, datetime]
) -> Iterator[Dated]:
    now, anchor = clock
    labelled = _labelled(edges, anchor, page.fetched_at)
    certain = [(rank, dated) for rank, dated, doubtful in labelled if not doubtful]
    shown = [dated for rank, dated in certain if rank < _UPDATED]
    shown += [*_bare(reversed(edges.under), anchor), *_bare(reversed(edges.above), anchor)]
    shown += [*_subtitle(edges.first, anchor), *(dated for rank, dated in certain if rank >= _UPDATED)]
    yield from (dated for dated in shown if dated.origin != "relative")
    for said in declared.dates:
        yield from (_dated(moment, said.origin) for moment in moments(said.value, now)[:1])
    # 3 days ago is rougher than what the page declares, and hangs on when it was fetched.
    yield from (dated for dated in shown if dated.origin == "relative")
    yield from (dated for _, dated, _ in labelled)
    yield from _from_address(page.url, now)
    if page.listed_at and EARLIEST <= aware(page.listed_at) <= now + TOLERANCE:
        yield Dated(aware(page.listed_at), Precision.SECOND, page.listed_at.isoformat(), "listed")
    for said in declared.written:
        yield from (_dated(moment, said.origin) for moment in moments(said.value, now)[:1])
    yield from _signed([*edges.last, *edges.below[:1]], now)
    yield from _dateline(edges.first, now)


def _dated(moment: Moment, origin: str) -> Dated:
    return Dated(moment.at, moment.precision, moment.evidence, "relative" if moment.relative else origin)


def _labelled(edges: Edges, anchor: datetime, fetched: datetime) -> Sequence[tuple[int, Dated, bool]]:
    """Dates right after a label with its rank, the best first; whether day and month could be swapped."""
    found = []
    sides = (edges.above, edges.first, edges.last, edges.below)
    for side, lines in enumerate(sides):
        for position, line in enumerate(_with_next(lines)):
            for moment in moments(line[:300], anchor):
                if moment.relative and moment.at > fetched + TOLERANCE:
                    continue
                rank = _label_rank(line, moment)
                if rank is not None and not _RIGHTS.search(line):
                    found.append((rank, side, position, _dated(moment, "label"), moment.doubtful))
    return [
        (rank, dated, doubtful) for rank, _, _, dated, doubtful in sorted(found, key=lambda each: each[:3])
    ]


def _with_next(lines: Sequence[str]) -> list[str]:
    """Each line; one that ends in a colon together with the next, which then holds its value."""
    return [
        f"{line} {lines[position + 1]}" if line.endswith((":", "：")) and position + 1 < len(lines) else line
        for position, line in enumerate(lines)
    ]


def _label_rank(line: str, moment: Moment) -> int | None:
    before = line[max(0, moment.start - 30) : moment.start]
    # In a sentence 公布2026年9月 and 2026年9月1日发布 tell of something else; a label there has its colon.
    if (len(line) > _NEAR or _SENTENCE.search(line)) and not _COLON.search(before):
        return None
    # 公告发布 12月20日开标: the day is the headline's.
    sentence = _DAY.fullmatch(moment.evidence) and _GOES_ON.match(line[moment.end :])
    if sentence and not _COLON.search(before):
        return None
    for rank, label in enumerate(_LABELS):
        if label.search(before):
            return rank
    return 1 if _AFTER_LABELS.match(line[moment.end :]) else None


def _bare(lines: Iterable[str], anchor: datetime) -> Iterator[Dated]:
    """Short lines that are little but a date, those with a clock first, the nearest above the body first."""
    timed, days = [], []
    for line in lines:
        if len(line) > _NEAR or _RIGHTS.search(line):
            continue
        for moment in moments(line, anchor):
            # 今天 in a sentence is its own day, not the page's.
            if moment.relative and _SENTENCE.search(line):
                continue
            if moment.precision in {Precision.MINUTE, Precision.SECOND} and not moment.doubtful:
                timed.append(_dated(moment, "header"))
            elif moment.precision is Precision.DAY and not moment.doubtful and len(line) <= _NEAR:
                days.append(_dated(moment, "header"))
    yield from timed
    yield from days


def _subtitle(lines: Sequence[str], anchor: datetime) -> Iterator[Dated]:
    """The date in brackets under the headline of a notice or a speech: （2026年11月20日）."""
    for line in lines[:_SUBTITLES]:
        for moment in moments(line, anchor) if len(line) <= _NEAR else ():
            enclosed = line[max(0, moment.start - 1) : moment.start] in {"(", "（"}
            if enclosed and line[moment.end :].strip() in {")", "）"} and moment.precision is Precision.DAY:
                yield _dated(moment, "header")


def _from_address(url: str, now: datetime) -> Iterator[Dated]:
    for match in _PATH_DAY.finditer(urlsplit(url).path):
        parts = [int(match[name] or match[f"{name}2"]) for name in ("y", "m", "d")]
        try:
            at = datetime(parts[0], parts[1], parts[2], tzinfo=CHINA)
        except ValueError:
            continue
        if EARLIEST <= at <= now + TOLERANCE:
            yield Dated(at, Precision.DAY, match.group(), "url")


def _signed(lines: Sequence[str], now: datetime) -> Iterator[Dated]:
    """The date under a notice, or the issue a reprint names: ——《…》1996年6月号."""
    for line in reversed(lines):
        for moment in moments(line, now):
            alone = len(line) - len(moment.evidence) <= 2
            if not moment.relative and (alone or (line.startswith("—") and len(line) < 40)):
                yield _dated(moment, "signed")


def _dateline(lines: Sequence[str], now: datetime) -> Iterator[Dated]:
    """The date of 新华社北京2026年11月20日电, if it names a year: the page's age is else unknown."""
    for line in lines[:1]:
        for moment in moments(line[:_NEAR], now):
            if moment.evidence[:2] in {"19", "20"} and _DATELINE.match(line[moment.end :].lstrip()):
                yield _dated(moment, "dateline")
