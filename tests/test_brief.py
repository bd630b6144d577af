from datetime import UTC, date, datetime
from html.parser import HTMLParser

import pytest

from intel.brief import Briefing, Format, Occasion, compose, render
from intel.config import CHINA
from intel.model import Account, Role
from intel.taxonomy import taxonomy
from intel.views import FindingView
from tests.making import found

TAOBAO = Account("taobao", "淘宝", Role.CLIENT)
LABELS = {"topics": taxonomy().topics, "events": taxonomy().events}


ONE = found()


def briefing(*findings: FindingView) -> Briefing:
    return compose(
        TAOBAO, findings, LABELS, Occasion(datetime(2026, 11, 23, 8, tzinfo=UTC), date(2026, 1, 1))
    )


def test_every_topic_of_the_taxonomy_has_a_section_and_those_without_evidence_are_unknown() -> None:
    made = briefing(found())
    assert [section.topic for section in made.sections] == list(taxonomy().topics)
    assert [section.topic for section in made.known] == ["carrier_problems"]
    assert len(made.unknown) == len(taxonomy().topics) - 1
    assert render(made, Format.MD).count("\n未知\n") == len(made.unknown)


def test_evidence_is_grouped_by_event_newest_first() -> None:
    made = briefing(
        found(quote="旧的。", story=1, article=1, dated_at=datetime(2026, 3, 1, tzinfo=CHINA)),
        found(quote="没有事件。", event=None, story=3, article=3),
        found(quote="投诉。", event="service_quality", story=4, article=4),
        found(quote="新的。", story=2, article=2, dated_at=datetime(2026, 9, 1, tzinfo=CHINA)),
    )
    [section] = made.known
    assert [group.event for group in section.groups] == ["service_disruption", "service_quality", None]
    assert [item.quote for item in section.groups[0].evidence] == ["新的。", "旧的。"]
    assert section.reports == 4


def test_copies_of_a_report_are_one_witness_told_by_its_most_reliable_source() -> None:
    made = briefing(
        found(article=1, source_label="卖家论坛", reliability="E"),
        found(article=2, source_label="邮政局", reliability="A"),
        found(article=3, source_label="电商早报", reliability="B"),
    )
    [section] = made.known
    [evidence] = section.groups[0].evidence
    assert (evidence.source, evidence.copies) == ("邮政局", ("卖家论坛", "电商早报"))
    assert (made.reports, made.quotes, section.reports) == (1, 1, 1)
    assert [(source.source, source.quotes) for source in made.sources] == [("邮政局", 1)]


def test_markdown_and_html_show_quote_source_day_and_link_of_each_finding() -> None:
    made = briefing(found())
    for form in (Format.MD, Format.HTML):
        text = render(made, form)
        for part in (ONE.quote, ONE.source_label, "2026-06-18", ONE.url, ONE.title, "自 2026-01-01 起"):
            assert part in text


def test_what_is_left_out_for_length_is_said() -> None:
    made = briefing(*(found(story=number, article=number) for number in range(1, 8)))
    assert render(made, Format.MD, most=5).count(ONE.quote) == 5
    assert "另有 2 条" in render(made, Format.MD, most=5)
    assert "另有 2 条" in render(made, Format.HTML, most=5)
    assert "另有" not in render(made, Format.MD)


def test_json_holds_every_quote() -> None:
    made = briefing(*(found(story=number, article=number) for number in range(1, 8)))
    assert render(made, Format.JSON, most=1).count(ONE.quote) == 7


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.seen: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))


HOSTILE = '<script>alert(1)</script><img src=x onerror="y">"\'**[a](javascript:b)**'


def test_hostile_text_stays_text_in_html() -> None:
    parser = Tags()
    parser.feed(render(briefing(found(quote=HOSTILE, title=HOSTILE, source_label=HOSTILE)), Format.HTML))
    assert not {"script", "img"} & {tag for tag, _ in parser.seen}


@pytest.mark.parametrize("form", [Format.MD, Format.HTML])
def test_only_web_addresses_become_links(form: Format) -> None:
    text = render(briefing(found(url="javascript:alert(1)")), form)
    assert 'href="javascript' not in text and "(<javascript" not in text


def test_hostile_text_opens_no_mark_in_markdown() -> None:
    text = render(briefing(found(quote=HOSTILE)), Format.MD)
    assert "\\[a\\](javascript:b)\\*\\*" in text and "\\<script\\>" in text


def test_html_loads_nothing_from_elsewhere_and_fits_a_phone() -> None:
    parser = Tags()
    parser.feed(render(briefing(found()), Format.HTML))
    assert not {"link", "script", "img", "iframe"} & {tag for tag, _ in parser.seen}
    assert ("meta", {"name": "viewport", "content": "width=device-width, initial-scale=1"}) in parser.seen
