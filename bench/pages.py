"""Time of every web page on the demo's data: `python -m bench.pages [HOME]`, after `intel demo`.

Prints the median of some answers of each page, in milliseconds of the whole request in this process, and how
many of them it worked: on a busy machine, that is what can be compared.
"""

from __future__ import annotations

import secrets
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

from starlette.testclient import TestClient

from intel import bootstrap, web
from intel.acts import By
from intel.api import create_app
from intel.api.desk import Options
from intel.api.limiting import Limits, Rates
from intel.config import Settings
from intel.users import UserRole, Users

TIMES = 5
LIMIT = 200.0  # milliseconds
PAGES = (
    "/", "/accounts", "/accounts/taobao", "/accounts/taobao/findings", "/accounts/taobao/signals",
    "/accounts/taobao/plan", "/accounts/taobao/briefings", "/articles/5", "/stories/5", "/review", "/audit",
    "/tasks", "/tasks?account=taobao", "/field", "/field/new", "/search?q=爆仓", "/couriers", "/couriers/jt",
    "/couriers/jt?client=taobao", "/series", "/series/courier.volume", "/sources", "/sources/kuaidi-guancha",
    "/source-trials", "/alerts", "/jobs", "/outbox", "/users",
)  # fmt: skip


def demo_home(home: Path) -> Path:
    """A folder in which `intel demo` has been; what to do about one in which it has not, and no more."""
    if not (home / "demo" / "intel.db").is_file():
        sys.exit(f"no demo in {home}; make one with: intel --home {home} demo")
    return home


def main() -> None:
    """Measure all pages."""
    home = demo_home(Path(sys.argv[1]) if len(sys.argv) > 1 else Path("var"))
    workspace = bootstrap.open_workspace(Settings(home=home).for_demo())
    users, name = Users(workspace.engine), f"bench-{secrets.token_hex(4)}"
    users.add(name, UserRole.ADMIN, "", By("bench", "", datetime.now(UTC)))
    limits = Limits(Rates(*["1000000/minute"] * 5))
    client = TestClient(create_app(workspace, [web.router], Options(limits=limits)))
    client.post("/login/link", data={"token": users.link(name, By("bench", "", datetime.now(UTC)))})
    for path in PAGES:
        client.get(path)
        taken, worked = map(median, zip(*(_milliseconds(client, path) for _ in range(TIMES)), strict=True))
        print(f"{taken:7.0f} ms{' !' if taken > LIMIT else '  '} {worked:5.0f} ms of work  {path}")
    users.disable(name, By("bench", "", datetime.now(UTC)))


def _milliseconds(client: TestClient, path: str) -> tuple[float, float]:
    began, work = time.perf_counter(), time.process_time()
    answer = client.get(path)
    assert answer.status_code == 200, (path, answer.status_code)
    return (time.perf_counter() - began) * 1000, (time.process_time() - work) * 1000


if __name__ == "__main__":
    main()
