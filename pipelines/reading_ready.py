"""What reading needs, loaded before the processes that read are forked: each is ready at once.

Only the process that they are forked from imports this; see `intel.reader`. Ctrl-C meanwhile ends it without
a traceback.
"""

import sys

_STORY = "淘宝商家称韵达华东多个网点爆仓，部分包裹延误三天，平台要求快递企业在本周内恢复时效并公布赔付办法。"
_PAGE = f"<html><head><meta charset=utf-8></head><body><h1>韵达爆仓</h1><p>{_STORY * 3}</p></body></html>"


def load() -> None:
    """Read a page: models, tables and their patterns are loaded when the first wants them."""
    from datetime import UTC, datetime

    from intel.model import Page
    from intel.taxonomy import ACCOUNTS_CSV, load_accounts
    from pipelines import flow

    flow.require_models()
    now = datetime.now(UTC)
    page = Page("", "", now, _PAGE.encode(), "text/html")
    flow.read(page, flow.Watchlist.of(load_accounts(ACCOUNTS_CSV)), now)


try:
    load()
except KeyboardInterrupt:
    sys.exit(130)
