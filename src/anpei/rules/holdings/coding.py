"""All kept rows as columns for compiling: texts as numbers, made by Arrow and numpy; rows are looked at one by one only where a
template's joined parameter is another than when they were kept."""

from collections.abc import Iterable, Iterator, Mapping

import numpy as np
import pyarrow as pa

from anpei.kernel.canonical import canonical
from anpei.rules.columns import Array
from anpei.rules.compiled.build import OPEN_END, Coded, RowColumns
from anpei.rules.compiled.bytecode import NotCompiled
from anpei.rules.holdings.form import SCHEMA, TEXTS, rule_id_of, values_of
from anpei.rules.model import Status, plain
from anpei.rules.templates.fitting import parameter_problem
from anpei.rules.templates.template import Template

_FEW = 1 << 24
_JUDGED = (Status.LIVE.value, Status.SHADOW.value)


def columns_of_batches(batches: Iterable[pa.RecordBatch], templates: Mapping[str, Template]) -> RowColumns:
    """The rows of record batches whose ids differ, without drafts and retired ones. Raises NotCompiled that names the first row that
    is wrong, with its source."""
    held = _Held(_table(batches))
    held.check_days()
    held.join_as(templates)
    held.check_parameters(templates)
    coded = {name: held.coded(name) for name in ("template", "subject", "args", "join", "source", "title")}
    high, low, line = (held.number(name) for name in ("id_high", "id_low", "line"))
    return RowColumns(
        **coded, line=line, id_high=high, id_low=low, valid_from=held.start.astype(np.uint16), valid_to=held.end.astype(np.uint16),
        shadow=held.shadow,
    )  # fmt: skip


def _table(batches: Iterable[pa.RecordBatch]) -> pa.Table:
    """One table with one dictionary a column."""
    found = list(batches)
    kinds = [pa.field(one.name, pa.dictionary(pa.int32(), pa.string()) if one.name in TEXTS else one.type) for one in SCHEMA]
    table = pa.Table.from_batches(found) if found else pa.schema(kinds).empty_table()
    return table.unify_dictionaries()


