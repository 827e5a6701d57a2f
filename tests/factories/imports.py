"""Importing small tables into kept rows of their own, and all that came of it at once."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from anpei.rules.holdings import Adding, Holdings
from anpei.rules.importer import FileReport, ImportReport, Listening, RowError, read_tables
from anpei.rules.importer import Mapping as ImportMapping
from anpei.rules.model import RuleRow
from anpei.rules.templates.template import Template, by_id


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import said, with all refusals in the order of files and lines, and its good rows in the order of their lines."""

    mappings: tuple[str, ...]
    files: tuple[FileReport, ...]
    taken: int
    skipped: int
    refused: tuple[RowError, ...]
    rows: tuple[RuleRow, ...]
    report: ImportReport


class _Order:
    """An addition that remembers in which order rows came."""

    def __init__(self, adding: Adding) -> None:
        self._adding, self.ids = adding, dict[str, int]()

    def put(self, rows: Iterable[RuleRow]) -> None:
        given = list(rows)
        for row in given:
            self.ids.setdefault(row.rule_id, len(self.ids))
        self._adding.put(given)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._adding, name)


def import_table(
    paths: Path | Iterable[Path],
    mapping: ImportMapping | Iterable[ImportMapping],
    *,
    templates: Mapping[str, Template] | Iterable[Template],
    **given: Any,
) -> Imported:
    """Import tables and keep the good rows, as ``anpei rules import --accept-partial`` does."""
    refused: list[RowError] = []
    with TemporaryDirectory() as folder:
        holdings = Holdings(Path(folder))
        with holdings.adding(by_id(templates)) as adding:
            order: Any = _Order(adding)
            listening = Listening(refused=refused.append)
            report, merged = read_tables(paths, mapping, templates=templates, adding=order, listening=listening, **given)
            adding.keep(merged)
        rows = sorted(holdings.rows(), key=lambda row: order.ids[row.rule_id])
    assert Counter(error.code for error in refused) == report.refusals
    assert len(rows) == report.rows == report.new
    place = {file.file: index for index, file in reversed(list(enumerate(report.files)))}
    refused.sort(key=lambda error: (place.get(error.file, -1), error.file, error.line))
    return Imported(tuple(report.mappings), tuple(report.files), report.taken, report.skipped, tuple(refused), tuple(rows), report)
