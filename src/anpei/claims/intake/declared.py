"""Facts that a product declares beside bills: where each comes from (``rulebook/declared.yaml``), and what a report says of them."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from anpei.engines.knowledge import Rulebook
from anpei.kernel.errors import InvalidInput
from anpei.records.products.model import InputTerms, Terms, whole_of
from anpei.records.products.schema import plain_fact

MOST_ROWS = 200
"""Rows of one list that a report may hold."""
RIGHT = {
    "fen": "write an amount in yuan as text, such as '432.60'", "date": "write a day like 2026-03-02", "flag": "is true or false",
    "grade": "is a grade from 1 to 10", "count": "is a whole number from 0", "bp": "is a whole number of basis points (100 % is 10000)",
    "measure": "is a number from 0 with at most three decimals, as text", "text": "is a text",
}  # fmt: skip
"""What would be right, by unit; what was sent is not repeated."""
Plain = int | str | bool | None


class DeclaredInvalid(InvalidInput):
    """A declared fact is unknown or of another form; ``data["field"]`` names it."""

    code = "intake.report_invalid"


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ColumnOnPaper(_Part):
    """Where a column of a list stands on a paper; ``of`` the row of the page, or the page itself."""

    field: str
    words: Mapping[str, Plain] = {}
    of: Literal["row", "page"] = "row"


class FactOnPaper(_Part):
    """Where papers state a fact: a field, a field of the insured's row, the paper's being there, or rows of a list."""

    products: frozenset[str]
    name: str
    kinds: frozenset[str]
    field: str = ""
    words: Mapping[str, Plain] = {}
    shown: bool | None = None
    row: Literal["", "insured"] = ""
    each: Literal["page", "row"] = "page"
    columns: Mapping[str, ColumnOnPaper] = {}


class RuleQuestion(_Part):
    """A fact that rules may read and no paper states: asked where a rule in force for the product reads it."""

    id: str
    fact: str
    unit: Literal["grade", "text"]
    title_zh: str
    title_en: str
    why_zh: str
    why_en: str


class DeclaredFile(_Part):
    """The file ``declared.yaml``."""

    schema_version: int
    owner: str
    reference: str
    valid_from: str
    injury_codes: tuple[str, ...]
    injury_words: tuple[str, ...]
    record: Mapping[str, Literal["start_on", "renewed", "born_on"]]
    papers: tuple[FactOnPaper, ...]
    rules: tuple[RuleQuestion, ...]

    def shows_accident(self, *, code: str, name: str) -> bool:
        """Whether a diagnosis shows that an accident was the cause: by its code, without one by its words."""
        return code.upper().startswith(self.injury_codes) if code else any(word in name for word in self.injury_words)

    def on_papers(self, product_id: str) -> dict[str, list[FactOnPaper]]:
        """What papers state for a product, by fact."""
        found: dict[str, list[FactOnPaper]] = {}
        for each in self.papers:
            if product_id in each.products:
                found.setdefault(each.name, []).append(each)
        return found


def load_declared(rulebook: Rulebook) -> DeclaredFile:
    """Read ``declared.yaml``. Raises KnowledgeError."""
    return rulebook.load("declared.yaml", DeclaredFile)


def asked_inputs(terms: Terms, *, file: DeclaredFile) -> dict[str, tuple[InputTerms, ...]]:
    """What the report has to ask: by level (``event`` or the list) the inputs that neither policy record, papers nor bills give."""
    told = file.on_papers(terms.product_id)
    made = {rows.name for rows in terms.lists if rows.source == "bills"}
    asked: dict[str, list[InputTerms]] = {}
    for item in terms.inputs:
        known = item.name in told or item.of in told or item.of in made or (item.source == "policy" and item.name in file.record)
        if not known and item.source != "bills":
            asked.setdefault(item.of, []).append(item)
    return {level: tuple(items) for level, items in asked.items()}


def parse_declared(given: Any, *, terms: Terms, field: str = "declared") -> dict[str, Any]:
    """Declared facts as they are written (``docs/products.md``, column "in a case file") in plain form.

    Text from forms is taken, too (``"3"``, ``"true"``). Raises DeclaredInvalid that names the field.
    """
    if given in (None, ""):
        return {}
    if not isinstance(given, Mapping):
        raise _wrong(field, "give a mapping of names to values")
    lists = {rows.name for rows in terms.lists}
    found: dict[str, Any] = {}
    for name, value in given.items():
        if value in (None, ""):
            continue
        if name in lists:
            found[name] = _rows(value, name=name, terms=terms, field=f"{field}.{name}")
        else:
            found[str(name)] = _value(value, name=str(name), level="event", terms=terms, field=f"{field}.{name}")
    return found


def _wrong(field: str, what: str) -> DeclaredInvalid:
    return DeclaredInvalid(f"{field}: {what}", data={"field": field})


def _rows(given: Any, *, name: str, terms: Terms, field: str) -> list[dict[str, Any]]:
    if not isinstance(given, Sequence) or isinstance(given, str):
        raise _wrong(field, "is a list: give rows")
    if len(given) > MOST_ROWS:
        raise _wrong(field, f"has {len(given)} rows; at most {MOST_ROWS} are taken")
    rows = []
    for index, row in enumerate(given):
        at = f"{field}.{index}"
        if not isinstance(row, Mapping):
            raise _wrong(at, "is no row: give the columns with their values")
        values = {
            c: _value(v, name=c, level=name, terms=terms, field=f"{at}.{c}") for c, v in row.items() if c != "id" and v not in (None, "")
        }
        rows.append({"id": f"{index + 1:03}", **values})
    return rows


def _value(given: Any, *, name: str, level: str, terms: Terms, field: str) -> Plain:
    declared = {item.name: item for item in terms.inputs if item.of == level}
    if name not in declared:
        known = ", ".join([*declared, *(rows.name for rows in terms.lists if level == "event")]) or "none"
        raise _wrong(field, f"product {terms.product_id} asks for no such fact; it asks for {known}")
    unit = declared[name].unit
    words = [word for word, _ in terms.options(unit.removeprefix("code:"))] if unit.startswith("code:") else []
    try:
        value = plain_fact(unit, _typed(unit, given))
        if value is not None:
            whole_of(value, unit=unit, words=words)
    except ValueError as error:
        raise _wrong(field, RIGHT.get(unit) or f"is one of {', '.join(words)}") from error
    if isinstance(value, str) and len(value) > MOST_ROWS:
        raise _wrong(field, f"has {len(value)} characters; at most {MOST_ROWS} are taken")
    return bool(value) if unit == "flag" else value


def _typed(unit: str, given: Any) -> Any:
    """Text of a form as the value it means: yes/no and whole numbers; everything else as it is."""
    if not isinstance(given, str):
        return given
    if unit == "flag":
        return {"true": True, "false": False}.get(given.lower(), given)
    return int(given) if unit in ("count", "grade", "bp") and given.isascii() and given.isdigit() and len(given) < 12 else given
