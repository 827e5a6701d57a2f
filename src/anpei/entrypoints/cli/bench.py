"""``anpei bench``: measure the platform on this machine with pages drawn for it."""

from pathlib import Path
from random import SystemRandom
from tempfile import TemporaryDirectory

import click

from anpei.engines.knowledge import shipped_rulebook
from anpei.entrypoints.cli.opening import print_json, say
from anpei.kernel.clock import SystemClock, local_day
from anpei.samples.exactness import compare as comparison
from anpei.samples.exactness.measure import CONDITIONS, Bench, Plan, early_at_twelve_megapixels, measure
from anpei.samples.exactness.report import report, table
from anpei.samples.rules.measuring import SCALES
from anpei.samples.rules.measuring import measure as measure_rules


@click.group("bench")
def bench() -> None:
    """Measurements with freshly drawn pages of fictional persons."""


@bench.command("reading")
@click.option("--set", "which", type=click.Choice(["known", "heldback", "unseen", "fresh"]), default="known", show_default=True)
@click.option("--conditions", default=",".join(CONDITIONS), show_default=True, help="Photo conditions, with commas between.")
@click.option("--kinds", default="", help="Document kinds, with commas between (default: all).")
@click.option("--pages", "count", default=1, show_default=True, help="Documents of each layout in each condition.")
@click.option("--seed", type=int, default=None, help="What is drawn (default: new each time).")
@click.option("--processes", default=1, show_default=True, help="Reading processes, one thread each.")
@click.option("--compare", is_flag=True, help="Let RapidOCR with its defaults and tesseract read the same pages.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
@click.option("--table", "as_table", is_flag=True, help="Markdown for docs/reading.md (the default).")
@click.pass_obj
def reading(  # noqa: PLR0917 - click hands options over by name
    home: Path | None,
    which: str,
    conditions: str,
    kinds: str,
    count: int,
    seed: int | None,
    processes: int,
    compare: bool,
    as_json: bool,
    as_table: bool,
) -> None:
    """How exactly pages are read, by kind and photo condition, and what it costs."""
    rulebook = shipped_rulebook(None if home is None or not (home / "rulebook").is_dir() else home / "rulebook")
    seed = SystemRandom().randrange(10**6) if seed is None else seed
    plan = Plan(which, seed, _names(conditions), count, _names(kinds))
    if compare:
        told = comparison.compare(plan, rulebook, progress=_progress)
        print_json(told) if as_json else click.echo(comparison.table(told, on=_today()))
        return
    told = report(plan, list(measure(plan, rulebook, processes=processes, progress=_progress)))
    told["cost"]["early_at_12_megapixels"] = early_at_twelve_megapixels(Bench(rulebook), seed=seed)
    print_json(told) if as_json and not as_table else click.echo(table(told, on=_today()))


@bench.command("rules")
@click.option("--scale", type=click.Choice(list(SCALES)), default="small", show_default=True, help="130 thousand or 13 million rows.")
@click.option("--seed", type=int, default=None, help="What is drawn (default: new each time).")
@click.option(
    "--folder", type=click.Path(path_type=Path, file_okay=False), default=None, help="Where to write (default: a temporary folder)."
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.pass_obj
def rules(home: Path | None, scale: str, seed: int | None, folder: Path | None, as_json: bool) -> None:
    """What compiling, opening and judging cost over drawn rules; every execution's answers are compared."""
    rulebook = shipped_rulebook(None if home is None or not (home / "rulebook").is_dir() else home / "rulebook")
    seed = SystemRandom().randrange(10**6) if seed is None else seed
    with TemporaryDirectory(dir=folder) as work:
        for found in measure_rules(rulebook=rulebook, scale=scale, seed=seed, folder=Path(work)):
            data = found.as_data()
            more = ", ".join(f"{name} {value}" for name, value in data.get("details", {}).items())
            print_json(data) if as_json else click.echo(f"{data['figure']:<26} {data['value']:>14,} {data['unit']:<12} {more}")


def _names(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(",") if name.strip())


def _today() -> str:
    return local_day(SystemClock().now()).isoformat()


def _progress(done: int, total: int) -> None:
    if done % 10 == 0 or done == total:
        say(f"  {done}/{total}")


COMMANDS = (bench,)
