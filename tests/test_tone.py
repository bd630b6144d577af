"""Words of praise, blame and harm decide the stance of evidence where the model hears another."""

from __future__ import annotations

import pytest

from intel.taxonomy import ACCOUNTS_CSV, load_accounts
from pipelines.flow import Watchlist, analyse
from pipelines.text import fold
from pipelines.tone import harmed, tone


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("现在的承运商服务没得说，就是贵。", "satisfied"),
        ("结算按月对账，从没拖过。", "satisfied"),
        ("The courier has been reliable and never late.", "satisfied"),
        ("当日揽收率只有82%，领导很不满意。", "dissatisfied"),
        ("商家怨气不小。", "dissatisfied"),
        ("She complained that nobody answers.", "dissatisfied"),
        ("服务没得说，客服却被人抱怨。", ""),
        ("差评少了六成。", ""),
        ("满意度为81分。", ""),
        ("平均签收时间29小时。", ""),
    ],
)
def test_who_praises_or_blames_in_so_many_words(text: str, told: str) -> None:
    assert tone(fold(text)) == told


def test_goods_that_came_to_harm_content_nobody() -> None:
    text = "我家赣南脐橙这周开始发，旺季一天四五千单，快手电商指定走极兔，可极兔送到东北都冻坏了。"
    assert harmed(fold(text))
    found = analyse(f"论坛\n{text}", Watchlist.of(load_accounts(ACCOUNTS_CSV))).findings
    stances = {one.topic: one.stance for one in found if one.account == "kuaishou-ec"}
    assert stances["delivery_performance"] == "dissatisfied"
