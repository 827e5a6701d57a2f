"""``anpei samples``: draw sample documents and claim folders with known truth."""

from pathlib import Path

import click

from anpei.entrypoints.cli.opening import say
from anpei.samples import claims, pages


@click.group("samples")
def samples() -> None:
    """Sample documents of fictional persons, with known truth."""


@samples.command("make")
@click.argument("out", type=click.Path(path_type=Path, file_okay=False))
@click.option("--what", type=click.Choice(["claims", "pages"]), default="claims", show_default=True)
@click.option("--set", "which", type=click.Choice(["known", "heldback", "unseen", "fresh"]), default="known", show_default=True)
@click.option("--seed", default=1, show_default=True)
@click.option("--count", default=1, show_default=True, help="Pages per layout (with --what pages).")
def make(out: Path, what: str, which: str, seed: int, count: int) -> None:
    """Draw claim folders (with policies.csv) or single pages into OUT."""
    made = pages.make(out, seed, which, count) if what == "pages" else claims.make(out, seed, which, _progress)
    click.echo(f"{len(made)} {what} in {out}")


def _progress(done: int, total: int, name: str) -> None:
    say(f"  {done}/{total} {name}")


COMMANDS = (samples,)
