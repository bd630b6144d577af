"""Content of an article in; the procurement notice it is out: kind, buyer, sums, deadlines, term, winners.

A text is a notice if its title calls it one and it gives at least one fact of a procurement the way
notices do. Labelled values come before running text; `tenders.toml` holds the words of both.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from intel.model import Mention
from intel.notice import Deadline, Notice, NoticeKind, Party, Said, Span, Sum, Term, Winner
from pipelines.dates import CHINA
from pipelines.notice_slots import Slot, slots
from pipelines.notice_values import ORG, Reading, in_lot
from pipelines.notice_winners import WinnerReader
from pipelines.notice_words import Words, words
from pipelines.text import fold

NUMBER = re.compile(r"[a-z0-9一-鿿][a-z0-9一-鿿\-_/.\[\]〔〕()#]{2,59}")
_NUMBER_ASIDE = re.compile(
    r"(?:编号|编码|项目号|合同编号|采购编号|no\.?)\s?[:：]?\s?(?P<number>[a-z0-9][a-z0-9\-_/.]{3,40})|"
    r"[(](?P<bare>[a-z]{1,8}[a-z0-9]{0,6}-[a-z0-9\-_/]{3,40})[)]"
)
_ABOUT = re.compile(r"\s{0,9}(?:关于)?")
_ASIDE = re.compile(r"[(][a-z0-9\-_/.编号:第]{4,40}[)]\s?$")
_SECOND_CALL = re.compile(r"\s{0,2}[(](?:第?[二三四]次|重新招标)[)]")
_LOT = re.compile(
    r"第?[一二三四五六七八九十\d]{1,3}(?:标[包段]|包|标)|(?:标[包段]|包[件组]?|"
    r"采购包)\s?[一二三四五六七八九十\da-z]{1,3}(?![a-z0-9])|[主副]标段|lot \d{1,2}"
)
_LOT_LINE = re.compile(
    rf"^(?:[(]?[一二三四五六七八九十\d]{{1,2}}[).、]\s?)?(?P<lot>{_LOT.pattern})(?=\s{{0,3}}[:(]|\s|$)", re.M
)
_WINNER_IS = re.compile(r"(?:中标|成交|中选)(?:人|方|供应商|单位|承运商|服务商)(?:为|是|系)\s?")
_WINS = re.compile(
    r"[^,。;\n]{0,30}?(?:中标|成交|中选|拿下|中得)(?!候选|结果|公告|通知|价|金额|人|单位|供应商|方|办法|后)"
)
_OPENS = re.compile(
    r"(?:^|[,。;\n])(?P<when>[^,。;\n]{4,24}?)(?:在[^,。;\n]{1,16})?(?:公开)?开标(?!前|后|时|地点|文件)"
)
_LOSES = re.compile(r"[未没无不非]|落选|之外")
_ORG = re.compile(ORG)
_RECURRING_TITLE = re.compile(r"20\d\d\s?[-至—]\s?20\d\d\s?年|年度(?!报|第)")
_FLAT_NAME = re.compile(r"[。;\n]|,(?=采购|项目|预算)")
# How far behind a label in running text its value may reach; a term is told in several clauses.
_REACH, _REACHES = 40, {"term": 80}
_END, _ENDS = re.compile(r"[。;\n|]|(?<!\d),|,(?!\d)"), {"term": re.compile(r"[。;\n|]")}
_WITH_WINNERS = frozenset({NoticeKind.CANDIDATES, NoticeKind.AWARD, NoticeKind.CONTRACT, NoticeKind.RENEWAL})


def find(content: str, published: datetime | None, mentions: Sequence[Mention]) -> Notice | None:
    """The notice that a text is, or None for any other text.

    `published` (aware) tells the year of a deadline written without one.
    """
    folded = fold(content)
    called = _kind(folded, words())
    if called is None:
        return None
    day = published.astimezone(CHINA).date() if published else None
    reading = Reading(content, folded, day, mentions)
    notice = _Finder(reading, words(), slots(folded, words().known), called[0]).notice(called[1], day)
    facts = (notice.number, notice.deadline, notice.budgets, notice.winners, notice.term, notice.current_end)
    labelled = notice.buyer is not None and notice.project is not None
    return notice if any(facts) or labelled else None


def _kind(folded: str, table: Words) -> tuple[NoticeKind, Span] | None:
    """What the title calls the text: the phrase that ends last, the longest of those that end there."""
    title = folded.partition("\n")[0]
    # A project's name in brackets is not the notice's: …招标公告（TB-2026-1）.
    found = [
        (match.end(), match.end() - match.start(), kind, Span(match.start(), match.end()))
        for kind, form in table.titles
        if kind not in table.doubtful or table.procurement.search(title)
        for match in form.finditer(title)
    ]
    if not found:
        return None
    _, _, kind, span = max(found, key=lambda one: one[:2])
    return kind, span


@dataclass(frozen=True)
class _Finder:
    reading: Reading
    table: Words
    slots: Sequence[Slot]
    kind: NoticeKind

    def notice(self, called: Span, day: date | None) -> Notice:
        deadline, opening = self._deadline(), self._opening()
        return Notice(
            kind=self.kind,
            label=self.reading.content[called.start : called.end],
            span=called,
            buyer=self._buyer(),
            project=self._project(called),
            number=self._number(),
            budgets=self._budgets(),
            deadline=deadline,
            opening=opening,
            term=self._term(),
            current_end=self._current_end(),
            winners=self._winners(),
            published=day,
        )

    # ---- where values stand

    def _labelled(self, field: str) -> Iterator[Slot]:
        """The slots of a field, those with the best label first."""
        ranked = [(self.table.fields[field].rank(slot.label), slot) for slot in self.slots]
        yield from (
            slot
            for _, slot in sorted(
                ((rank, slot) for rank, slot in ranked if rank is not None), key=lambda one: one[0]
            )
        )

    def _loose(self, field: str) -> Iterator[Span]:
        """Places right behind a label of the field in running text, up to the sentence's end."""
        folded = self.reading.folded
        follows = self.table.follows.get(field)
        for form in self.table.loose[field]:
            for match in form.finditer(folded, folded.find("\n")):
                reach = min(match.end() + _REACHES.get(field, _REACH), len(folded))
                end = _ENDS.get(field, _END).search(folded, match.end(), reach)
                stop = end.start() if end else reach
                if follows is None or follows.search(folded, match.end(), stop + 12):
                    yield Span(match.end(), stop)

    def _places(self, field: str) -> Iterator[Span]:
        yield from (slot.value for slot in self._labelled(field))
        yield from self._loose(field)

    # ---- the fields

    def _buyer(self) -> Party | None:
        for slot in self._labelled("buyer"):
            for party in self.reading.parties(slot.value):
                return party
        return self._in_sentence("buyer") or self._in_title()

    def _in_title(self) -> Party | None:
        """The watched account whose name the title begins with."""
        if self.kind in _WITH_WINNERS and self._in_sentence("winner"):
            return None
        for mention in self.reading.mentions:
            if mention.start <= 1:
                return Party(mention.surface, Span(mention.start, mention.end), mention.account)
        return None

    def _in_sentence(self, field: str) -> Party | None:
        for form in self.table.sentences[field]:
            # From the body on: a title may begin with a name that is cut short.
            match = form.search(self.reading.folded, self.reading.folded.find("\n"))
            if match and (party := self.reading.party(Span(*match.span("org")))):
                return party
        return None

    def _project(self, called: Span) -> Said | None:
        for slot in self._labelled("project"):
            text = self.reading.folded[slot.value.start : slot.value.end]
            stop = _FLAT_NAME.search(text)
            span = Span(slot.value.start, slot.value.start + (stop.start() if stop else len(text)))
            if 4 <= span.end - span.start <= 120:
                return self.reading.said(span)
        return self._project_in_title(called)

    def _project_in_title(self, called: Span) -> Said | None:
        """The title without what it calls itself: before it, or in English after a colon."""
        title = _ASIDE.sub("", self.reading.folded[: called.start]).rstrip("-—_ :的关于")
        head = _ABOUT.match(title)
        if head and len(title) - head.end() >= 4:
            return self.reading.said(Span(head.end(), len(title)))
        rest = re.compile(r"\s?[:：-]\s?(?P<name>[^\n]{4,120})").match(self.reading.folded, called.end)
        return self.reading.said(Span(*rest.span("name"))) if rest else None

    def _number(self) -> Said | None:
        folded = self.reading.folded
        for slot in self._labelled("number"):
            match = NUMBER.match(folded, slot.value.start, slot.value.end)
            if match and any(character.isdigit() for character in match.group()):
                return self._numbered(Span(match.start(), match.end()))
        for match in _NUMBER_ASIDE.finditer(folded, 0, len(folded)):
            group = "number" if match["number"] else "bare"
            if any(character.isdigit() for character in match[group]):
                return self._numbered(Span(match.start(group), match.end(group)))
        return None

    def _numbered(self, span: Span) -> Said:
        text = self.reading.folded[span.start : span.end]
        cut = text.rfind("(") if text.count("(") > text.count(")") else len(text)
        again = _SECOND_CALL.match(self.reading.folded, span.start + cut)
        return self.reading.said(Span(span.start, again.end() if again else span.start + cut))

    def _budgets(self) -> tuple[Sum, ...]:
        found: dict[tuple[int, str], Sum] = {}
        rank_of = self.table.fields["budget"].rank
        slots = [slot for slot in self._labelled("budget") if not self._is_award(slot)]
        best = {rank_of(slot.label) for slot in slots if self._money(slot)}
        for slot in slots:
            # 最高限价 beside 预算金额 says the same: the better label counts.
            if rank_of(slot.label) == min((rank for rank in best if rank is not None), default=None):
                for one in self._money(slot):
                    found.setdefault((one.span.start, one.value), in_lot(one, self._lot(slot)))
        for one in () if self.kind in _WITH_WINNERS else self._budgets_of_lots():
            found.setdefault((one.span.start, one.value), one)
        if not found:
            for place in self._loose("budget"):
                for one in self.reading.sums(place)[:1]:
                    return (one,)
        return tuple(sorted(found.values(), key=lambda one: one.span.start))

    def _is_award(self, slot: Slot) -> bool:
        """Whether a sum is what a winner gets: it is called so, or a winner stands in its table row."""
        if self.kind not in _WITH_WINNERS:
            return False
        in_row = slot.row is not None and any(one.row == slot.row for one in self._labelled("winner"))
        return in_row or self.table.fields["amount"].rank(slot.label) is not None

    def _budgets_of_lots(self) -> Iterator[Sum]:
        """The sums of lines that begin with a lot: 标段一：华北，控制价860万元."""
        for line in _LOT_LINE.finditer(self.reading.folded):
            end = self._paragraph_end(line.end())
            for form in self.table.loose["budget"]:
                label = form.search(self.reading.folded, line.end(), end)
                found = self.reading.sums(Span(label.end(), end)) if label else ()
                if found:
                    yield in_lot(found[0], self.reading.content[slice(*line.span("lot"))])
                    break

    def _money(self, slot: Slot) -> tuple[Sum, ...]:
        return self.reading.sums(slot.value, slot.raw)[:1]

    def _lot(self, slot: Slot) -> str:
        named = [one for one in self._labelled("lot") if one.row is not None and one.row == slot.row]
        if named:
            return self.reading.said(named[0].value).text
        match = _LOT.search(slot.raw)
        if match:
            return match.group()
        line = self.reading.folded.rfind("\n", 0, slot.value.start) + 1
        before = _LOT.search(self.reading.folded, line, slot.value.start)
        return self.reading.content[before.start() : before.end()] if before else ""

    def _lot_over(self, slot: Slot) -> str:
        """The lot of a slot, told beside it or by the nearest line above that begins with one."""
        if (lot := self._lot(slot)) or slot.row is not None:
            return lot
        above = [*_LOT_LINE.finditer(self.reading.folded, 0, slot.value.start)]
        return self.reading.content[slice(*above[-1].span("lot"))] if above else ""

    def _deadline(self) -> Deadline | None:
        return self._first_time(self._places("deadline")) or self._first_time(self._before_deadline())

    def _before_deadline(self) -> Iterator[Span]:
        """…应于2026年2月3日14时前递交投标文件."""
        form = re.compile(
            r"(?:于|在|至)(?P<when>[^。;\n]{6,40}?)(?:之?前|截止)[^。;\n]{0,12}(?:递交|提交|送达|上传|投标|响应|报价)"
        )
        for match in form.finditer(self.reading.folded):
            yield Span(*match.span("when"))

    def _opening(self) -> Deadline | None:
        return self._first_time(self._places("opening")) or self._first_time(self._before_opening())

    def _before_opening(self) -> Iterator[Span]:
        """报名截止12月5日，12月9日9时开标."""
        for match in _OPENS.finditer(self.reading.folded):
            yield Span(*match.span("when"))

    def _first_time(self, places: Iterable[Span]) -> Deadline | None:
        return next(filter(None, (self.reading.deadline(place) for place in places)), None)

    def _term(self) -> Term | None:
        found = next(filter(None, (self.reading.term(place) for place in self._term_places())), None)
        if found is None:
            return None
        title = self.reading.folded.partition("\n")[0]
        text = self.reading.term(Span(found.span.start, self._paragraph_end(found.span.end))) or found
        renewed = self._renewed() or self.kind is NoticeKind.RENEWAL
        recurring = found.recurring or text.recurring or renewed or bool(_RECURRING_TITLE.search(title))
        return Term(
            found.span, found.start, found.end, found.months, recurring, found.renewals or text.renewals
        )

    def _paragraph_end(self, start: int) -> int:
        end = self.reading.folded.find("\n", start)
        return end if end >= 0 else len(self.reading.folded)

    def _renewed(self) -> bool:
        """Whether the text says anywhere that the contract can be renewed."""
        form = re.compile(r"(?:可|可以|可再|可予|得以?)续[签约]|一年一[签招]|续签(?:一|两|二|\d)[次年]")
        return bool(form.search(self.reading.folded))

    def _term_places(self) -> Iterator[Span]:
        for slot in self._labelled("term"):
            # What the label says beyond the value's first sentence belongs to it: 两年。可续签一次。
            yield slot.value
        yield from self._loose("term")

    def _current_end(self) -> Term | None:
        for form in self.table.sentences["current_end"]:
            match = form.search(self.reading.folded)
            if match:
                span = Span(*match.span("day"))
                if end := self.reading.day(span):
                    return Term(Span(match.start(), match.end()), end=end)
        return None

    def _winners(self) -> tuple[Winner, ...]:
        # A single source is named before it is awarded.
        single = "单一来源" in self.reading.folded.partition("\n")[0]
        if self.kind not in _WITH_WINNERS and not single:
            return ()
        reader = WinnerReader(
            self.reading, self.table, self.slots, self._lot_over, self.kind is NoticeKind.CANDIDATES
        )
        winners = reader.winners() or self._winner_in_text()
        if self.kind is not NoticeKind.CANDIDATES:
            winners = tuple(winner for winner in winners if winner.rank == 1)
        return winners

    def _winner_in_text(self) -> tuple[Winner, ...]:
        told = tuple(self._winners_told())
        if len(told) > 1:
            return told
        named = tuple(self._winners_named())
        if len(named) > max(1, len(told)):
            return named
        party = told[0].party if told else self._in_sentence("winner")
        if party is None:
            return ()
        amounts = (self.reading.sums(place) for place in self._loose("amount"))
        amount = next((found[0] for found in amounts if found), None)
        return (Winner(party, amount),)

    def _winners_told(self) -> Iterator[Winner]:
        """Each winner of 第一标段成交人为甲，成交金额…；第二标段…, with the lot before and the sum behind."""
        folded = self.reading.folded
        places = [*_WINNER_IS.finditer(folded, max(folded.find("\n"), 0))]
        for number, place in enumerate(places):
            last = number + 1 == len(places)
            end = self._paragraph_end(place.end()) if last else places[number + 1].start()
            party = self._party_at(place.end())
            if party is None:
                continue
            behind = (where for where in self._loose("amount") if place.end() <= where.start < end)
            amount = next((found[0] for found in map(self.reading.sums, behind) if found), None)
            begin = max(places[number - 1].end() if number else 0, place.start() - _REACH)
            lots = [*_LOT.finditer(folded, begin, place.start())]
            lot = self.reading.content[lots[-1].start() : lots[-1].end()] if lots else ""
            yield Winner(party, amount, lot)

    def _winners_named(self) -> Iterator[Winner]:
        """The watched accounts that win by a sentence: 一标段由甲以每票2.1元中标，二标段由乙中标."""
        folded = self.reading.folded
        body = folded.find("\n") + 1
        for one in self.reading.mentions:
            wins = _WINS.match(folded, one.end)
            if one.start < body or wins is None or _LOSES.search(folded, one.end, wins.end()):
                continue
            sums = self.reading.sums(Span(one.end, wins.end()))
            begin = max(folded.rfind(mark, body, one.start) for mark in ",。;\n") + 1
            lots = [*_LOT.finditer(folded, max(begin, body), one.start)]
            lot = self.reading.content[lots[-1].start() : lots[-1].end()] if lots else ""
            party = Party(one.surface, Span(one.start, one.end), one.account)
            yield Winner(party, sums[0] if sums else None, lot)

    def _party_at(self, start: int) -> Party | None:
        """The organisation whose name begins here, by its form or as a watched account."""
        if (match := _ORG.match(self.reading.folded, start)) and (
            party := self.reading.party(Span(*match.span("org")))
        ):
            return party
        named = next((one for one in self.reading.mentions if one.start == start), None)
        return Party(named.surface, Span(named.start, named.end), named.account) if named else None
