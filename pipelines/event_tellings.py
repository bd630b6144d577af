"""What the rules hear: content, its entities and its mentions in, every telling of an event out.

Triggers come from pipelines/events.toml. `pipelines.events` weighs what is heard here, and `once` makes
one event of its tellings: of several with the same type and subject and nothing that contradicts, the
best gives the quote.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from intel.model import COUNTED, Argument, Entity, Event, Mention, Status
from pipelines import assertion
from pipelines.event_masks import MASKS
from pipelines.event_parties import AUTHORITY, COURT, Case, Party, Scene, Sides, cased, sides
from pipelines.event_rules import EventType, Hit, Rule, table
from pipelines.text import fold, sentences
from pipelines.timespans import names_a_month

# The roles filled by the measures and names that the entity step found.
_ROLE_OF = {"money": "amount"}
# A sentence whose subject is somebody unnamed does not speak of the company named before it.
_SOMEONE_ELSE = re.compile(
    r"行业|业内|多家|一家|初创|标的|券商|分析师|专家|“[^”]{2,10}”|不少|一些|各大|各家|全国|我国|全球|多地|各地|同行|竞争对手|对手|其他|其它|另一家|某|部分(?:快递|企业|平台|公司|品牌)|许多|众多|大多|国内|海外|日本|韩国|欧盟|美国"
    r"|\b(?:industry|rivals?|other|another|many|some)\b"
)
_PUBLIC = re.compile(
    r"商家|消费者|用户|客户|供应商|员工|股东|投资者|网友|居民|市民|加盟商|\b(?:customers|merchants|workers)\b"
)
_SAME_ONE = re.compile(
    r"该公司|该企业|该平台|该品牌|该快递|本公司|我司|(?:^|[,:。“ 为])(?:公司|集团|平台|其)"
    r"|\b(?:the company|it|its|the firm|the group)\b"
)
_YEAR = re.compile(r"(?<!\d)(20\d\d)(?=年|[-./]\d| )")
_FIGURES = frozenset({"amount", "quantity", "rate"})
_NEAR = 20  # characters around a filler that say whether it is the old or the new one
_FROM = re.compile(r"(?:由|从|自|\bfrom\b)[^,。;]{0,8}$")
_BECOMES = re.compile(r"^[^,。;]{0,14}?(?:[为至到]|\bto\b)[^,。;]{0,6}$")
_REPLACED = re.compile(
    r"(?:接替|取代|代替|免去|罢免|解聘|\bsucceed(?:s|ed|ing)?|\breplac(?:es?|ed|ing))[^,。;]{0,10}$"
)
_LEAVES = re.compile(
    r"[^,。;]{0,12}?(?:离任|离职|卸任|辞任|辞职|辞去|请辞|退休|退任|去职|调离|不再|被免|交棒"
    r"|\b(?:step(?:s|ped|ping)? down|resign|retir|depart|leav|left))"
)
_CALLED = re.compile(
    r"(?:由|任命|聘任|聘请|委任|选举|推选|\b(?:appoint|nam|promot|hir)(?:es?|s|ed|ing)?\b)[^,。;]{0,10}$"
)
_ARRIVES = re.compile(
    r"[^,。;曾不]{0,6}?(?:接任|接替|接棒|接掌|出任|继任|升任|就任|上任|担任|获任|当选|履新"
    r"|\b(?:succeed|replac|becom|takes over|took over|will take over))"
)
_BYGONE = 2  # years; last year's figures are this year's news
_TOLD_AT_MOST = (
    4  # times a sentence tells of one type; a text that is all triggers would tell it a hundred times
)
_REMEMBERED = 3  # sentences after which a topic needs naming again; then the title's speaks


@dataclass(frozen=True, slots=True)
class _Sentence:
    """A sentence of the masked text.

    `parties` have PLAIN case still; `topic`: of whom it speaks if it names nobody; `bygone`: it tells of
    a year well before the article's.
    """

    start: int
    end: int
    text: str
    parties: tuple[Party, ...]
    topic: Party | None
    bygone: bool


@dataclass(frozen=True, slots=True)
class Telling:
    """An event as one sentence tells it: `start` and `end` are the trigger's span, `merit` ranks tellings."""

    event: Event
    kind: EventType
    start: int
    end: int
    merit: tuple[float, ...]
    yields_to: frozenset[str] = frozenset()


