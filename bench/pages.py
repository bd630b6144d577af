"""Time of every web page on the demo's data: `python -m bench.pages [HOME]`, after `intel demo`.

With `--database URL` on one that `bench.store` made, as of the day on which its articles end. Prints the
first look at each page, when nothing is kept, and the median of some more, in milliseconds of the whole
request in this process, and how many of these it worked, the database not counted: on a busy machine, that
is what can be compared.
"""

from __future__ import annotations

import argparse
import gc
import secrets
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median

from starlette.testclient import TestClient

from bench.many import NEWEST
from intel import bootstrap, web
from intel.acts import By
from intel.api import create_app
from intel.api.desk import Options
from intel.api.limiting import Limits, Rates
from intel.config import Settings
from intel.jobs import desk as _jobs  # noqa: F401 (intel serve has loaded it when it answers)
from intel.users import UserRole, Users
from intel.web.loading import load

TIMES = 5
LIMIT, LIMIT_OF_MANY = 200.0, 500.0  # milliseconds; of a million articles
PAGES = (
    "/", "/accounts", "/accounts/taobao", "/accounts/taobao/findings", "/accounts/taobao/signals",
    "/accounts/taobao/plan", "/accounts/taobao/briefings", "/articles/5", "/stories/5", "/review", "/audit",
    "/tasks", "/tasks?account=taobao", "/field", "/field/new", "/search?q=爆仓", "/couriers", "/couriers/jt",
    "/couriers/jt?client=taobao", "/series", "/series/courier.volume", "/sources", "/sources/kuaidi-guancha",
    "/source-trials", "/alerts", "/jobs", "/outbox", "/users",
)  # fmt: skip
MADE_UP = {"/search?q=爆仓": "/search?q=顺丰"}
NOT_MADE = "/sources/kuaidi-guancha"


def demo_home(home: Path) -> Path:
    """A folder in which `intel demo` has been; what to do about one in which it has not, and no more."""
    if not (home / "demo" / "intel.db").is_file():
        sys.exit(f"no demo in {home}; make one with: intel --home {home} demo")
    return home


def main() -> None:
    """Measure all pages."""
    told = argparse.ArgumentParser(prog="python -m bench.pages")
    told.add_argument("home", nargs="?", type=Path, default=Path("var"))
    told.add_argument("--database", help="URL of a database that bench.store made")
    chosen = told.parse_args()
    if chosen.database:
        settings = Settings(home=chosen.home, database_url=chosen.database)
        pages = [MADE_UP.get(page, page) for page in PAGES if page != NOT_MADE]
        _measure(settings, pages, LIMIT_OF_MANY, Options(clock=lambda: NEWEST, limits=_UNLIMITED))
    else:
        settings = Settings(home=demo_home(chosen.home)).for_demo()
        _measure(settings, PAGES, LIMIT, Options(limits=_UNLIMITED))


_UNLIMITED = Limits(Rates(*["1000000/minute"] * 5))


def _measure(settings: Settings, pages: Sequence[str], limit: float, options: Options) -> None:
    try:
        workspace, now = bootstrap.open_workspace(settings), options.clock()
    except bootstrap.NotReady as error:
        sys.exit(str(error))
    users, name = Users(workspace.engine), f"bench-{secrets.token_hex(4)}"
    users.add(name, UserRole.ADMIN, "", By("bench", "", now))
    client = TestClient(create_app(workspace, [web.router], options))
    load()  # as intel serve does before the first page
    gc.freeze()
    client.post("/login/link", data={"token": users.link(name, By("bench", "", now))})
    for path in pages:
        first, begun = _milliseconds(client, path)
        taken, worked = map(median, zip(*(_milliseconds(client, path) for _ in range(TIMES)), strict=True))
        over = "!" if max(first, taken) > limit else " "
        again = f"{taken:7.0f} ms {over} {worked:5.0f} ms of work"
        print(f"{first:7.0f} ms first {begun:6.0f} ms of work {again}  {path}", flush=True)
    users.disable(name, By("bench", "", now))


def _milliseconds(client: TestClient, path: str) -> tuple[float, float]:
    began, work = time.perf_counter(), time.process_time()
    answer = client.get(path)
    assert answer.status_code == 200, (path, answer.status_code)
    return (time.perf_counter() - began) * 1000, (time.process_time() - work) * 1000


if __name__ == "__main__":
    main()
