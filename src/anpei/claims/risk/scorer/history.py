"""The user's history as arrays: a CSV (UTF-8 or GB18030) or Parquet file read by pyarrow, columns taken by the mapping, times in order."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from anpei.claims.risk.scorer.mapping import HistoryMapping
from anpei.kernel.errors import InvalidInput

Floats = npt.NDArray[np.float64]
MAX_ROWS = 20_000_000


class HistoryRefused(InvalidInput):
    """The table cannot be used; the message names the file, the column, the row and what would be right."""

    code = "risk.history_refused"


@dataclass(frozen=True, slots=True)
class History:
    """Rows by time. ``outcome``: 1, 0, or -1 for not known. ``numbers``: missing is NaN. ``words``: missing is the empty text."""

    ids: Sequence[str]
    days: npt.NDArray[np.int64]
    outcome: npt.NDArray[np.int8]
    numbers: dict[str, Floats]
    words: dict[str, npt.NDArray[np.object_]]
    groups: dict[str, npt.NDArray[np.object_]]

    def __len__(self) -> int:
        return len(self.days)

    def take(self, rows: npt.NDArray[Any]) -> "History":
        """Some of the rows: a mask or positions."""
        return History(
            np.asarray(self.ids, dtype=object)[rows].tolist(), self.days[rows], self.outcome[rows],
            {name: column[rows] for name, column in self.numbers.items()}, {name: column[rows] for name, column in self.words.items()},
            {name: column[rows] for name, column in self.groups.items()},
        )  # fmt: skip


def read_history(file: Path, *, mapping: HistoryMapping, labelled: bool = True) -> History:
    """Read a table. Without ``labelled`` the outcome and the groups may be absent (rows to be scored). Raises HistoryRefused."""
    table = _table(file)
    needed = mapping.columns if labelled else (mapping.id, mapping.time, *mapping.features)
    for column in needed:
        if column not in table.column_names:
            raise HistoryRefused(
                f"{file.name} has no column {column!r}: it has {', '.join(table.column_names[:40])}; correct the mapping or the export",
                data={"file": file.name, "column": column},
            )
    if not 0 < table.num_rows <= MAX_ROWS:
        raise HistoryRefused(f"{file.name} has {table.num_rows} rows: 1 to {MAX_ROWS} are taken", data={"file": file.name})
    ids = _texts(table, mapping.id)
    if len(set(ids)) != len(ids):
        raise HistoryRefused(f"{file.name}: {mapping.id!r} names several rows alike: give each row its own", data={"column": mapping.id})
    outcome = _outcome(table, mapping) if mapping.outcome.column in table.column_names else np.full(table.num_rows, -1, dtype=np.int8)
    found = History(
        ids.tolist(), _days(file, table, mapping.time), outcome,
        {part.column: _numbers(file, table, part.column) for part in mapping.numeric},
        {part.column: _texts(table, part.column) for part in mapping.category},
        {name: _texts(table, name) for name in mapping.groups if name in table.column_names},
    )  # fmt: skip
    return found.take(np.lexsort((ids.astype(str), found.days)))


def _table(file: Path) -> Any:
    import pyarrow as pa
    import pyarrow.csv
    import pyarrow.parquet

    try:
        if file.suffix.lower() == ".parquet":
            return pyarrow.parquet.read_table(file)
        return pyarrow.csv.read_csv(
            file, read_options=pyarrow.csv.ReadOptions(encoding=_encoding(file)),
            convert_options=pyarrow.csv.ConvertOptions(strings_can_be_null=True, quoted_strings_can_be_null=True),
        )  # fmt: skip
    except OSError as error:
        raise HistoryRefused(f"{file.name} cannot be opened: check that it is there", data={"file": file.name}) from error
    except pa.ArrowException as error:
        raise HistoryRefused(f"{file.name} is no table: {str(error)[:200]}", data={"file": file.name}) from error


def _encoding(file: Path) -> str:
    """UTF-8 unless the first megabyte cannot be."""
    with file.open("rb") as stream:
        start = stream.read(1_000_000)
    try:
        start[: start.rfind(b"\n") + 1].decode("utf-8")
    except UnicodeDecodeError:
        return "gb18030"
    return "utf8"


def _texts(table: Any, column: str) -> npt.NDArray[np.object_]:
    import pyarrow as pa

    values = table.column(column)
    if pa.types.is_dictionary(values.type):
        values = values.cast(values.type.value_type)
    if pa.types.is_floating(values.type):
        told = ["" if value is None or np.isnan(value) else f"{value:.15g}" for value in values.to_pylist()]
    else:
        told = ["" if value is None else str(value).strip() for value in values.to_pylist()]
    return np.array(told, dtype=object)


def _numbers(file: Path, table: Any, column: str) -> Floats:
    import pyarrow as pa

    values = table.column(column)
    if pa.types.is_null(values.type):
        return np.full(len(values), np.nan)
    try:
        numbers = np.asarray(values.cast(pa.float64()).to_numpy(zero_copy_only=False), dtype=np.float64)
    except pa.ArrowException as error:
        raise HistoryRefused(
            f"{file.name}, column {column!r}: not every value is a number ({str(error)[:120]}); map it as a category or clean it",
            data={"file": file.name, "column": column},
        ) from error
    return np.where(np.isfinite(numbers), numbers, np.nan)


def _outcome(table: Any, mapping: HistoryMapping) -> npt.NDArray[np.int8]:
    meaning = dict.fromkeys(mapping.outcome.negative, 0) | dict.fromkeys(mapping.outcome.positive, 1)
    lower = {value.lower(): number for value, number in meaning.items()}
    return np.array([lower.get(text.lower(), -1) for text in _texts(table, mapping.outcome.column)], dtype=np.int8)


def _days(file: Path, table: Any, column: str) -> npt.NDArray[np.int64]:
    """Days since 1970, from days, instants, or texts that begin with one."""
    days = [_day(value) for value in table.column(column).to_pylist()]
    wrong = next((number for number, day in enumerate(days, start=1) if day is None), None)
    if wrong is not None:
        raise HistoryRefused(
            f"{file.name}, row {wrong}, column {column!r}: no day; write it like 2026-10-03 in every row",
            data={"file": file.name, "column": column, "row": wrong},
        )
    return np.array(days, dtype=np.int64)


def _day(value: Any) -> int | None:
    if isinstance(value, datetime):
        instant = value if value.tzinfo is None else value.astimezone(UTC)
        return instant.date().toordinal() - date(1970, 1, 1).toordinal()
    if isinstance(value, date):
        return value.toordinal() - date(1970, 1, 1).toordinal()
    try:
        return date.fromisoformat(str(value)[:10]).toordinal() - date(1970, 1, 1).toordinal()
    except ValueError:
        return None


def day_text(number: int) -> str:
    """A day number as ISO text."""
    return date.fromordinal(number + date(1970, 1, 1).toordinal()).isoformat()
