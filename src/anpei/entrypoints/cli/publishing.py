"""Rules from files to a published snapshot, for the commands and the demo."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from anpei.assembly import Platform
from anpei.records.catalogues import queries as catalogues
from anpei.records.catalogues.compiling import source_of
from anpei.records.catalogues.parquet import compile_tables
from anpei.rules.consistency import Issue, Tally, check_rows
from anpei.rules.holdings import Adding, Holdings, Merged, rows_by_subject
from anpei.rules.importer import ImportReport, Listening, load_mappings, read_tables
from anpei.rules.model import normalise_code
from anpei.rules.patterns import KnownCodes
from anpei.rules.snapshots.compiling import CatalogueSource, compile_snapshot
from anpei.rules.snapshots.publication import publish_snapshot
from anpei.rules.snapshots.snapshot import Snapshot
from anpei.rules.snapshots.standing import POINTER
from anpei.rules.templates.library import load_templates


@dataclass(frozen=True, slots=True)
class CatalogueTables:
    """A catalogue as Parquet tables, too large for the database: its items with their names, and its entries."""

    items: Path
    entries: Path


def import_rules(
    platform: Platform,
    files: Sequence[Path],
    *,
    accept_partial: bool,
    valid_from: date | None = None,
    batch: str = "",
    listening: Listening | None = None,
) -> ImportReport:
    """Import rule tables by the mappings of the rulebook and keep the rows; the same file again changes nothing.

    When a line was refused, nothing is kept unless ``accept_partial``. Memory does not grow with the tables.
    """
    with _kept(platform).adding(load_templates(platform.rulebook)) as adding:
        report, merged = _read(platform, files, adding, valid_from=valid_from, batch=batch, listening=listening)
        if report.rows and (report.is_whole or accept_partial):
            adding.keep(merged)
            report.kept = True
    return report


def check_rules(
    platform: Platform,
    files: Sequence[Path],
    *,
    codes: Path | None,
    tally: Tally,
    valid_from: date | None = None,
    listening: Listening | None = None,
) -> Iterator[Issue]:
    """The issues of the kept rows with those of files, by the templates of the rulebook; nothing is kept, memory holds few rows.

    ``codes``: a text file with one known code a line.
    """
    templates, known = load_templates(platform.rulebook), None
    if codes is not None:
        known = KnownCodes({normalise_code(line) for line in codes.read_text(encoding="utf-8-sig").splitlines() if line.strip()})
    with ExitStack() as stack:
        work = Path(stack.enter_context(TemporaryDirectory(dir=platform.settings.home)))
        batches = _kept(platform).batches()
        if files:
            adding = stack.enter_context(_kept(platform).adding(templates))
            batches = adding.preview(_read(platform, files, adding, valid_from=valid_from, batch="", listening=listening)[1])
        yield from check_rows(rows_by_subject(batches, work), templates=templates, known=known, tally=tally)


def _kept(platform: Platform) -> Holdings:
    return Holdings(platform.settings.home / "rules")


def _read(
    platform: Platform, files: Sequence[Path], adding: Adding, *, valid_from: date | None, batch: str, listening: Listening | None
) -> tuple[ImportReport, Merged]:
    mappings = list(load_mappings(platform.rulebook).values())
    templates = load_templates(platform.rulebook)
    return read_tables(list(files), mappings, templates=templates, adding=adding, listening=listening, batch=batch, valid_from=valid_from)


def compile_kept(platform: Platform, *, as_of: date, tables: CatalogueTables | None = None) -> Snapshot:
    """Compile all kept rows, the templates and the catalogue (of the database, or of Parquet tables) into a snapshot."""
    if tables is None:
        with platform.database.read() as conn:
            catalogue: CatalogueSource = source_of(catalogues.snapshot_rows(conn))
    else:
        catalogue = partial(compile_tables, items=tables.items, entries=tables.entries)
    templates = load_templates(platform.rulebook)
    return compile_snapshot(_kept(platform).columns(templates), templates, catalogue, platform.settings.home / "snapshots", as_of=as_of)


def publish(platform: Platform, *, as_of: date, tables: CatalogueTables | None = None) -> Snapshot:
    """Compile as ``compile_kept`` and make the snapshot the current one: for an installation that has none yet."""
    snapshot = compile_kept(platform, as_of=as_of, tables=tables)
    return publish_snapshot(root=platform.settings.home / "snapshots", snapshot_id=snapshot.id)


def is_published(platform: Platform) -> bool:
    """Whether a snapshot was ever published in this home; also when the file that names it was lost since."""
    return (platform.settings.home / "snapshots" / POINTER).is_file() or platform.iteration.has_releases()
