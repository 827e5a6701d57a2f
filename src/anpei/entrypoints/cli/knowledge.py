"""``anpei rules``: import, compile, check."""

import csv
import sys
from datetime import datetime
from pathlib import Path

import click

from anpei.entrypoints.cli.opening import opened, print_json
from anpei.entrypoints.cli.publishing import check_rules, import_rules, kept_rules, publish, read_rules
from anpei.kernel.clock import local_day
from anpei.rules.consistency import Tally
from anpei.rules.importer import ImportReport

SHOWN = 10
"""How many lines of one reason the terminal shows."""


@click.group("rules")
def rules() -> None:
    """Rules: import tables, compile and publish snapshots."""


@rules.command("import")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--valid-from", type=click.DateTime(["%Y-%m-%d"]), help="First day of the rows, where the mapping states none.")
@click.option("--batch", default="", help="The batch's name.")
@click.option("--accept-partial", is_flag=True, help="Keep the good rows although some lines were refused.")
@click.option("--refused", type=click.Path(path_type=Path, dir_okay=False), help="Write every refused line to this CSV file.")
@click.option("--json", "as_json", is_flag=True)
@click.pass_obj
def import_(  # noqa: PLR0917 - click hands options over by name
    home: Path | None,
    files: tuple[Path, ...],
    valid_from: datetime | None,
    batch: str,
    accept_partial: bool,
    refused: Path | None,
    as_json: bool,
) -> None:
    """Import rule tables (CSV, XLSX) that belong together; says what was taken, refused and why.

    One refused line and nothing is kept, unless --accept-partial.
    """
    start = valid_from.date() if valid_from else None
    with opened(home) as platform:
        report = import_rules(platform, files, valid_from=start, batch=batch, accept_partial=accept_partial)
    kept = len(report.rows) if report.is_whole or accept_partial else 0
    if refused is not None:
        _write_refused(report, refused)
    if as_json:
        print_json(
            {
                "mappings": list(report.mappings), "taken": report.taken, "skipped": report.skipped, "rows": len(report.rows),
                "kept": kept, "refused_by_reason": report.refused_by_reason(),
                "refused": [
                    {"file": e.file, "line": e.line, "column": e.column, "code": e.code, "reason": e.reason_en} for e in report.refused
                ],
            }
        )  # fmt: skip
    else:
        _show_report(report, kept)
    sys.exit(0 if kept else 1)


def _show_report(report: ImportReport, kept: int) -> None:
    """The counts, then each reason with the first of its lines."""
    click.echo(f"{report.taken} lines taken ({len(report.rows)} rows), {report.skipped} skipped, {len(report.refused)} refused")
    for code, count in report.refused_by_reason().items():
        click.echo(f"  {code}: {count}")
        for error in [error for error in report.refused if error.code == code][:SHOWN]:
            click.echo(f"    {error.file}, line {error.line}, {error.column}: {error.reason}")
        if count > SHOWN:
            click.echo(f"    … {count - SHOWN} more (all with --refused FILE or --json)")
    if report.rows and not kept:
        click.echo("nothing was kept, because lines were refused: correct them, or keep the good rows with --accept-partial")


def _write_refused(report: ImportReport, path: Path) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as handle:
        writer = csv.writer(handle)
        writer.writerow(["file", "line", "column", "code", "reason", "reason_en"])
        writer.writerows([e.file, e.line, e.column, e.code, e.reason, e.reason_en] for e in report.refused)


@rules.command("check")
@click.argument("files", nargs=-1, type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--valid-from", type=click.DateTime(["%Y-%m-%d"]), help="First day of the rows of FILES, where the mapping states none.")
@click.option("--codes", type=click.Path(path_type=Path, exists=True, dir_okay=False), help="Known codes, one a line.")
@click.option("--json", "as_json", is_flag=True)
@click.pass_obj
def check_(home: Path | None, files: tuple[Path, ...], valid_from: datetime | None, codes: Path | None, as_json: bool) -> None:
    """Check rows against each other: the kept ones, with those of FILES. Contradictions, validity, unknown codes; errors end with 1."""
    tally = Tally()
    start = valid_from.date() if valid_from else None
    with opened(home) as platform:
        rows = {row.rule_id: row for row in kept_rules(platform)}
        if files:
            rows.update((row.rule_id, row) for row in read_rules(platform, files, valid_from=start).rows)
        found = list(check_rules(platform, rows.values(), codes=codes, tally=tally))
    if as_json:
        issues = [
            {
                "code": i.code.value, "error": i.is_error, "subject": i.subject, "template": i.template_id, "rules": list(i.rule_ids),
                "what": i.en,
            }
            for i in found
        ]  # fmt: skip
        print_json({"rows": tally.rows, "open_ended": tally.open_ended, "issues": issues})
    else:
        for issue in found:
            mark = "error" if issue.is_error else "question"
            click.echo(f"{mark}: {issue.subject}, {issue.template_id}, {' / '.join(issue.rule_ids)}: {issue.zh} [{issue.code.value}]")
        counts = ", ".join(f"{code.value} {count}" for code, count in sorted(tally.issues.items())) or "no issue"
        click.echo(f"{tally.rows} rows, {tally.open_ended} of them without an end: {counts}")
    sys.exit(1 if any(issue.is_error for issue in found) else 0)


@rules.command("compile")
@click.pass_obj
def compile_(home: Path | None) -> None:
    """Compile all kept rows and the catalogue into a snapshot and publish it; running services follow between two claims."""
    with opened(home) as platform:
        snapshot = publish(platform, as_of=local_day(platform.clock.now()))
    click.echo(f"published {snapshot.id}: {len(snapshot.rows)} rule rows, {len(snapshot.catalogue)} catalogue rows")


COMMANDS = (rules,)
