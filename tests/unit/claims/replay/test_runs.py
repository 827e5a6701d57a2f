"""Runs on one machine: parts that are kept, gone on with, done again; what is wrong is told and leaves no half result."""

import errno
import json
import os
import signal
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from anpei.claims.replay import local, operations, parts, report
from anpei.claims.replay.operations import Order
from anpei.claims.replay.parts import NoRoom
from anpei.claims.replay.passes import PassPlan
from anpei.claims.replay.schema import PAST, PastClaimsInvalid
from anpei.claims.replay.work import ReplayWork
from anpei.kernel.errors import NotFound
from tests.factories import replays


def silent(_done: int, _whole: int) -> None:
    """No progress."""


def told(out: Path) -> dict[str, Any]:
    """What the report says, without the name of the folder."""
    return json.loads((out / "summary.json").read_text())


def run(tmp_path: Path, name: str = "out", **changes: Any) -> Path:
    """One replay; the folder of its report."""
    claims = changes.pop("claims", None) or tmp_path / "past.parquet"
    if changes.pop("fresh", not claims.exists() and claims.name == "past.parquet"):
        replays.write(tmp_path)
    operations.replay(replace(Order(replays.work(), claims, tmp_path / name), **changes), progress=silent)
    return tmp_path / name


@pytest.mark.timeout(600)  # workers begin anew, and the first on a machine makes the kernels
def test_spawned_workers_and_this_process_report_the_same(tmp_path: Path) -> None:
    here, spawned = run(tmp_path, "here"), run(tmp_path, "spawned", workers=2)
    assert told(here) == told(spawned)
    assert (here / "supplements.json").read_bytes() == (spawned / "supplements.json").read_bytes()
    assert pq.read_table(here / "differences.parquet").equals(pq.read_table(spawned / "differences.parquet"))
    assert told(here)["counts"]["claims"] == replays.CLAIMS


def test_finished_parts_are_not_done_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = run(tmp_path)
    first = told(out)
    (out / ".parts" / "000002.json").unlink()
    done: list[int] = []
    do_part = parts.do_part

    def counted(work: ReplayWork, part: parts.Part) -> tuple[pa.Table, dict[str, Any]]:
        done.append(part.number)
        return do_part(work, part)

    monkeypatch.setattr(local, "do_part", counted)
    run(tmp_path)
    assert (done, told(out)) == ([2], first)
    run(tmp_path, work=replays.work(prune=False))
    assert done == [2, 0, 1, 2, 3]


def test_progress_begins_with_what_is_kept(tmp_path: Path) -> None:
    out = run(tmp_path)
    (out / ".parts" / "000003.json").unlink()
    lines: list[tuple[int, int]] = []
    order = Order(replays.work(), tmp_path / "past.parquet", out)
    operations.replay(order, progress=lambda done, whole: lines.append((done, whole)))
    assert lines == [(180, 240), (240, 240)]


class _DiesOnce:
    """Work that kills its process the first time it is asked."""

    def __init__(self, work: ReplayWork, mark: Path) -> None:
        self._work, self._mark = work, mark

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return getattr(self._work, name)

    def touched(self, table: pa.Table) -> Any:
        if not self._mark.exists():
            self._mark.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return self._work.touched(table)


class _DiesAlways(_DiesOnce):
    """Work that kills its process each time."""

    def touched(self, _table: pa.Table) -> Any:
        os.kill(os.getpid(), signal.SIGKILL)


@pytest.mark.timeout(600)
def test_the_part_of_a_killed_worker_is_done_again(tmp_path: Path) -> None:
    wanted = told(run(tmp_path, "wanted"))
    work: Any = _DiesOnce(replays.work(), tmp_path / "killed")
    out = run(tmp_path, "out", work=work, workers=1, claims=tmp_path / "past.parquet")
    assert (tmp_path / "killed").exists()
    assert told(out) == wanted


@pytest.mark.timeout(600)
def test_workers_that_die_again_and_again_end_the_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(local, "TRIES", 2)
    work: Any = _DiesAlways(replays.work(), tmp_path / "killed")
    with pytest.raises(local.WorkerFailed, match=r"workers died 2 times on row group 0 of past\.parquet"):
        run(tmp_path, work=work, workers=1)
    assert not (tmp_path / "out" / "summary.json").exists()


