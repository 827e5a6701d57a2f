"""Rules from files to a published snapshot, for the commands and the demo."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from anpei.assembly import Platform
from anpei.records.catalogues import queries as catalogues
from anpei.rules.holdings import Holdings
from anpei.rules.importer import ImportReport, import_table, load_mappings
from anpei.rules.library import load_templates
from anpei.rules.publication import POINTER, compile_snapshot, publish_snapshot
from anpei.rules.snapshot import Snapshot


def import_rules(platform: Platform, files: Sequence[Path], *, valid_from: date | None = None, batch: str = "") -> ImportReport:
    """Import rule tables by the mappings of the rulebook and keep the rows; the same file again changes nothing."""
    templates = load_templates(platform.rulebook)
    report = import_table(
        list(files), list(load_mappings(platform.rulebook).values()), templates=templates, valid_from=valid_from, batch=batch
    )
    Holdings(platform.settings.home / "rules").add(report.rows)
    return report


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