def tellings(content: str, entities: Sequence[Entity], mentions: Sequence[Mention]) -> list[Telling]:
    """Every event as each trigger tells it, repetitions included."""
    rules = table()
    parties = _parties(content, entities, mentions)
    masked = _mask(fold(content), entities, parties)
    hits = rules.hits(masked)
    if not hits:
        return []
    split = _sentences(content, masked, parties)
    starts = [sentence.start for sentence in split]
    by_sentence: dict[int, list[Hit]] = {}
    for hit in hits:
        by_sentence.setdefault(bisect_right(starts, hit.start) - 1, []).append(hit)
    return [
        telling
        for index, heard in by_sentence.items()
        for telling in _tellings(content, split[index], heard, entities)
    ]


def _parties(content: str, entities: Sequence[Entity], mentions: Sequence[Mention]) -> tuple[Party, ...]:
    """The organisations: every mention, and other sure org entities that are not a rejected alias."""
    named = {(mention.start, mention.end): mention.account for mention in mentions}
    spans: dict[tuple[int, int], str | None] = dict(named)
    ordered = sorted(named)
    for entity in entities:
        if entity.kind != "org" or entity.accounts or not entity.is_sure:
            continue
        near = ordered[bisect_left(ordered, (entity.start, 0)) : bisect_left(ordered, (entity.end, 0))]
        inside = [span for span in near if span[1] <= entity.end]
        account = named[inside[0]] if inside else None
        for span in inside:
            spans.pop(span, None)
        spans[entity.start, entity.end] = account
    return tuple(
        Party(start, end, account, bool(AUTHORITY.search(fold(content[start:end]))))
        for (start, end), account in sorted(spans.items(), key=lambda item: item[0])
        if not COURT.search(fold(content[start:end]))
    )


def _mask(folded: str, entities: Iterable[Entity], parties: Iterable[Party]) -> str:
    """The text with names and measures blotted out, so that no trigger is read inside them."""
    letters = list(folded)
    for entity in entities:
        if entity.kind in MASKS and entity.kind != "org":
            letters[entity.start : entity.end] = MASKS[entity.kind] * (entity.end - entity.start)
    for party in parties:
        mask = MASKS["authority" if party.authority else "org"]
        letters[party.start : party.end] = mask * (party.end - party.start)
    return "".join(letters)


def _sentences(content: str, masked: str, parties: Sequence[Party]) -> list[_Sentence]:
    """The sentences, each with its parties and the topic carried into it."""
    found: list[_Sentence] = []
    title_topic: Party | None = None
    recent: Party | None = None
    age = 0
    present = _present_year(masked)
    begins = [party.start for party in parties]
    for start, end in sentences(content):
        near = parties[bisect_left(begins, start) : bisect_left(begins, end)]
        inside = tuple(party for party in near if party.end <= end)
        topic = recent if age < _REMEMBERED else title_topic
        years = _years(masked[start:end])
        bygone = bool(years) and max(years) <= present - _BYGONE
        found.append(_Sentence(start, end, masked[start:end], inside, topic, bygone))
        spoken_of = [
            party
            for party in cased(inside, masked[start:end], start, mutual=False)
            if party.case in (Case.PLAIN, Case.BY) and not party.authority
        ]
        if not found[1:]:
            title_topic = spoken_of[0] if spoken_of else None
        recent, age = (spoken_of[0], 0) if spoken_of else (recent, age + 1)
    return found


def _years(text: str) -> list[int]:
    return [int(year) for year in _YEAR.findall(text)]


def _present_year(text: str) -> int:
    """The year an article speaks of most, of equals the latest; 0 where it names none."""
    counts = Counter(_years(text))
    return max(counts, key=lambda year: (counts[year], year), default=0)


