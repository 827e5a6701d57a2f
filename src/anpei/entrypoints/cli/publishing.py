"""Rules from files to a published snapshot, for the commands and the demo."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from pathlib import Path

from anpei.assembly import Platform
from anpei.records.catalogues import queries as catalogues
from anpei.rules.consistency import Issue, Tally, check_rows, sort_key
from anpei.rules.holdings import Holdings
from anpei.rules.importer import ImportReport, import_table, load_mappings
from anpei.rules.model import RuleRow, normalise_code
from anpei.rules.patterns import KnownCodes
from anpei.rules.snapshots.compiling import compile_snapshot
from anpei.rules.snapshots.publication import POINTER, publish_snapshot
from anpei.rules.snapshots.snapshot import Snapshot
from anpei.rules.templates.library import load_templates


def import_rules(
    platform: Platform, files: Sequence[Path], *, valid_from: date | None = None, batch: str = "", accept_partial: bool = True
) -> ImportReport:
    """Import rule tables by the mappings of the rulebook and keep the rows; the same file again changes nothing.

    A report with refusals keeps nothing unless ``accept_partial``.
    """
    report = read_rules(platform, files, valid_from=valid_from, batch=batch)
    if report.is_whole or accept_partial:
        Holdings(platform.settings.home / "rules").add(report.rows, templates=load_templates(platform.rulebook))
    return report


def read_rules(platform: Platform, files: Sequence[Path], *, valid_from: date | None = None, batch: str = "") -> ImportReport:
    """The report and rows of rule tables; nothing is kept."""
    mappings = list(load_mappings(platform.rulebook).values())
    return import_table(list(files), mappings, templates=load_templates(platform.rulebook), valid_from=valid_from, batch=batch)


def check_rules(platform: Platform, rows: Iterable[RuleRow], *, codes: Path | None, tally: Tally) -> Iterator[Issue]:
    """The issues of rows, by the templates of the rulebook; ``codes``: a text file with one known code a line."""
    known = None
    if codes is not None:
        known = KnownCodes({normalise_code(line) for line in codes.read_text(encoding="utf-8-sig").splitlines() if line.strip()})
    in_order = sorted(rows, key=lambda row: sort_key(row.subject))
    yield from check_rows(in_order, templates=load_templates(platform.rulebook), known=known, tally=tally)


def kept_rules(platform: Platform) -> list[RuleRow]:
    """All rows that were kept."""
    return list(Holdings(platform.settings.home / "rules").rows())


def publish(platform: Platform, *, as_of: date) -> Snapshot:
    """Compile all kept rows, the templates and the catalogue into a snapshot and make it the current one."""
    root = platform.settings.home / "snapshots"
    with platform.database.read() as conn:
        catalogue = list(catalogues.snapshot_rows(conn))
    rows = Holdings(platform.settings.home / "rules").rows()
    snapshot = compile_snapshot(rows, load_templates(platform.rulebook), catalogue, root, as_of=as_of)
    return publish_snapshot(root=root, snapshot_id=snapshot.id)


def is_published(platform: Platform) -> bool:
    """Whether a snapshot was ever published in this home."""
    return (platform.settings.home / "snapshots" / POINTER).is_file()
