"""Names and values of a calculation as they are read: titles from the terms, amounts, days, grades, percentages, yes and no."""

from collections.abc import Mapping
from datetime import date

from anpei.kernel.money import Money
from anpei.records.products.model import (
    BILL_FACTS,
    BILL_FLAGS,
    DAY_TITLES,
    EVENT_TITLES,
    FIXED_TITLES,
    FLAG_TITLES,
    Said,
    Terms,
    said,
    text_of,
)
from anpei.records.products.phrases import phrase

_BUILT_IN = {**BILL_FACTS, **FLAG_TITLES, **DAY_TITLES, **EVENT_TITLES, **FIXED_TITLES}


class Words:
    """The titles and units of one set of terms in one language."""

    def __init__(self, terms: Terms, lang: str) -> None:
        self.terms, self.lang = terms, lang
        self._titles: Mapping[str, Said] = {
            **{name: text_of({"zh": zh, "en": en}) for name, (zh, en) in _BUILT_IN.items()},
            **{item.name: item.title for part in (terms.parameters, terms.inputs, terms.lists) for item in part},
            **{step.output: step.title for step in terms.steps},
            **{f"{a.name}.left": a.title for a in terms.accumulators},
        }
        self._units: Mapping[str, str] = {
            **dict.fromkeys(BILL_FLAGS, "flag"),
            **dict.fromkeys((*DAY_TITLES, *EVENT_TITLES), "date"),
            **{item.name: item.unit for part in (terms.parameters, terms.inputs) for item in part},
            **{step.output: step.unit for step in terms.steps},
            **{f"{a.name}.left": "count" if a.kind == "count" else a.unit for a in terms.accumulators},
            **dict.fromkeys((listed.name for listed in terms.lists), "count"),
            "full_rate": "bp",
        }

    def phrase(self, name: str) -> str:
        """A phrase in the product's words, else in the platform's."""
        return phrase(self.terms, name, self.lang)

    def title(self, name: str) -> str:
        """The title of a name, with the row it is of."""
        bare, _, row = name.partition("[")
        of = row.removesuffix("]").split("/", 1)[-1]
        inputs = {i.name for i in self.terms.inputs}
        return said(self._titles[bare], self.lang) + (f" {of}" if row and bare in inputs else "")

    def unit(self, name: str) -> str:
        """The unit of a name."""
        return self._units.get(name.split("[", 1)[0], "fen")

    def named(self, name: str, value: int) -> str:
        """Title and value; a name that stands for itself has its title only."""
        return self.title(name) if name in FIXED_TITLES else f"{self.title(name)} {self.shown(name, value)}"

    def shown(self, name: str, value: int) -> str:
        """A value of a name as it is read."""
        unit = self.unit(name)
        if unit in {"fen", "yuan"}:
            return Money(value).decimal()
        if unit == "bp":
            return f"{value // 100}%" if value % 100 == 0 else f"{value // 100}.{value % 100:02d}".rstrip("0") + "%"
        if unit == "date":
            return date.fromordinal(value).isoformat() if value else "-"
        if unit == "measure":
            return f"{value // 1000}.{value % 1000:03d}".rstrip("0").rstrip(".")
        return self._word(unit, value)

    def _word(self, unit: str, value: int) -> str:
        if unit == "flag":
            return self.phrase("yes" if value else "no")
        if unit == "grade":
            return self.phrase("grade").format(grade=value) if value else "-"
        if unit.startswith("code:"):
            return said(self.terms.options(unit.removeprefix("code:"))[value][1], self.lang)
        return str(value)