def _tellings(
    content: str, sentence: _Sentence, heard: Sequence[Hit], entities: Sequence[Entity]
) -> list[Telling]:
    """What the triggers of one sentence tell, once their rules have agreed."""
    fired = [
        (rule, hit)
        for hit in heard
        for rule in hit.rules
        if rule.admits(sentence.text, hit.start - sentence.start, hit.end - sentence.start)
    ]
    inside = within(entities, sentence.start, sentence.end)
    told: dict[tuple[int, str], Telling] = {}
    heard_of = Counter[str]()
    for rule, hit in _settled(fired):
        # Of two rules of a type on one trigger the first that finds a subject speaks.
        if (hit.start, rule.type.name) in told or heard_of[rule.type.name] == _TOLD_AT_MOST:
            continue
        telling = _telling(content, sentence, rule, hit, inside)
        if telling:
            told[hit.start, rule.type.name] = telling
            heard_of[rule.type.name] += 1
    types = {telling.event.type for telling in told.values()}
    return [telling for telling in told.values() if not telling.yields_to & types]


def within(entities: Sequence[Entity], start: int, end: int) -> list[Entity]:
    """Those of the entities, sorted by start, that lie in a span."""
    first = bisect_left(entities, start, key=lambda entity: entity.start)
    last = bisect_left(entities, end, key=lambda entity: entity.start)
    return [entity for entity in entities[first:last] if entity.end <= end]


def _settled(fired: Sequence[tuple[Rule, Hit]]) -> list[tuple[Rule, Hit]]:
    """The rules left when of overlapping triggers the longest counts, in text order."""
    kept: list[tuple[Rule, Hit]] = []
    for rule, hit in sorted(fired, key=lambda pair: (pair[1].start - pair[1].end, pair[1].start)):
        if not any(hit.start < other.end and other.start < hit.end and hit != other for _, other in kept):
            kept.append((rule, hit))
    return sorted(kept, key=lambda pair: pair[1].start)


def _telling(
    content: str, sentence: _Sentence, rule: Rule, hit: Hit, entities: Sequence[Entity]
) -> Telling | None:
    text, first = sentence.text, sentence.start
    parties = cased(sentence.parties, text, first, rule.mutual)
    scene = Scene(parties, text, first, (hit.start, hit.end))
    found = _completed(sides(rule.frame, scene), sentence, rule, hit)
    if rule.type.needs_subject and not found.subject:
        return None
    arguments = (
        *(_argument(content, "subject", party) for party in found.subject),
        *(_argument(content, "counterparty", party) for party in found.counterparty),
        *measures(rule.type, scene, entities),
    )
    event = Event(
        type=rule.type.name,
        trigger=content[hit.start : hit.end],
        start=sentence.start,
        end=sentence.end,
        quote=content[sentence.start : sentence.end],
        status=_status(sentence, rule, hit),
        rule=rule.name,
        arguments=tuple(sorted(arguments, key=lambda argument: (argument.start, argument.end))),
    )
    merit = (len({one.role for one in arguments}), len(arguments), -hit.start)
    return Telling(event, rule.type, hit.start, hit.end, merit, rule.yields_to)


def _status(sentence: _Sentence, rule: Rule, hit: Hit) -> Status:
    found = assertion.status(sentence.text, hit.start - sentence.start, hit.end - sentence.start)
    past = found in COUNTED and sentence.bygone and not rule.type.all_figures
    return Status.BACKGROUND if past else found


def _completed(found: Sides, sentence: _Sentence, rule: Rule, hit: Hit) -> Sides:
    """The sides with the subject that the sentence leaves unsaid, where it can be told."""
    if found.subject:
        return found
    lead = sentence.text[: hit.start - sentence.start]
    unnamed = _SOMEONE_ELSE.search(lead) or (rule.frame != "either" and _PUBLIC.search(lead))
    topic = sentence.topic
    opposite = {party.account for party in found.counterparty}
    if rule.frame in ("doer", "client") and found.counterparty and (unnamed or _is_in(topic, opposite)):
        # 多名商家起诉韵达: the one named is the one affected.
        return Sides(found.counterparty, ())
    if topic is None or _is_in(topic, opposite) or (unnamed and not _SAME_ONE.search(lead)):
        return found
    return Sides((topic,), found.counterparty)


def _is_in(topic: Party | None, accounts: set[str | None]) -> bool:
    return topic is not None and topic.account is not None and topic.account in accounts


def _argument(content: str, role: str, party: Party) -> Argument:
    return Argument(role, content[party.start : party.end], party.start, party.end, party.account)


