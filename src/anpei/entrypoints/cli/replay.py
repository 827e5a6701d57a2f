"""``anpei replay``: decide past claims again by two snapshots and tell what differs; draw past claims to try it."""

import io
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import click
import pyarrow.parquet as pq

from anpei.assembly import Settings
from anpei.claims.replay import operations
from anpei.claims.replay.page import percent, yuan
from anpei.claims.replay.passes import PassPlan
from anpei.claims.replay.ports import TableRunner
from anpei.claims.replay.recording import table_of
from anpei.claims.replay.work import ReplayWork
from anpei.entrypoints.cli.leak import person
from anpei.entrypoints.cli.opening import opened, print_json, say
from anpei.entrypoints.cli.signing_in import signed_in
from anpei.kernel.errors import InvalidInput
from anpei.trust.vault.private_file import create_private

_FOLDER = click.Path(path_type=Path, file_okay=False)


@click.group("replay", invoke_without_command=True)
@click.option("--old", help="The snapshot of before: its id, or its folder.")
@click.option("--new", help="The snapshot to try.")
@click.option("--claims", type=click.Path(path_type=Path), help="Past claims: a Parquet file, or a folder with some.")
@click.option("--out", type=_FOLDER, help="Where the report goes (default: nothing is kept). The same command again goes on there.")
@click.option("--runner", type=click.Choice(["local", "spark"]), default="local", show_default=True, help="spark needs pyspark and Java.")
@click.option("--workers", type=click.IntRange(0, 256), default=1, show_default=True, help="Processes of the local runner; 0: this one.")
@click.option("--old-rulebook", type=_FOLDER, help="Products and findings of before (default: those in use).")
@click.option("--new-rulebook", type=_FOLDER, help="Products and findings to try (default: those in use).")
@click.option("--whole", is_flag=True, help="Decide every claim again, also what nothing that differs can touch.")
@click.option("--json", "as_json", is_flag=True, help="The summary as one JSON document.")
@click.pass_context
def replay(  # noqa: PLR0913, PLR0917 - click hands options over by name
    ctx: click.Context, old: str | None, new: str | None, claims: Path | None, out: Path | None, runner: str, workers: int,
    old_rulebook: Path | None, new_rulebook: Path | None, whole: bool, as_json: bool,
) -> None:  # fmt: skip
    """Decide past claims again by two snapshots (回溯重算): what differs, who was paid too little, who would work on it."""
    if ctx.invoked_subcommand is not None:
        return
    given = {"--old": old, "--new": new, "--claims": claims}
    missing = [name for name, value in given.items() if value is None]
    if missing or old is None or new is None or claims is None:
        raise InvalidInput(f"{', '.join(missing)} is missing: see anpei replay --help", data={"options": missing})
    home = _home(ctx.obj)
    work = ReplayWork(_plan(home, old, old_rulebook), _plan(home, new, new_rulebook), prune=not whole)
    with ExitStack() as stack:
        folder = out or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="anpei-replay-")))
        order = operations.Order(work, claims, folder, workers=workers, runner=_runner(runner, workers))
        try:
            summary = operations.replay(order, progress=_Progress())
        except KeyboardInterrupt:
            say(f"stopped; finished parts are kept in {out}: the same command goes on" if out else "stopped; nothing was kept (no --out)")
            sys.exit(130)
    print_json(summary) if as_json else _tell(summary, out)


def _home(home: Path | None) -> Path:
    return Settings.from_environment(home=home).home


def _plan(home: Path, snapshot: str, rulebook: Path | None) -> PassPlan:
    folder = Path(snapshot)
    if not folder.is_dir():
        folder = home / "snapshots" / snapshot
    if rulebook is not None and not rulebook.is_dir():
        raise InvalidInput(f"there is no rulebook folder {rulebook}: give a folder, or leave the option out")
    overlay = home / "rulebook" if rulebook is None else rulebook
    return PassPlan(folder.resolve(), overlay.resolve() if overlay.is_dir() else None)


def _runner(name: str, workers: int) -> TableRunner | None:
    if name == "local":
        return None
    from anpei.connectors.spark_runner import SparkRunner

    return SparkRunner(cores=max(workers, 1))


class _Progress:
    """A line on standard error, told again when a hundredth more is done."""

    def __init__(self) -> None:
        self._told = -1

    def __call__(self, done: int, whole: int) -> None:
        share = done * 100 // whole if whole else 100
        if share != self._told:
            self._told = share
            say(f"  {done:,} / {whole:,} past claims ({share} %)")


def _tell(summary: dict[str, Any], out: Path | None) -> None:
    counts, rate = summary["counts"], summary["automation"]
    if summary["simulated"]:
        click.echo("模拟数据 · simulated data")
    click.echo(f"claims {counts['claims']:,}, touched {counts['touched']:,}, different {counts['differ']:,}")
    click.echo(f"automation rate {percent(rate['then_bp'])} -> {percent(rate['after_bp'])} (leak under the new rules: not known)")
    click.echo(f"lane changes {counts.get('lane_changed', 0):,}, could not be decided {counts.get('unread', 0):,}")
    click.echo(
        f"paid too little: {counts.get('supplements', 0):,} claims, {yuan(counts.get('supplement_fen', 0))} (proposals to be signed)"
    )
    click.echo(f"paid too much: {counts.get('overpaid', 0):,} claims, {yuan(counts.get('overpaid_fen', 0))} (information only)")
    if out is not None:
        click.echo(f"report: {out / 'report.html'}")


@replay.command("draw")
@click.option("--claims", "count", type=click.IntRange(1), required=True, help="How many past claims.")
@click.option("--seed", type=int, required=True, help="The same seed draws the same claims.")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), required=True, help="The Parquet file to write.")
@click.option("--snapshot", help="The snapshot they were decided by (default: two are drawn into the folder snapshots beside the file).")
@click.option("--lines", type=click.IntRange(1, 500), default=12, show_default=True, help="Lines of a claim, on average.")
@click.pass_obj
def draw(  # noqa: PLR0917 - click hands options over by name
    home: Path | None, count: int, seed: int, out: Path, snapshot: str | None, lines: int
) -> None:
    """Past claims of fictional persons, decided by a snapshot, to try a replay with."""
    from anpei.samples.replay import writing

    say("fictional persons, simulated figures")
    plan = None if snapshot is None else _plan(_home(home), snapshot, None)
    print_json(writing.write_history(out, claims=count, seed=seed, plan=plan, lines=lines))


@replay.command("export")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), required=True, help="A new Parquet file, for you alone.")
@person
@click.pass_obj
def export(home: Path | None, out: Path, login: str, password: str) -> None:
    """The platform's own decided claims as past claims, out of their proofs: no names, but health data all the same."""
    with opened(home) as platform, signed_in(platform, login=login, password=password) as actor:
        rows = list(platform.past.rows(actor=actor))
    content = io.BytesIO()
    pq.write_table(table_of(rows), content, compression="zstd")
    create_private(out, content.getvalue())
    say(f"{len(rows)} past claims: {out}")


COMMANDS = (replay,)
