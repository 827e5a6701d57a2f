"""Drawn rows of the table of cases: sound ones, and wild ones in which something may be unknown, wrong, or too large."""

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Any

from anpei.records.policies.periods import period_key
from anpei.records.products.model import InputTerms, Terms

FIRST = date(2025, 12, 20)
STARTS = (date(2025, 1, 1), date(2024, 2, 29), date(2025, 3, 15), date(2025, 12, 31), date(2023, 6, 30))
EVENT_IDS = (None, None, "e-1", "2026-01-02", "0190b6a0-7d1c-7e51-9f21-3c5a3f2b9d10")
LONG = "一种很长的药品名称，长到键里放不下，所以键里只有它的摘要，再长一些"
LONG_AGO = 4_000
RANGES = {"flag": (0, 1), "grade": (1, 10), "count": (0, 40), "bp": (0, 12_000), "measure": (0, 60_000)}
WRONG: tuple[dict[str, Any], ...] = (
    {}, {"number": -1}, {"number": 2}, {"text": "?"}, {"day": FIRST}, {"number": 10**14 + 1}, {"number": 10**14},
)  # fmt: skip


def rows(terms: Terms, chance: Random, *, count: int) -> list[dict[str, Any]]:
    """So many rows; every third is wild."""
    return [_Drawing(terms, chance, wild=chance.randrange(3) == 0).row() for _ in range(count)]


