"""``anpei rules`` and ``anpei product``: import, compile, check."""

import sys
from datetime import datetime
from pathlib import Path

import click

from anpei.claims import benefit
from anpei.engines.knowledge.files import load
from anpei.entrypoints.cli.opening import opened, print_json, say
from anpei.entrypoints.cli.publishing import import_rules, publish
from anpei.kernel.clock import local_day
from anpei.records.products.schema import ProductFile


@click.group("rules")
def rules() -> None:
    """Rules: import tables, compile and publish snapshots."""


@rules.command("import")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--valid-from", type=click.DateTime(["%Y-%m-%d"]), help="First day of the rows, where the mapping states none.")
@click.option("--batch", default="", help="The batch's name.")
@click.option("--json", "as_json", is_flag=True)
@click.pass_obj
def import_(home: Path | None, files: tuple[Path, ...], valid_from: datetime | None, batch: str, as_json: bool) -> None:
    """Import rule tables (CSV, XLSX) that belong together; says what was taken, refused and why."""
    with opened(home) as platform:
        report = import_rules(platform, files, valid_from=valid_from.date() if valid_from else None, batch=batch)
    if as_json:
        print_json(
            {
                "mappings": list(report.mappings), "taken": report.taken, "skipped": report.skipped, "rows": len(report.rows),
                "refused": [
                    {"file": e.file, "line": e.line, "column": e.column, "code": e.code, "reason": e.reason_en} for e in report.refused
                ],
            }
        )  # fmt: skip
    else:
        click.echo(f"{report.taken} lines taken ({len(report.rows)} rows), {report.skipped} skipped, {len(report.refused)} refused")
        for error in report.refused:
            click.echo(f"  {error.file}, line {error.line}, {error.column}: {error.reason}")
    sys.exit(0 if report.taken else 1)


@rules.command("compile")
@click.pass_obj
def compile_(home: Path | None) -> None:
    """Compile all kept rows and the catalogue into a snapshot and publish it; running services follow between two claims."""
    with opened(home) as platform:
        snapshot = publish(platform, as_of=local_day(platform.clock.now()))
    click.echo(f"published {snapshot.id}: {len(snapshot.rows)} rule rows, {len(snapshot.catalogue)} catalogue rows")


@click.group("product")
def product() -> None:
    """Products as dated data."""


@product.command("check")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True, dir_okay=False))
def check(files: tuple[Path, ...]) -> None:
    """Check product files: form, meaning, and their worked examples. Errors name file and line."""
    bad = 0
    for path in files:
        file = load(path, ProductFile)
        problems = benefit.failed_examples(file)
        for problem in problems:
            say(f"{path}: {problem}")
        bad += bool(problems)
        if not problems:
            click.echo(f"{path}: {file.id} {file.version} is right; {len(file.examples)} examples to the cent")
    sys.exit(1 if bad else 0)


COMMANDS = (rules, product)
