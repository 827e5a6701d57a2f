"""Writes: one replay from two passes and a file of past claims to its report, by a local or another runner."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow.compute as pc
import pyarrow.parquet as pq

from anpei.claims.replay import local, report
from anpei.claims.replay.parts import Part, parts_of, read_differences, read_tallies, write_result, write_whole
from anpei.claims.replay.ports import TableRunner
from anpei.claims.replay.report import Replayed
from anpei.claims.replay.tally import add_up
from anpei.claims.replay.work import RESULT, ReplayWork, changes
from anpei.kernel.errors import InvalidInput


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be replayed, and where the report goes. ``workers``: spawned processes, 0 = in this one."""

    work: ReplayWork
    claims: Path
    out: Path
    workers: int = 0
    runner: TableRunner | None = None


def replay(order: Order, *, progress: local.Progress) -> dict[str, Any]:
    """Replay and write the report; its summary. The same order again goes on where it stood, or only writes the report anew.

    Raises PastClaimsInvalid (columns, no file), NotFound (no such snapshot), SnapshotDamaged, NoRoom, WorkerFailed.
    """
    passes = order.work.opened()
    parts = parts_of(order.claims)
    try:
        order.out.mkdir(parents=True, exist_ok=True)
    except FileExistsError as error:
        raise InvalidInput(f"{order.out} is a file: name a folder for the report") from error
    folder = local.prepare(order.out, work=order.work, parts=parts)
    if order.runner is None:
        local.run(work=order.work, parts=parts, folder=folder, workers=order.workers, progress=progress)
    else:
        parts = _elsewhere(order, order.runner, folder, parts, progress)
    replayed = Replayed(
        tally=add_up(read_tallies(folder, parts)), changes=changes(order.work.old, order.work.new), passes=passes,
        simulated=is_simulated(order.claims), claims=order.claims.name,
    )  # fmt: skip
    return report.write_report(order.out, replayed=replayed, differences=lambda: read_differences(folder, parts))


def _elsewhere(order: Order, runner: TableRunner, folder: Path, parts: Sequence[Part], progress: local.Progress) -> list[Part]:
    """Let a runner do all of it; what it hands back is kept as parts. Its own parts, not those of the files."""
    whole, done = sum(part.claims for part in parts), 0
    finished = folder / "elsewhere.json"
    if finished.is_file():
        kept = json.loads(finished.read_text(encoding="utf-8"))
        return [Part(number, order.claims, 0, 0) for number in range(kept["parts"])]
    made: list[Part] = []
    for table in runner.run(order.work, claims=order.claims, schema=RESULT):
        counts = pc.is_valid(table["tally"])
        tally = add_up(json.loads(text) for text in table.filter(counts)["tally"].to_pylist())
        part = Part(len(made), order.claims, 0, 0)
        write_result(folder, part, table.filter(pc.invert(counts)).drop_columns(["tally"]), tally)
        made.append(part)
        done += int(tally.get("claims", 0))
        progress(done, whole)
    write_whole(finished, lambda path: path.write_text(json.dumps({"parts": len(made)}), encoding="utf-8"))
    return made


def is_simulated(claims: Path) -> bool:
    """Whether a file of past claims (or one of a folder) says that it was drawn."""
    files = sorted(claims.glob("*.parquet")) if claims.is_dir() else [claims]
    return any((pq.read_schema(file).metadata or {}).get(b"anpei.simulated") == b"true" for file in files)