def measures(kind: EventType, scene: Scene, entities: Iterable[Entity]) -> list[Argument]:
    """The measures and names the type takes: the nearest of each role, the trigger's clause first."""
    entities = tuple(entities)
    found: list[Argument] = []
    for role in kind.roles:
        fitting = [entity for entity in entities if _ROLE_OF.get(entity.kind, entity.kind) == role]
        if role == "date" and not fitting and "period" not in kind.roles:
            # 上月, 明年 and 上周 date what happened where no figures are told of them.
            fitting = [entity for entity in entities if entity.kind == "period"]
        if role == "period" and not fitting and "date" not in kind.roles:
            # 10月 is what figures cover where no day is told of them.
            fitting = [one for one in entities if one.kind == "date" and names_a_month(fold(one.text))]
        if not kind.all_figures:
            fitting = sorted(
                fitting, key=lambda one: (_staleness(role, one, fitting, scene), _distance(one, scene))
            )[:1]
        found += [measure_of(role, entity) for entity in fitting]
    return found


def _staleness(role: str, entity: Entity, rivals: Sequence[Entity], scene: Scene) -> int:
    """How little it is the news beside its rivals: the old price, and who leaves where another arrives."""
    text, start, end = fold(scene.text), entity.start - scene.first, entity.end - scene.first
    following = min((one.start for one in rivals if one.start > entity.start), default=entity.end + _NEAR)
    before = text[max(0, start - _NEAR) : start]
    after = text[end : min(following - scene.first, end + _NEAR)]
    if role != "person":
        return int(role in _FIGURES and bool(_FROM.search(before) and _BECOMES.search(after)))
    if _REPLACED.search(before) or _LEAVES.match(after):
        return 2
    return 0 if _CALLED.search(before) or _ARRIVES.match(after) else 1


def measure_of(role: str, entity: Entity) -> Argument:
    """The entity as the filler of a role."""
    return Argument(role, entity.text, entity.start, entity.end, value=entity.value)


def _distance(entity: Entity, scene: Scene) -> tuple[bool, int]:
    outside = entity.start < scene.clause or entity.end > scene.clause_end
    return outside, max(entity.start - scene.end, scene.start - entity.end)


def once(tellings: Iterable[Telling]) -> list[Event]:
    """Each event once, by its best telling; a rumour of what is also asserted is dropped."""
    # Of each group only tellings of different form are looked at again: a page may repeat one for ever.
    groups: list[dict[_Form, Telling]] = []
    homes: dict[_Form, dict[_Form, Telling]] = {}
    for telling in tellings:
        form = _form(telling)
        home = homes.get(form) or next(
            (group for group in groups if all(_same(telling, other) for other in group.values())), None
        )
        if home is None:
            home = {}
            groups.append(home)
        homes[form] = home
        if form not in home or telling.merit > home[form].merit:
            home[form] = telling
    best = [max(group.values(), key=lambda telling: telling.merit) for group in groups]
    counted = [telling for telling in best if telling.event.status in COUNTED]
    weak = (Status.RUMOURED, Status.HYPOTHETICAL)
    return [
        telling.event
        for telling in best
        if telling.event.status not in weak or not any(_compatible(telling, other) for other in counted)
    ]


_Form = tuple[str, Status, tuple[frozenset[str], ...]]


def _form(telling: Telling) -> _Form:
    """Type, status and fillers: tellings of one form are one event."""
    event = telling.event
    fillers = (
        frozenset(fold(a.who) for a in event.filling(role)) for role in ("subject", *telling.kind.apart)
    )
    return telling.kind.name, _kind(event.status), tuple(fillers)


def _same(one: Telling, other: Telling) -> bool:
    return _kind(one.event.status) == _kind(other.event.status) and _compatible(one, other)


def _kind(status: Status) -> Status:
    return Status.ASSERTED if status in COUNTED else status


def _compatible(one: Telling, other: Telling) -> bool:
    if one.kind is not other.kind:
        return False
    roles = () if one.event.start == other.event.start else one.kind.apart
    return all(_agree(one.event, other.event, role) for role in ("subject", *roles))


def _agree(one: Event, other: Event, role: str) -> bool:
    """Whether two events' fillers of a role can be the same: one has none, or they share one."""
    left = {fold(argument.who) for argument in one.filling(role)}
    right = {fold(argument.who) for argument in other.filling(role)}
    return not left or not right or bool(left & right)