def test_an_interrupt_keeps_what_is_finished_and_writes_no_report(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    do_part, count = parts.do_part, iter(range(10))

    def interrupted(work: ReplayWork, part: parts.Part) -> tuple[pa.Table, dict[str, Any]]:
        if next(count) == 2:
            raise KeyboardInterrupt
        return do_part(work, part)

    monkeypatch.setattr(local, "do_part", interrupted)
    with pytest.raises(KeyboardInterrupt):
        run(tmp_path)
    assert sorted(path.name for path in (tmp_path / "out").rglob("*") if path.is_file()) == [
        "000000.json", "000000.parquet", "000001.json", "000001.parquet", "run.json",
    ]  # fmt: skip


def test_a_full_disk_leaves_no_half_part(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write = pq.write_table

    def full(table: pa.Table, path: Path, **options: Any) -> None:
        write(table, path, **options)
        if "000001" in Path(path).name:
            raise OSError(errno.ENOSPC, "no space")

    claims = replays.write(tmp_path)
    monkeypatch.setattr(parts.pq, "write_table", full)
    with pytest.raises(NoRoom, match="make room and run the same command again"):
        run(tmp_path, claims=claims)
    kept = sorted(path.name for path in (tmp_path / "out" / ".parts").iterdir())
    assert kept == ["000000.json", "000000.parquet", "run.json"]


def test_a_full_disk_keeps_the_former_report(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = run(tmp_path)
    before = {path.name: path.read_bytes() for path in out.iterdir() if path.is_file()}

    def full(_summary: dict[str, Any]) -> str:
        raise OSError(errno.ENOSPC, "no space")

    monkeypatch.setattr(report, "page", full)
    with pytest.raises(NoRoom):
        run(tmp_path)
    assert {path.name: path.read_bytes() for path in out.iterdir() if path.is_file()} == before
    assert [path.name for path in out.iterdir() if path.is_dir()] == [".parts"]


# --- bad input ---------------------------------------------------------------------------------------------------------


def test_snapshots_that_do_not_exist_are_named(tmp_path: Path) -> None:
    work = replace(replays.work(), new=PassPlan(tmp_path / "0123abc"))
    with pytest.raises(NotFound, match="there is no snapshot 0123abc"):
        run(tmp_path, work=work)


def test_no_file_no_parquet_and_other_columns_are_told(tmp_path: Path) -> None:
    with pytest.raises(PastClaimsInvalid, match="there are no past claims at"):
        run(tmp_path, claims=tmp_path / "nothing.parquet")
    (tmp_path / "text.parquet").write_text("claim,amount\n")
    with pytest.raises(PastClaimsInvalid, match=r"text\.parquet cannot be read as Parquet"):
        run(tmp_path, claims=tmp_path / "text.parquet")
    pq.write_table(pa.table({"claim_no": ["1"]}), tmp_path / "other.parquet")
    with pytest.raises(PastClaimsInvalid, match=r"other\.parquet does not hold past claims: insurer is missing: text; product_id is"):
        run(tmp_path, claims=tmp_path / "other.parquet")


def changed(**columns: Any) -> pa.Table:
    """Past claims in which some claims have another value: column name -> (place, value)."""
    rows = replays.past_claims().to_pylist()
    for name, (place, value) in columns.items():
        rows[place][name] = value
    return pa.Table.from_pylist(rows, schema=PAST)


def test_rows_that_cannot_be_read_are_told_and_the_rest_is_done(tmp_path: Path) -> None:
    table = changed(product_id=(1, "no-such-product"), policy_start_on=(2, None), bills=(3, [None]), plan=(4, "no-such-plan"))
    claims = replays.write(tmp_path, table)
    out = run(tmp_path, claims=claims, work=replays.work(prune=False))
    assert [(row["claim_no"], row["code"]) for row in told(out)["top_unread"]] == [
        ("D000000001", "products.no_terms"), ("D000000002", "replay.row_unread"), ("D000000003", "replay.row_unread"),
        ("D000000004", "products.no_terms"),
    ]  # fmt: skip
    assert told(out)["top_unread"][1]["told"] == "policy_start_on is empty: every claim has it"
    assert told(out)["counts"]["replayed"] == replays.CLAIMS
    assert told(out)["follows"]["unread"] == 4
    assert told(out)["counts"]["supplements"] > 0


def test_another_currency_goes_to_a_person_and_is_never_a_payment(tmp_path: Path) -> None:
    rows = replays.past_claims().to_pylist()
    for row in rows:
        row["bills"][0]["currency"] = "USD"
    claims = replays.write(tmp_path, pa.Table.from_pylist(rows, schema=PAST))
    out = run(tmp_path, claims=claims, work=replays.work(prune=False))
    found = pq.read_table(out / "differences.parquet").to_pylist()
    assert "supplements" not in told(out)["counts"]
    assert {row["new_total_fen"] for row in found} == {None}
    assert all("benefit.facts_inconsistent" in row["new_reasons"] for row in found)
