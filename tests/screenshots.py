"""The pages as pictures: `python -m tests.screenshots [HOME]`, after `intel demo`.

Writes the six of the documentation to `docs/examples`. With `--all FOLDER` every page goes there instead:
wide and narrow, light in Chinese and dark in English, to be looked at before a change of the look is kept.
Both work on a copy of the demo's data in which somebody has begun to work.
"""

from __future__ import annotations

import argparse
import io
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page

from bench.pages import demo_home
from intel import bootstrap, reader
from intel.acts import By
from intel.bootstrap import Workspace
from intel.config import Settings
from intel.field_form import reported
from intel.stages import Stage, Step
from intel.users import UserRole, Users
from tests.asking import CHEAP, PASSWORD
from tests.browsing import chromium, entering, serving

HERE = Path(__file__).parents[1] / "docs" / "examples"
WIDE, PHONE = (1280, 800), (360, 740)
COLOURS = 192  # enough for text; a picture stays under 200 KB
BEST = {
    "page-account": ("/accounts/taobao", WIDE, "light"),
    "page-review": ("/review?account=taobao", WIDE, "light"),
    "page-courier": ("/couriers/jt?client=taobao", WIDE, "light"),
    "page-search": ("/search?q=爆仓", WIDE, "dark"),
    "page-sources": ("/sources", WIDE, "light"),
    "page-field": ("/field/new?account=taobao", PHONE, "light"),
}
EVERY = (
    "/", "/accounts", "/accounts?role=competitor", "/accounts/taobao", "/accounts/taobao/findings",
    "/accounts/taobao/signals", "/accounts/taobao/plan", "/accounts/taobao/briefings",
    "/articles/5", "/stories/5", "/review?account=taobao", "/audit", "/tasks", "/tasks?account=taobao",
    "/field", "/field/1", "/field/new", "/search", "/search?q=爆仓", "/couriers",
    "/couriers/jt?client=taobao",
    "/series", "/series/courier.volume", "/sources", "/sources/kuaidi-guancha", "/source-trials", "/alerts",
    "/jobs", "/outbox", "/users", "/nothing-here",
)  # fmt: skip


def main() -> None:
    """Write the six, or all."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("home", nargs="?", type=Path, default=Path("var"))
    asked.add_argument("--all", type=Path, metavar="FOLDER")
    asked.add_argument("--only", default="", metavar="TEXT", help="with --all: pages whose address holds it")
    told = asked.parse_args()
    with _lived_in(demo_home(told.home)) as workspace, serving(workspace) as site, chromium() as browser:
        if told.all:
            _all(browser, site, told.all, told.only)
        else:
            for name, (path, (width, height), scheme) in BEST.items():
                with _window(browser, site, width, height, scheme, "zh-CN") as window:
                    window.goto(path)
                    _keep(window.screenshot(), HERE / f"{name}.png")


def _all(browser: Browser, site: str, folder: Path, only: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for scheme, locale in (("light", "zh-CN"), ("dark", "en-GB")):
        for width, height in (WIDE, PHONE):
            with _window(browser, site, width, height, scheme, locale) as window:
                for path in EVERY:
                    if only in path:
                        window.goto(path)
                        name = path.strip("/").replace("/", "-").replace("?", "-") or "overview"
                        _keep(window.screenshot(full_page=True), folder / f"{name}-{width}-{scheme}.png")


@contextmanager
def _window(browser: Browser, site: str, width: int, height: int, scheme: str, locale: str) -> Iterator[Page]:
    with entering(browser, site) as enter:
        size = {"width": width, "height": height}
        yield enter(viewport=size, color_scheme=scheme, locale=locale, timezone_id="Asia/Shanghai")


def _keep(picture: bytes, path: Path) -> None:
    image = Image.open(io.BytesIO(picture)).convert("RGB")
    image.quantize(COLOURS, dither=Image.Dither.NONE).save(path, optimize=True)


@contextmanager
def _lived_in(home: Path) -> Iterator[Workspace]:
    """A copy of the demo in which an account is worked on, so that nothing is shown empty that is not."""
    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree(home, Path(folder) / "var")
        workspace = bootstrap.open_workspace(Settings(home=Path(folder) / "var").for_demo())
        now = datetime.now(UTC)
        Users(workspace.engine, CHEAP).add("admin", UserRole.ADMIN, PASSWORD, By("admin", "", now))
        files, day = workspace.files, now.date()
        files.add_step(Step("taobao", Stage.SELECT, day - timedelta(days=40)))
        files.add_step(
            Step("taobao", Stage.GATHER, day - timedelta(days=20), planned_until=day + timedelta(days=25))
        )
        said = {"account": "taobao", "author": "admin", "place": "杭州", "next_step": "约看华东仓的退货流程"}
        said |= {
            "points": "淘宝物流业务负责人表示，快递费按月对账，账期为45天。",
            "ideas": "先从退货件谈起。",
        }
        _, kept = workspace.store.enter_report(reported(said, now), now)
        reader.read_one(workspace.store, workspace.query.watched(), kept)
        yield workspace


if __name__ == "__main__":
    main()