class _Held:
    """The columns of the rows that are judged, as numpy arrays."""

    def __init__(self, table: pa.Table) -> None:
        status = table.column("status")
        judged = _told_of(status, [text in _JUDGED for text in _values(status)])
        self._all = bool(judged.all())
        if not self._all:
            table = table.filter(pa.array(judged))
        self._codes: dict[str, Array] = {name: _codes(table.column(name)) for name in TEXTS}
        self._texts: dict[str, list[str]] = {name: _values(table.column(name)) for name in TEXTS}
        self._numbers: dict[str, Array] = {name: table.column(name).to_numpy() for name in ("id_high", "id_low", "line")}
        self.shadow: Array = _told_of(table.column("status"), [text == Status.SHADOW for text in self._texts["status"]]).astype(np.uint8)
        self.start: Array = table.column("valid_from").cast(pa.int32()).to_numpy()
        self._open: Array = table.column("valid_to").is_null().to_numpy()
        self.end: Array = table.column("valid_to").cast(pa.int32()).fill_null(OPEN_END).to_numpy()

    def number(self, name: str) -> Array:
        """A column of numbers."""
        return self._numbers[name]

    def coded(self, name: str) -> Coded:
        """A column of texts; only texts that some row has."""
        codes, texts = self._codes[name], self._texts[name]
        if self._all:
            return Coded(codes, texts)
        used = np.bincount(codes, minlength=len(texts)) > 0
        return Coded((np.cumsum(used) - 1).astype(np.int32)[codes], [texts[place] for place in np.flatnonzero(used).tolist()])

    def check_days(self) -> None:
        """All days must lie where the form can say them, the end after the start."""
        for days, given in ((self.start, True), (self.end, ~self._open)):
            self._refuse(given & ((days < 0) | (days >= OPEN_END)), "has a day outside 1970 to 2149: correct the row")
        self._refuse(self.end <= self.start, "does not end after its start: correct the row")

    def join_as(self, templates: Mapping[str, Template]) -> None:
        """Have the joined parameter apart that the templates name now, whatever they named when the row was kept."""
        template, names = self._codes["template"], self._texts["join_name"]
        wanted = [templates[name].file.join or "" if name in templates else None for name in self._texts["template"]]
        for place, held in _pairs(template, self._codes["join_name"], len(names)):
            if wanted[place] not in {None, names[held]}:
                self._join_again(np.flatnonzero((template == place) & (self._codes["join_name"] == held)), names[held], wanted[place] or "")

    def _join_again(self, rows: Array, held: str, wanted: str) -> None:
        for name in ("args", "join"):
            self._codes[name] = self._codes[name].copy()
        known = {name: {text: place for place, text in enumerate(self._texts[name])} for name in ("args", "join")}
        for row in rows.tolist():
            given = values_of(self._text("args", row))
            if held:
                given[held] = self._text("join", row)
            other = given.pop(wanted, "")
            told = {"args": canonical(plain(given)).decode(), "join": other if isinstance(other, str) else ""}
            for name, text in told.items():
                place = known[name].setdefault(text, len(known[name]))
                self._codes[name][row] = place
            self._texts.update({name: list(places) for name, places in known.items()})
        self._all = False

    def _text(self, name: str, row: int) -> str:
        found: str = self._texts[name][self._codes[name][row]]
        return found

    def check_parameters(self, templates: Mapping[str, Template]) -> None:
        """Each different pair of template and parameters must fit, and the other that it names must be there."""
        template, args = self._codes["template"], self._codes["args"]
        for place, text in _pairs(template, args, len(self._texts["args"])):
            name = self._texts["template"][place]
            problem = _problem(templates.get(name), name, self._texts["args"][text])
            if problem is not None:
                self._refuse((template == place) & (args == text), f"cannot be compiled: {problem}")
        for place in np.flatnonzero(np.bincount(template, minlength=1)).tolist() if len(template) else ():
            name = self._texts["template"][place]
            join = templates[name].file.join
            if join is not None and "" in self._texts["join"]:
                missing = self._codes["join"] == self._texts["join"].index("")
                self._refuse((template == place) & missing, f"cannot be compiled: {name} needs {join}")

    def _refuse(self, wrong: Array, what: str) -> None:
        if wrong.any():
            row = int(np.flatnonzero(wrong)[0])
            rule_id = rule_id_of(int(self.number("id_high")[row]), int(self.number("id_low")[row]))
            where = f"{self._text('source', row)}, line {int(self.number('line')[row])}"
            raise NotCompiled(f"rule {rule_id} ({where}) {what}", data={"rule": rule_id})


def _problem(template: Template | None, name: str, args: str) -> str | None:
    if template is None:
        return f"there is no template {name}: add it or leave its rows out"
    given = values_of(args)
    return parameter_problem(template, given if template.file.join is None else {**given, template.file.join: "A"})


def _pairs(one: Array, other: Array, others: int) -> Iterator[tuple[int, int]]:
    """The different pairs of two columns of small numbers; ``others``: how many the second column may have."""
    pairs = one.astype(np.int64) * max(others, 1) + other
    few = len(pairs) and int(pairs.max()) < _FEW
    for pair in (np.flatnonzero(np.bincount(pairs)) if few else np.unique(pairs)).tolist():
        yield divmod(pair, max(others, 1))


def _told_of(column: pa.ChunkedArray, by_value: list[bool]) -> Array:
    """What holds of each row's text."""
    return np.array(by_value or [False])[_codes(column)]


def _codes(column: pa.ChunkedArray) -> Array:
    parts = [chunk.indices.to_numpy() for chunk in column.chunks]
    return np.concatenate(parts) if parts else np.zeros(0, np.int32)


def _values(column: pa.ChunkedArray) -> list[str]:
    return list(column.chunk(0).dictionary.to_pylist()) if column.num_chunks else []
