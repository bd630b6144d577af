"""Who did it to whom: the organisations of a sentence and a trigger in, subject and counterparty out.

Chinese marks a party's part by the word before it (对, 被, 与, 从, 据) and English by a preposition, so
every organisation gets a case first; the frame of the rule then says which case is the subject.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from pipelines.event_masks import ORG


class Case(StrEnum):
    """The part an organisation plays in its clause."""

    PLAIN = "plain"
    WITH = "with"
    TO = "to"
    BY = "by"
    FROM = "from"
    ASIDE = "aside"  # a source, a place, a comparison: not a party


@dataclass(frozen=True, slots=True)
class Party:
    """An organisation named in a text: its span, and the account it is, if watched."""

    start: int
    end: int
    account: str | None
    authority: bool
    case: Case = Case.PLAIN


AUTHORITY = re.compile(
    r"(?:局|委|委员会|国务院|总署|海关|人大|法院|检察院|仲裁院|政府|公安|警方|消保委|消协|协会|学会|联合会|商会|证监会|银保监会|监管总局|[^事]部|署|厅|办|交易所|深交所|上交所|港交所"
    r"|commission|court|regulators?|ministry|bureau|authority|administration|association|department|agency)$"
)

# Courts judge a case and are no side of it.
COURT = re.compile(r"(?:法院|检察院|仲裁院|仲裁委员会|court)$")
_MARKET = re.compile(r"(?:交易所|深交所|上交所|北交所|港交所|联交所|纽交所|exchange|nasdaq|nyse)$")
_COMPANY = re.compile(r"(?:公司|集团|银行|ltd|inc|co|corp|plc|limited|group)\.?$")
_STANDINGS = {"court": COURT, "market": _MARKET, "authority": AUTHORITY, "company": _COMPANY}

_ASIDE_WORDS = (
    "(?<!证)据|根据|援引|来源|编辑|来自|较|相比|超过|高于|低于|仅次于|不同于|类似|除了?|包括|例如|比如|作为"
    "|according to|than|unlike|besides|via|citing|such as"
)
_WITH_WORDS = "与|和|同|跟|及|携手|联手|联合|牵手"
_THE = r"[“\"《 ]?(?:the )?$"
# Read at the end of the text before the name; the first that matches wins.
_BEFORE = (
    (Case.ASIDE, rf"(?:{_ASIDE_WORDS})[:“\"《 ]?$"),
    (Case.ASIDE, r"(?:[,。;:\n“]|^|时候|在)(?:如|像|比)$"),
    (Case.ASIDE, r"(?<!旨)(?<!存)(?<!现)(?:在|于|登陆)$"),
    (Case.BY, rf"(?:被|遭到?|由|受到?|经|获得?|得到|收到|接到|\bby){_THE}"),
    (Case.WITH, rf"(?:{_WITH_WORDS}|\bwith|\band){_THE}"),
    (Case.TO, rf"(?:对|向|给|予|为|替|针对|面向|\bto|\bagainst|\bfor|\bon|\bof){_THE}"),
    (Case.FROM, rf"(?:从|自|\bfrom){_THE}"),
)
_BEFORE_PATTERNS = tuple((case, re.compile(pattern)) for case, pattern in _BEFORE)
# Read after the name: a reporter, an analyst, a web site or a share of that name acts for itself.
_AFTER_ASIDE = re.compile(
    r"[^,。;:!?\n]{0,6}(?:记者|报道|研报|研究报告|分析师|首席(?:分析|经济|研究)|研究员|研究院|数据显示|消息显示|官网|公众号|客户端|新闻网)"
    r"|讯|网讯|(?:平台|网|app|上|里|中)(?:上|里|搜索|下单|购物|购买|买)|股价|\"? app\b"
)
_LIST = re.compile(rf"[“”\"《》 ]*(?:、|和|与|及|以及|/|\band\b|, (?={ORG}))[“”\"《》 ]*")
_WITH_JOIN = re.compile(r"与|和|同|跟|及|and")
_CLAUSE = re.compile(r"[,;:。!?\n]|(?<=[\u4e00-\u9fff\ue000\ue001]) (?=[\u4e00-\u9fff\ue000\ue001])")
_PASSIVE = re.compile(rf"被|遭|(?<!理)由{ORG}|\bby\b")
_STRICTLY_PASSIVE = re.compile(r"被|遭|\bby\b")


def cased(parties: Sequence[Party], text: str, first: int, mutual: bool) -> tuple[Party, ...]:
    """The parties of a sentence with their cases.

    `text` is the masked sentence, `first` its offset in the content. In a list every name has the case
    of the first one; where the rule is `mutual`, 与 and 和 join the two sides instead of a list.
    """
    found: list[Party] = []
    for party in parties:
        start, end = party.start - first, party.end - first
        case = _case(text, start, end)
        if found:
            joint = text[found[-1].end - first : start]
            listed = _LIST.fullmatch(joint)
            if listed and not (mutual and _WITH_JOIN.search(joint)):
                case = found[-1].case
        found.append(Party(party.start, party.end, party.account, party.authority, case))
    return tuple(found)


def _case(text: str, start: int, end: int) -> Case:
    lead, rest = text[max(0, start - 16) : start], text[end : end + 16]
    if _AFTER_ASIDE.match(rest):
        return Case.ASIDE
    return next((case for case, pattern in _BEFORE_PATTERNS if pattern.search(lead)), Case.PLAIN)


@dataclass(frozen=True, slots=True)
class Sides:
    """Who the event is of, and who is opposite; either may be empty."""

    subject: tuple[Party, ...] = ()
    counterparty: tuple[Party, ...] = ()


class Scene:
    """The parties of one sentence as one trigger sees them: before it, after it, by case."""

    def __init__(self, parties: Sequence[Party], text: str, first: int, span: tuple[int, int]) -> None:
        self.parties = [party for party in parties if not (party.start >= span[0] and party.end <= span[1])]
        self.text = text
        self.first = first
        self.start, self.end = span
        stops = [stop.end() + first for stop in _CLAUSE.finditer(text)]
        self.clause = max((stop for stop in stops if stop <= self.start), default=first)
        self.clause_end = min((stop for stop in stops if stop > self.end), default=first + len(text))

    def named(self, party: Party) -> list[Party]:
        """The party and those listed with it, in text order."""
        index = self.parties.index(party)
        left = right = index
        while left and self._listed(left - 1):
            left -= 1
        while right + 1 < len(self.parties) and self._listed(right):
            right += 1
        return self.parties[left : right + 1]

    def _listed(self, index: int) -> bool:
        one, next_one = self.parties[index], self.parties[index + 1]
        between = self.text[one.end - self.first : next_one.start - self.first]
        return one.case is next_one.case and bool(_LIST.fullmatch(between))

    def before(self, *cases: Case) -> list[Party]:
        """The nearest party before the trigger with one of the cases: in its clause, else the topic of
        the nearest clause that has one."""
        ahead = [party for party in self.parties if party.end <= self.start and party.case in cases]
        here = [party for party in ahead if party.start >= self.clause]
        if here:
            return self.named(here[-1])
        if not ahead:
            return []
        stops = [stop.end() + self.first for stop in _CLAUSE.finditer(self.text)]
        opening = max((stop for stop in stops if stop <= ahead[-1].start), default=self.first)
        return self.named(next(party for party in ahead if party.start >= opening))

    def after(self, *cases: Case) -> list[Party]:
        """The nearest party after the trigger, in its clause or else in the sentence."""
        behind = [party for party in self.parties if party.start >= self.end and party.case in cases]
        return self.named(behind[0]) if behind else []

    def object(self, *cases: Case) -> list[Party]:
        """The nearest party after the trigger in the trigger's own clause."""
        behind = self.after(*cases)
        return behind if behind and behind[0].start < self.clause_end else []

    def passive(self, mark: re.Pattern[str] = _PASSIVE) -> bool:
        """Whether the trigger's clause has the mark before the trigger, or English 'by' follows it."""
        lead = self.text[self.clause - self.first : self.start - self.first]
        return bool(mark.search(lead) or re.match(r"(?: \w+){0,3} by\b", self.text[self.end - self.first :]))


