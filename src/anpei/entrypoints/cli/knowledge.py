"""``anpei rules``: import, compile, check."""

import csv
import io
import json
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from pathlib import Path

import click

from anpei.entrypoints.cli.opening import opened, print_json
from anpei.entrypoints.cli.publishing import CatalogueTables, check_rules, compile_kept, import_rules, is_published, publish
from anpei.kernel.clock import local_day
from anpei.rules.consistency import Issue, Tally
from anpei.rules.importer import ImportReport, Listening, RowError

_FILE = click.Path(path_type=Path, exists=True, dir_okay=False)


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
    with opened(home) as platform, _written(refused) as write:
        listening = Listening(refused=write, progress=_show_progress)
        report = import_rules(platform, files, valid_from=start, batch=batch, accept_partial=accept_partial, listening=listening)
    if as_json:
        print_json(
            {
                "mappings": report.mappings, "lines": report.lines, "taken": report.taken, "skipped": report.skipped, "rows": report.rows,
                "kept": report.rows if report.kept else 0, "new": report.new if report.kept else 0,
                "refused": report.refused, "refused_by_reason": report.refused_by_reason(),
                "first_refused": [
                    {"file": e.file, "line": e.line, "column": e.column, "code": e.code, "reason": e.reason_en} for e in report.shown
                ],
            }
        )  # fmt: skip
    else:
        _show_report(report)
    sys.exit(0 if report.kept else 1)


def _show_progress(report: ImportReport) -> None:
    click.echo(f"{report.lines:,} lines read, {report.refused:,} refused", err=True)


def _show_report(report: ImportReport) -> None:
    """The counts, then each reason with the first of its lines."""
    click.echo(f"{report.taken} lines taken ({report.rows} rows), {report.skipped} skipped, {report.refused} refused")
    for code, count in report.refused_by_reason().items():
        click.echo(f"  {code}: {count}")
        shown = report.shown_of(code)
        for error in shown:
            click.echo(f"    {error.file}, line {error.line}, {error.column}: {error.reason}")
        if count > len(shown):
            click.echo(f"    … {count - len(shown)} more (all with --refused FILE)")
    if report.rows and not report.kept:
        click.echo("nothing was kept, because lines were refused: correct them, or keep the good rows with --accept-partial")


@contextmanager
def _written(path: Path | None) -> Iterator[Callable[[RowError], object]]:
    """Writes each refused line to a CSV file as it is found."""
    if path is None:
        yield lambda _: None
        return
    with ExitStack() as stack:

        def write(*cells: object) -> None:
            line = io.StringIO(newline="")
            csv.writer(line).writerow(cells)
            try:
                handle.write(line.getvalue().encode())
            except OSError as error:
                raise click.FileError(str(path), f"{error.strerror}; nothing was kept") from error

        try:
            handle = stack.enter_context(path.open("wb", buffering=0))
        except OSError as error:
            raise click.FileError(str(path), f"{error.strerror}; nothing was kept") from error
        write("\ufefffile", "line", "column", "code", "reason", "reason_en")
        yield lambda e: write(e.file, e.line, e.column, e.code, e.reason, e.reason_en)


@rules.command("check")
@click.argument("files", nargs=-1, type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--valid-from", type=click.DateTime(["%Y-%m-%d"]), help="First day of the rows of FILES, where the mapping states none.")
@click.option("--codes", type=click.Path(path_type=Path, exists=True, dir_okay=False), help="Known codes, one a line.")
@click.option("--json", "as_json", is_flag=True)
@click.pass_obj
def check_(home: Path | None, files: tuple[Path, ...], valid_from: datetime | None, codes: Path | None, as_json: bool) -> None:
    """Check rows against each other: the kept ones, with those of FILES. Contradictions, validity, unknown codes; errors end with 1."""
    tally, refused = Tally(), Counter[str]()
    start = valid_from.date() if valid_from else None
    listening = Listening(refused=lambda error: refused.update([error.code]))
    with opened(home) as platform:
        found = check_rules(platform, files, codes=codes, tally=tally, valid_from=start, listening=listening)
        (_issues_as_json if as_json else _issues_as_text)(found, tally)
    if refused:
        click.echo(f"{refused.total()} lines of the files were refused and are not among the rows: anpei rules import says which", err=True)
    sys.exit(1 if tally.has_errors else 0)


def _issues_as_json(found: Iterable[Issue], tally: Tally) -> None:
    """One JSON document, written as the issues come."""
    click.echo('{"issues": [', nl=False)
    for place, issue in enumerate(found):
        data = {
            "code": issue.code.value, "error": issue.is_error, "subject": issue.subject, "template": issue.template_id,
            "rules": list(issue.rule_ids), "what": issue.en,
        }  # fmt: skip
        click.echo(("," if place else "") + "\n" + json.dumps(data, ensure_ascii=False), nl=False)
    click.echo(f'], "rows": {tally.rows}, "open_ended": {tally.open_ended}}}')


def _issues_as_text(found: Iterable[Issue], tally: Tally) -> None:
    for issue in found:
        mark = "error" if issue.is_error else "question"
        click.echo(f"{mark}: {issue.subject}, {issue.template_id}, {' / '.join(issue.rule_ids)}: {issue.zh} [{issue.code.value}]")
    counts = ", ".join(f"{code.value} {count}" for code, count in sorted(tally.issues.items())) or "no issue"
    click.echo(f"{tally.rows} rows, {tally.open_ended} of them without an end: {counts}")


@rules.command("compile")
@click.option("--items", type=_FILE, default=None, help="Parquet: items of a catalogue that is not in the database, with their names.")
@click.option("--entries", type=_FILE, default=None, help="Parquet: entries of that catalogue, sorted by region, item and first day.")
@click.pass_obj
def compile_(home: Path | None, items: Path | None, entries: Path | None) -> None:
    """Compile all kept rows and the catalogue into a snapshot.

    The first one of an installation is published at once. Later ones are drafts: propose them, and somebody else approves.
    """
    if (items is None) != (entries is None):
        raise click.UsageError("--items and --entries belong together: give both, or neither for the catalogue of the database")
    tables = None if items is None or entries is None else CatalogueTables(items, entries)
    with opened(home) as platform:
        as_of, first = local_day(platform.clock.now()), not is_published(platform)
        snapshot = (publish if first else compile_kept)(platform, as_of=as_of, tables=tables)
    done = "published" if first else "compiled"
    click.echo(f"{done} {snapshot.id}: {len(snapshot.rules)} rule rows, {len(snapshot.catalogue)} catalogue rows")
    if not first:
        click.echo(f"to have it used: anpei rules propose {snapshot.id}")


COMMANDS = (rules,)
