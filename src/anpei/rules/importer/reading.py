"""Cell texts to parameter values of the type that the template asks for; a text that does not fit is a refusal of its line."""

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal

from anpei.rules.importer.mapping import RuleOut, Take, Values
from anpei.rules.model import Value, normalise_code, normalise_name
from anpei.rules.templates.template import Template

_YES = {"true", "yes", "y", "1", "是", "有"}
_NO = {"false", "no", "n", "0", "否", "无"}
_WHOLE = re.compile(r"-?\d{1,9}(?:\.0+)?")
_DECIMAL = re.compile(r"\d{1,9}(?:\.\d{1,6})?")
_QUANTITY = re.compile(r"(\d{1,9})(?:\.(\d{1,3})0*)?")


class Refusal(Exception):
    """The answer about one line, not an error of ours: it is refused because of a field."""

    def __init__(self, field: str, code: str, zh: str, en: str) -> None:
        super().__init__(en)
        self.field, self.code, self.zh, self.en = field, code, zh, en

    def again(self) -> "Refusal":
        """The same answer about another line (an exception that is raised twice would grow its traceback)."""
        return Refusal(self.field, self.code, self.zh, self.en)


def refuse(field: str, code: str, zh: str, en: str) -> Refusal:
    """The refusal of a line because of a field."""
    return Refusal(field, code, zh, en)


def parameters_of(
    rule: RuleOut, *, template: Template, values: Mapping[str, Values], text: Callable[[str], str]
) -> Iterator[dict[str, Value]]:
    """The parameters that a rule takes out of a line: one set, or one per part of the cell it is spread over. Raises Refusal."""
    kinds = {parameter.name: parameter.type for parameter in template.file.parameters}
    found: dict[str, Value] = {}
    if rule.parameter_set is not None:
        found.update(_set_of(rule.parameter_set.field, values[rule.parameter_set.values], text, kinds))
    for name, take in rule.parameters.items():
        value = _value_of(take, kinds.get(name, "text"), values, text)
        if value is not None:
            found[name] = value
    if rule.spread is None:
        yield found
        return
    cell = text(rule.spread.field)
    for part in dict.fromkeys(_split(cell, rule.spread.separators)):
        yield {**found, rule.spread.parameter: normalise_code(part)}


def _set_of(field: str, values: Values, text: Callable[[str], str], kinds: Mapping[str, str]) -> dict[str, Value]:
    entry = _translated(field, text(field), values)
    if not isinstance(entry, dict):
        raise refuse(field, "values", "取值表的条目不是一组参数", "the entry of the values is no set of parameters")
    return {name: _fixed(value, kinds.get(name, "text")) for name, value in entry.items()}


def _value_of(take: Take, kind: str, values: Mapping[str, Values], text: Callable[[str], str]) -> Value:
    if take.field is None:
        return _fixed(take.fixed, kind)
    cell = text(take.field)
    if not cell:
        if take.optional:
            return None
        raise refuse(take.field, "empty", "没有填写", "is empty")
    if take.form is not None:
        cell = _formed(take.field, cell, take.form)
    if take.values is not None:
        return _fixed(_translated(take.field, cell, values[take.values]), kind)
    if take.times is not None:
        cell = _multiplied(take.field, cell, take.times)
    written = normalise_name if take.name else normalise_code
    if kind == "texts":
        return tuple(dict.fromkeys(written(part) for part in _split(cell, take.separators or "、,，;；|")))
    return written(cell) if kind == "text" else _READERS[kind](take.field, cell)


def _formed(field: str, cell: str, form: str) -> str:
    match = re.fullmatch(form, unicodedata.normalize("NFKC", cell))
    if match is None:
        raise refuse(field, "form", f"“{cell[:40]}”不符合格式 {form}", f"“{cell[:40]}” does not have the form {form}")
    return match[1] if match.re.groups else match[0]


def _multiplied(field: str, cell: str, times: int) -> str:
    if not _DECIMAL.fullmatch(cell):
        raise refuse(field, "number", f"“{cell[:40]}”不是数字", f"“{cell[:40]}” is not a number")
    product = Decimal(cell) * times
    if product != product.to_integral_value():
        raise refuse(field, "number", f"“{cell[:40]}”的小数位太多", f"“{cell[:40]}” has too many decimals")
    return str(int(product))


def _translated(field: str, cell: str, values: Values) -> object:
    entry = values.find(cell)
    if entry is None:
        known = "、".join(values.entries)
        shown = cell[:40]
        raise refuse(field, "unknown_value", f"“{shown}”不在取值表中（{known}）", f"“{shown}” is not among the values known ({known})")
    return entry


def _fixed(value: object, kind: str) -> Value:
    """A value out of the mapping's data; quantities stand there in whole units."""
    if kind == "quantity" and isinstance(value, int) and not isinstance(value, bool):
        return value * 1000
    return tuple(value) if isinstance(value, list) else value  # type: ignore[return-value]


def _split(cell: str, separators: str) -> list[str]:
    return [part.strip() for part in re.split(f"[{re.escape(separators)}]", cell) if part.strip()]


def _whole(field: str, cell: str) -> Value:
    if not _WHOLE.fullmatch(cell):
        raise refuse(field, "number", f"“{cell[:40]}”不是整数", f"“{cell[:40]}” is not a whole number")
    return int(cell.split(".", maxsplit=1)[0])


def _quantity(field: str, cell: str) -> Value:
    match = _QUANTITY.fullmatch(cell)
    if match is None:
        raise refuse(field, "number", f"“{cell[:40]}”不是数量（最多三位小数）", f"“{cell[:40]}” is not a quantity (up to three decimals)")
    return int(match[1]) * 1000 + int((match[2] or "").ljust(3, "0"))


def _boolean(field: str, cell: str) -> Value:
    word = cell.strip().lower()
    if word not in _YES | _NO:
        raise refuse(field, "boolean", f"“{cell[:40]}”不是“是/否”", f"“{cell[:40]}” is neither yes nor no")
    return word in _YES


_READERS: Mapping[str, Callable[[str, str], Value]] = {
    "int": _whole,
    "quantity": _quantity,
    "bool": _boolean,
}