def _doer(scene: Scene) -> Sides:
    """Who does it, and to or with whom; the passive turns them round."""
    return _passive(scene) if scene.passive() else _active(scene)


def _client(scene: Scene) -> Sides:
    """Like a doer, but 由 names a new partner (改由…承运), not the one who acts."""
    return _passive(scene) if scene.passive(_STRICTLY_PASSIVE) else _active(scene)


def _passive(scene: Scene) -> Sides:
    agent = scene.before(Case.BY) or scene.object(Case.BY)
    patient = scene.before(Case.PLAIN, Case.TO, Case.WITH)
    if agent:
        return _opposed(agent, patient)
    return _opposed(patient, scene.object(Case.WITH, Case.TO, Case.FROM))


def _active(scene: Scene) -> Sides:
    subject = scene.before(Case.PLAIN) or scene.before(Case.BY)
    other = (
        scene.before(Case.WITH, Case.TO)
        or scene.object(*_ALL_BUT_ASIDE)
        or scene.before(Case.FROM)
        or scene.before(Case.BY)
    )
    return _opposed(subject, other)


def _opposed(subject: Sequence[Party], other: Sequence[Party]) -> Sides:
    return Sides(tuple(subject), tuple(party for party in other if party not in subject))


def _undergoer(scene: Scene) -> Sides:
    """Of a penalty: the company it falls on, and the authority (or the other one) it comes from."""
    passive = scene.passive()
    inside = scene.before(Case.TO) + scene.object(*_ALL_BUT_ASIDE)
    around = scene.before(Case.PLAIN) + scene.after(*_ALL_BUT_ASIDE)
    ranked = scene.before(Case.PLAIN) + inside + around if passive else inside + around
    powers = [party for party in scene.parties if party.authority and party.case is not Case.ASIDE]
    company = next((party for party in ranked if not party.authority), None)
    if company is None:
        return Sides((), tuple(powers[:1]))
    subject = [party for party in scene.named(company) if not party.authority]
    return _opposed(subject, powers[:1] or scene.before(Case.BY) or scene.before(Case.PLAIN))


