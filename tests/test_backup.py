"""A backup is what the database was, on either kind of database, and nothing else passes for one."""

from __future__ import annotations

import json
import threading
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from intel import backup, checking, db
from intel.backup import BadBackup, NotEmpty
from intel.search_query import Search
from intel.store import Store
from tests.conftest import Command, Kept
from tests.databases import Databases
from tests.making import NOON, page, reading, root
from tests.snapshot import snapshot


@pytest.fixture
def filled(kept: Kept) -> Kept:
    """A database with an article and what was read of it."""
    kept.store.add_page(page())
    kept.store.keep([(1, reading())])
    return kept


@pytest.fixture
def empty(tmp_path: Path, databases: Databases) -> Iterator[Engine]:
    folder = tmp_path / "other"
    folder.mkdir()
    url = databases.url(folder)
    engine = db.open_engine(url)
    yield engine
    engine.dispose()
    databases.drop(url)


def checksums(manifest: backup.Manifest) -> dict[str, tuple[int, str]]:
    """Of all tables but that of the acts, in which the restoring is written down."""
    return {one.name: (one.rows, one.sha256) for one in manifest.tables if one.name != "act"}


def test_a_restored_database_is_its_source_by_checksum_and_is_searched(
    filled: Kept, empty: Engine, tmp_path: Path
) -> None:
    written = backup.write(filled.engine, tmp_path / "b.zip")
    assert backup.verify(tmp_path / "b.zip") == written
    backup.restore(empty, tmp_path / "b.zip", root(NOON))
    assert checksums(backup.write(empty, tmp_path / "again.zip")) == checksums(written)
    assert snapshot(empty.url.render_as_string(hide_password=False)) == snapshot(filled.url)
    assert [hit.title for hit in Search(empty).page("网点爆仓").hits] == ["双11包裹创新高"]
    assert list(checking.problems(empty)) == []


def test_rows_that_come_after_a_restore_are_numbered_on(filled: Kept, empty: Engine, tmp_path: Path) -> None:
    backup.write(filled.engine, tmp_path / "b.zip")
    backup.restore(empty, tmp_path / "b.zip", root(NOON))
    assert Store(empty).add_page(page("http://wire.localhost/2"))


def test_a_backup_goes_from_one_kind_of_database_to_the_other(
    filled: Kept, tmp_path: Path, on_sqlite: Databases, on_postgresql: Databases, databases: Databases
) -> None:
    other = on_postgresql if databases.kind == "sqlite" else on_sqlite
    (tmp_path / "other").mkdir()
    url = other.url(tmp_path / "other")
    engine = db.open_engine(url)
    written = backup.write(filled.engine, tmp_path / "b.zip")
    backup.restore(engine, tmp_path / "b.zip", root(NOON))
    assert checksums(backup.write(engine, tmp_path / "again.zip")) == checksums(written)
    engine.dispose()
    other.drop(url)


def test_a_backup_that_is_taken_while_others_write_is_of_one_moment(filled: Kept, tmp_path: Path) -> None:
    stop = threading.Event()

    def write() -> None:
        number = 2
        while not stop.is_set():
            filled.store.add_page(page(f"http://wire.localhost/{number}"))
            filled.store.keep([(number, reading(f"第{number}篇"))])
            number += 1

    writer = threading.Thread(target=write)
    writer.start()
    try:
        written = backup.write(filled.engine, tmp_path / "b.zip")
    finally:
        stop.set()
        writer.join()
    rows = {one.name: one.rows for one in written.tables}
    assert rows["finding"] == rows["article"] <= rows["page"]


def test_what_is_there_is_neither_overwritten_nor_filled(filled: Kept, tmp_path: Path) -> None:
    backup.write(filled.engine, tmp_path / "b.zip")
    with pytest.raises(NotEmpty, match=r"b\.zip exists"):
        backup.write(filled.engine, tmp_path / "b.zip")
    with pytest.raises(NotEmpty, match="has rows; to replace all of it: --replace"):
        backup.restore(filled.engine, tmp_path / "b.zip", root(NOON))
    before = snapshot(filled.url)
    backup.restore(filled.engine, tmp_path / "b.zip", root(NOON), replace=True)
    assert snapshot(filled.url) == before


def test_only_its_owner_reads_a_backup(filled: Kept, tmp_path: Path) -> None:
    backup.write(filled.engine, tmp_path / "b.zip")
    assert (tmp_path / "b.zip").stat().st_mode & 0o077 == 0


@pytest.mark.sqlite
@pytest.mark.parametrize("harm", ["cut", "flipped", "no backup", "a newer release"])
def test_a_damaged_backup_is_refused_and_changes_nothing(
    filled: Kept, empty: Engine, tmp_path: Path, harm: str
) -> None:
    file = tmp_path / "b.zip"
    backup.write(filled.engine, file)
    whole = file.read_bytes()
    if harm == "cut":
        file.write_bytes(whole[: len(whole) // 2])
    elif harm == "no backup":
        file.write_bytes("淘宝".encode() * 100)
    else:
        with zipfile.ZipFile(file) as archive:
            members = {name: archive.read(name) for name in archive.namelist()}
        if harm == "flipped":
            members["finding.jsonl"] = members["finding.jsonl"].replace(
                b"carrier_problems", b"market_outlook"
            )
        else:
            manifest = json.loads(members["manifest.json"])
            members["manifest.json"] = json.dumps(manifest | {"version": "9999"}).encode()
        with zipfile.ZipFile(file, "w") as archive:
            for name, content in members.items():
                archive.writestr(name, content)
    with pytest.raises(BadBackup):
        backup.restore(empty, file, root(NOON))
    with empty.connect() as connection:
        assert db.version(connection) == ""


def test_what_is_wrong_with_a_database_is_said(filled: Kept) -> None:
    assert list(checking.problems(filled.engine)) == []
    with filled.engine.begin() as connection:
        connection.execute(text("DELETE FROM article_search"))
    assert list(checking.problems(filled.engine)) == [
        "search index: 1 articles missing, 0 too many; run: intel db check --reindex"
    ]


# ---- as a person asks


def test_the_commands_back_up_check_and_restore(intel: Command, tmp_path: Path) -> None:
    intel("init")
    file = str(tmp_path / "b.zip")
    assert "rows of schema" in intel("db", "backup", file).out
    assert intel("db", "check", "--backup", file).code == 0
    assert intel("db", "check").out == "nothing wrong\n"
    assert "as before" in intel("db", "upgrade").out
    said = intel("db", "restore", file)
    assert said.code == 2 and "--replace" in said.err
    assert intel("db", "restore", file, "--replace", "--yes").code == 0
    assert intel("--home", str(tmp_path / "new"), "db", "restore", file).code == 0
    assert intel("--home", str(tmp_path / "new"), "accounts", "show", "淘宝").code == 0


def test_a_backup_that_is_not_there_is_said(intel: Command, tmp_path: Path) -> None:
    said = intel("db", "restore", str(tmp_path / "none.zip"))
    assert (said.code, said.err) == (2, f"intel: no file {tmp_path / 'none.zip'}\n")