@dataclass(slots=True)
class _Drawing:
    terms: Terms
    chance: Random
    wild: bool
    on: date = FIRST

    def rarely(self) -> bool:
        """In a wild row one time in eight, else never."""
        return self.wild and self.chance.randrange(8) == 0

    def one_of(self, *values: Any) -> Any:
        return self.chance.choice(values)

    def shuffled(self, *values: Any) -> list[Any]:
        return self.chance.sample(values, len(values))

    def day(self) -> date:
        """In two policy years, ends of February among them."""
        near = FIRST + timedelta(days=self.number(0, 120))
        return self.one_of(near, near, near, date(2026, 2, 28), date(2028, 2, 29), date(2024, 2, 29), date(2026, 12, 31))

    def amount(self) -> int:
        """Fen: small ones, ones around the values of the plan, and large ones."""
        values = [value for value in self.terms.values.values() if value] or [100]
        around = max(self.one_of(*values) + self.number(-2, 2), 0)
        return self.one_of(around, around, *(self.number(0, most) for most in (300, 10**6, 10**7, 10**10)))

    def number(self, least: int, most: int) -> int:
        return self.chance.randint(least, most)

    def row(self) -> dict[str, Any]:
        terms = self.terms
        self.on = self.day()
        row: dict[str, Any] = {
            "claim_no": "C", "product_id": terms.product_id, "plan": terms.plan, "occurred_on": self.on,
            "event_id": self.one_of(*EVENT_IDS), "currency": self.one_of("", "CNY", "USD") if self.rarely() else None,
            "policy_start_on": self.one_of(*STARTS), "social_insurance": self.one_of(True, False), "bills": self.bills(),
            "facts": [], "rows": [], "used": [],
        }  # fmt: skip
        if terms.unit == "event":
            row["facts"] = self.facts("event")
            row["rows"] = [made for listed in terms.lists for made in self.list_rows(listed.name)]
        row["used"] = self.used(row)
        return row

    def bills(self) -> list[dict[str, Any]]:
        least = 0 if self.terms.unit == "event" or self.rarely() else 1
        names = self.shuffled("b1", "b2", "b10", "a", "B")
        if self.rarely():
            names = ["b1", "b1", "b2", "b3", "b4"]
        return [self.bill(names[place]) for place in range(self.number(least, 4))]

    def bill(self, name: str) -> dict[str, Any]:
        settled = self.one_of(True, True, False)
        pooled, serious, self_paid, own, rest = (self.amount() if self.one_of(True, False) else 0 for _ in range(5))
        pooled, serious = (pooled, serious) if settled else (0, 0)
        total = pooled + serious + self_paid + own + rest
        unpaid = total - pooled - serious
        other = self.one_of(0, 0, unpaid // 3, unpaid)
        known = settled or self.one_of(True, False)
        bill: dict[str, Any] = {
            "bill_id": name, "kind": self.one_of(*self.terms.event_kinds, *self.terms.event_kinds, "outpatient", "inpatient"),
            "visit": self.one_of(None, None, "v1", "v2", "b1"), "currency": self.one_of("", "CNY", "HKD") if self.rarely() else None,
            "service_on": self.on + timedelta(days=self.one_of(0, 0, 1, 30, 200)), "admitted_on": None, "discharged_on": None,
            "total_fen": total, "pooled_fen": pooled or None, "serious_illness_fen": serious, "other_payment_fen": other,
            "self_paid_fen": self_paid if known else None, "own_expense_fen": own if known else None, "settled_by_social": settled,
            "lines": self.lines(total),
        }  # fmt: skip
        if self.rarely():
            bill[self.one_of("total_fen", "service_on", "settled_by_social", "self_paid_fen", "own_expense_fen")] = None
        if self.rarely():
            bill[self.one_of("pooled_fen", "other_payment_fen", "self_paid_fen", "total_fen")] = self.number(-5, 10**15)
        return bill

    def lines(self, total: int) -> list[dict[str, Any]]:
        count = self.number(0, 4)
        left, lines = total, []
        for place in range(count):
            amount = left if place == count - 1 and not self.rarely() else self.number(0, left)
            left -= amount
            known = self.one_of("A", "B", "C") if not self.rarely() else self.one_of(None, "D")
            covered = self.one_of(True, True, None, False)
            lines.append({"line_id": f"{place}", "name": "项目", "amount_fen": amount, "insurance_class": known, "covered": covered})
        return lines

    def facts(self, level: str) -> list[dict[str, Any]]:
        asked = [item for item in self.terms.inputs if item.of == level]
        said = [item for item in asked if not (self.rarely() if item.given is None else self.one_of(True, False))]
        facts = [{"name": item.name, "number": None, "day": None, "text": None, **self.value(item)} for item in said]
        return [*facts, {"name": "mood", "number": 1}] if self.rarely() and self.rarely() else facts

    def value(self, item: InputTerms) -> dict[str, Any]:
        if self.rarely():
            return {} if item.unit == "text" else self.one_of(*WRONG)
        if item.unit == "date":
            return {"day": self.on + timedelta(days=self.away(item.name))}
        if item.unit == "text":
            return {"text": self.one_of("a", "b", "", LONG)}
        if item.unit.startswith("code:"):
            return {"text": self.one_of(*(word for word, _ in self.terms.options(item.unit.removeprefix("code:"))))}
        return {"number": self.number(*RANGES[item.unit]) if item.unit in RANGES else self.amount()}

    def away(self, name: str) -> int:
        """Days from the event: after it where steps count up to this day, before it where they count from it."""
        last = [
            operand.cases[0].name
            for step in self.terms.steps if step.do in {"days", "months"}
            for operand in step.operands if operand.role == "to"
        ]  # fmt: skip
        if self.rarely():
            return self.number(-LONG_AGO, LONG_AGO)
        return self.number(0, 250) if name in last else -self.one_of(self.number(0, 40), self.number(0, LONG_AGO))

    def list_rows(self, name: str) -> list[dict[str, Any]]:
        ids = self.shuffled("a", "b", "10", "9", "乙") if self.one_of(True, False) else [None] * 5
        if self.rarely() and self.rarely():
            ids = ["a"] * 5
        return [{"list": name, "id": ids[place], "facts": self.facts(name)} for place in range(self.number(0, 4))]

    def used(self, row: dict[str, Any]) -> list[dict[str, Any]]:
        on = [row["occurred_on"], *(bill["service_on"] for bill in row["bills"] if bill["service_on"])]
        texts = sorted({fact["text"] for made in row["rows"] for fact in made["facts"] if fact.get("text")})
        used = []
        for data in self.terms.accumulators:
            for _ in range(self.number(0, 2)):
                per = self.one_of(*texts) if data.per and texts else ""
                key = period_key(
                    period=data.period, start_on=row["policy_start_on"], day=self.one_of(*on), event=row["event_id"] or "", per=per
                )
                amount = self.number(0, 3) if data.kind == "count" or data.unit != "fen" else self.amount()
                used.append({"name": data.name, "period_key": key, "used": amount})
        return used