def _receiver(scene: Scene) -> Sides:
    """The subject follows the trigger (红杉领投极兔); who stands before it is opposite."""
    subject = scene.object(*_ALL_BUT_ASIDE) or scene.before(Case.TO)
    if not subject and scene.passive():
        return _opposed(scene.before(Case.PLAIN), scene.before(Case.BY))
    return _opposed(subject or scene.after(*_ALL_BUT_ASIDE), scene.before(Case.PLAIN, Case.BY))


def _either(scene: Scene) -> Sides:
    """Whoever is nearest, before the trigger first; a company rather than an authority."""
    groups = [
        scene.before(Case.PLAIN),
        scene.object(*_ALL_BUT_ASIDE),
        scene.before(Case.TO, Case.BY, Case.FROM, Case.WITH),
        scene.after(Case.PLAIN),
    ]
    companies = ([party for party in group if not party.authority] for group in groups)
    subject = next(filter(None, companies), None) or next(filter(None, groups), [])
    other = scene.before(Case.WITH, Case.TO, Case.FROM) + scene.object(Case.PLAIN, Case.TO, Case.WITH)
    return _opposed(subject, other)


_ALL_BUT_ASIDE = (Case.PLAIN, Case.WITH, Case.TO, Case.BY, Case.FROM)
_FRAMES = {
    "doer": _doer,
    "client": _client,
    "undergoer": _undergoer,
    "receiver": _receiver,
    "either": _either,
}


def standing(name: str) -> str:
    """What kind of party a folded name is by its form: court, market, authority, company or "name"."""
    return next((kind for kind, form in _STANDINGS.items() if form.search(name)), "name")


def sides(frame: str, scene: Scene) -> Sides:
    """Subject and counterparty of the scene's trigger under a rule's frame."""
    return _FRAMES[frame](scene)
