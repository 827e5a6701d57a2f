"""The editable rule rows of an installation: one file of canonical lines, replaced whole. Snapshots are compiled from it."""

import json
import os
from collections.abc import Iterable
from pathlib import Path

from anpei.kernel.canonical import canonical
from anpei.kernel.errors import AnpeiError
from anpei.rules.model import RuleRow, rule_row_from

FILE = "rows.jsonl"


class HoldingsDamaged(AnpeiError):
    """The file of rule rows holds a line that is no row."""

    code = "rules.holdings_damaged"


class Holdings:
    """The rows under a folder, by their stable ids."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / FILE

    def rows(self) -> list[RuleRow]:
        """All rows, sorted by id. Raises HoldingsDamaged with the line."""
        if not self._file.is_file():
            return []
        found: list[RuleRow] = []
        with self._file.open("rb") as handle:
            for number, line in enumerate(handle, start=1):
                try:
                    found.append(rule_row_from(json.loads(line)))
                except (ValueError, KeyError, TypeError, AttributeError) as error:
                    message = f"{self._file.name}, line {number}, holds no rule row: restore the file or import the tables again"
                    raise HoldingsDamaged(message, data={"file": self._file.name, "line": number}) from error
        return found

    def add(self, rows: Iterable[RuleRow]) -> int:
        """Keep rows, a newer statement of the same id replacing the older; returns how many ids are new. Whole or not at all."""
        held = {row.rule_id: row for row in self.rows()}
        before = len(held)
        held.update({row.rule_id: row for row in rows})
        self._file.parent.mkdir(parents=True, exist_ok=True)
        partial = self._file.with_suffix(".part")
        with partial.open("wb") as handle:
            for rule_id in sorted(held):
                handle.write(canonical(held[rule_id].as_data()) + b"\n")
            handle.flush()
            os.fsync(handle.fileno())
        partial.replace(self._file)
        return len(held) - before
