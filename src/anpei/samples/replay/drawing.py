"""Past claims drawn by columns (``claims.replay.schema.PAST``): some thousands at once, any number of them. All persons are fictional.

A few products, out-patient and in-patient bills whose sums hold, common items and rare ones, and now and then what sends a claim to a
person. What was decided then is not drawn: a pass decides it (``history``).
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa

from anpei.claims.decision.adjudication import product_keys
from anpei.claims.replay.passes import OpenedPass, decide
from anpei.claims.replay.schema import ATTRIBUTES, BILL, DAY, LINE, PAST, SUBJECT, THEN, USED
from anpei.rules.columns import Array
from anpei.samples.rules.drawing import diagnosis_of

SIMULATED = {b"anpei.past_claims": b"1", b"anpei.simulated": b"true"}
"""What a drawn file says of itself; reports repeat it."""
DAY_ZERO = date(1970, 1, 1).toordinal()
YEAR = date(2026, 1, 1)
PRODUCTS: tuple[tuple[str, str, int], ...] = (
    ("small-outpatient", "standard", 55), ("million-medical", "standard", 30), ("hospital-allowance", "standard", 15),
)  # fmt: skip
"""Product, plan and share in a hundred."""
DIAGNOSES = 2_600


@dataclass(frozen=True, slots=True)
class Drawn:
    """What to draw: so many claims of the seed, ``lines`` a claim (at least 1) of these items of a region."""

    claims: int
    seed: int
    items: Sequence[str]
    plans: Sequence[tuple[str, str]]
    """Plan by plan of ``PRODUCTS``: the product and a plan that it has."""
    region: str = "CN"
    lines: int = 30
    most: int = 20_000

    def tables(self) -> Iterator[pa.Table]:
        """The past claims, ``most`` at once, without what was decided."""
        weight = np.random.default_rng(self.seed).lognormal(0.0, 1.6, len(self.items))
        share = np.cumsum(weight / weight.sum())
        for start in range(0, self.claims, self.most):
            draw = np.random.default_rng([self.seed, start])
            yield _table(self, draw, share, start, min(self.most, self.claims - start))


def history(drawn: Drawn, opened: OpenedPass) -> Iterator[pa.Table]:
    """Past claims with what the pass decided on each: settled by the machine, or by a person as calculated."""
    place = PAST.get_field_index("then")
    for table in drawn.tables():
        decided = decide(table, opened=opened)
        by_machine = np.array([decision == "settle" for decision in decided["decision"].to_pylist()])
        lanes = decided["lane"].combine_chunks()
        count, fields = len(table), {name: decided[name].combine_chunks() for name in ("total_fen", "lines")}
        then = pa.StructArray.from_arrays(
            [
                _constant(count, "settle"), pa.array(np.where(by_machine, "machine", "person"), pa.string()), lanes, fields["total_fen"],
                fields["lines"].cast(THEN.field("lines").type), _constant(count, opened.snapshot.id),
            ],
            fields=list(THEN),
        )  # fmt: skip
        yield table.set_column(place, PAST.field("then"), then).replace_schema_metadata(SIMULATED)


@dataclass(frozen=True, slots=True)
class _Shape:
    """What is drawn of each claim first: plan, day, whether it is a stay, whether social insurance settled it, how many lines."""

    start: int
    plans: list[tuple[str, str]]
    on: Array
    stays: Array
    settled: Array
    lines: Array

    def __len__(self) -> int:
        return len(self.on)


def _shape(drawn: Drawn, draw: Any, start: int, count: int) -> _Shape:
    shares = [share for *_, share in PRODUCTS][: len(drawn.plans)]
    product = draw.choice(len(drawn.plans), count, p=[share / sum(shares) for share in shares])
    stays = (product > 0) & (draw.random(count) < 0.8)
    settled = stays | (product == 2) | (draw.random(count) < 0.3)
    plans = [drawn.plans[number] for number in product.tolist()]
    on = YEAR.toordinal() - DAY_ZERO + draw.integers(40, 300, count)
    return _Shape(start, plans, on, stays, settled, np.maximum(draw.poisson(drawn.lines, count), 1))


def _table(drawn: Drawn, draw: Any, share: Array, start: int, count: int) -> pa.Table:
    shape = _shape(drawn, draw, start, count)
    bills = _bills(drawn, draw, share, shape)
    policy = (start + np.arange(count)) // 3
    days = {name: _day(count, day) for name, day in (("start", YEAR), ("end", date(2027, 1, 1)), ("first", date(2024, 1, 1)))}
    columns: dict[str, Any] = {
        "claim_no": _texts(f"D{start + number:09}" for number in range(count)), "policy": _texts(f"P{one:08}" for one in policy.tolist()),
        "insurer": _constant(count, "demo"), "product_id": _texts(plan[0] for plan in shape.plans),
        "plan": _texts(plan[1] for plan in shape.plans), "occurred_on": _days(shape.on), "decided_on": _days(shape.on + 20),
        "region": _constant(count, drawn.region), "event_kind": _kinds(shape.stays), "event_cause": _constant(count, "illness"),
        "cause_shown": pa.array(np.zeros(count, np.bool_)), "reopened": pa.array(draw.random(count) < 0.002),
        "policy_start_on": days["start"], "policy_end_on": days["end"], "first_covered_on": days["first"],
        "policy_status": pa.array(np.where(draw.random(count) < 0.998, "in_force", "lapsed"), pa.string()),
        "social_insurance": pa.array(draw.random(count) < 0.9), "bills": bills, "used": _used(draw, shape.plans),
        **_person(draw, shape, bills),
        "standing": _lists([["reading.low_confidence"] if bad else [] for bad in (draw.random(count) < 0.02).tolist()]),
        "automation_on": pa.array(np.ones(count, np.bool_)), "limit_fen": pa.array(np.full(count, 1_000_000)),
    }  # fmt: skip
    return pa.table([columns.get(field.name, pa.nulls(count, field.type)) for field in PAST], schema=PAST)


def _bills(drawn: Drawn, draw: Any, share: Array, shape: _Shape) -> Any:
    """One bill a claim; the split of those that social insurance settled adds up."""
    count, stays = len(shape), shape.stays
    length = np.where(stays, draw.integers(2, 15, count), 1)
    lines, sums = _lines(drawn, draw, share, shape, length)
    pooled = np.where(stays, sums * draw.integers(20, 60, count) // 100, 0)
    own = sums * draw.integers(0, 20, count) // 100
    nothing = pa.array(np.zeros(count, np.int64))
    bill = {
        "bill_id": _texts(f"b{shape.start + number}" for number in range(count)), "kind": _kinds(stays), "service_on": _days(shape.on),
        "admitted_on": _days(shape.on, stays), "discharged_on": _days(shape.on + length, stays), "hospital": _constant(count, "模拟医院"),
        "grade": _constant(count, "三级甲等"), "ownership": _constant(count, "public"), "total_fen": pa.array(sums),
        "pooled_fen": pa.array(pooled), "serious_illness_fen": nothing, "other_payment_fen": nothing,
        "self_paid_fen": pa.array(sums - pooled - own, mask=~shape.settled), "own_expense_fen": pa.array(own, mask=~shape.settled),
        "settled_by_social": pa.array(shape.settled), "currency": pa.nulls(count, pa.string()), "lines": lines,
    }  # fmt: skip
    rows = pa.StructArray.from_arrays([bill[field.name] for field in BILL], fields=list(BILL))
    return pa.ListArray.from_arrays(pa.array(np.arange(count + 1, dtype=np.int32)), rows)


def _lines(drawn: Drawn, draw: Any, share: Array, shape: _Shape, length: Array) -> tuple[Any, Array]:
    """The lines of each bill, and the sum of their amounts."""
    counts, total = shape.lines, int(shape.lines.sum())
    owner = np.repeat(np.arange(len(shape)), counts)
    place = np.arange(total) - np.repeat(np.cumsum(counts) - counts, counts)
    item = pa.array(np.searchsorted(share, draw.random(total)), pa.int32())
    amount = np.maximum(draw.lognormal(7.6, 1.0, total).astype(np.int64), 1)
    names = _texts(f"模拟项目{code[-6:]}" for code in drawn.items)
    line = {
        "line_id": _texts(str(number) for number in range(int(counts.max()))).take(pa.array(place)),
        "item_code": pa.DictionaryArray.from_arrays(item, pa.array(drawn.items, pa.string())),
        "name": pa.DictionaryArray.from_arrays(item, names), "amount_fen": pa.array(amount),
        "insurance_class": pa.array(np.array(["A", "B", "C"])[draw.integers(0, 3, total)], pa.string()),
        "day": _days(shape.on[owner] + (place * length[owner]) // counts[owner]),
        "quantity_milli": pa.array(1000 * draw.integers(1, 3, total)), "match": _constant(total, "code"),
        "score_bp": pa.array(np.where(draw.random(total) < 0.9995, 10_000, 8_000)),
    }  # fmt: skip
    rows = pa.StructArray.from_arrays([line[field.name] for field in LINE], fields=list(LINE))
    sums = np.bincount(owner, weights=amount, minlength=len(shape)).astype(np.int64)
    return pa.ListArray.from_arrays(pa.array(np.concatenate([[0], np.cumsum(counts)]).astype(np.int32)), rows), sums


def _person(draw: Any, shape: _Shape, bills: Any) -> dict[str, Any]:
    """Diagnoses, what rules are told of the person, and the claim itself as a subject."""
    count = len(shape)
    labels = [sorted({diagnosis_of(int(one)) for one in row}) for row in draw.integers(0, DIAGNOSES, (count, 2))]
    first = date(2024, 1, 1)
    known = {
        "sex": pa.array(np.array(["F", "M"])[draw.integers(0, 2, count)], pa.string()),
        "age_days": pa.array(draw.integers(8_000, 30_000, count)), "stay_days": pa.array(np.full(count, 7), mask=~shape.stays),
        "insurance_type": _constant(count, "employee"), "visit_kind": _kinds(shape.stays), "provider": _constant(count, "模拟医院"),
        "provider_grade": pa.array(np.full(count, 3)), "cause": _constant(count, "illness"), "start_on": _day(count, first),
        "days_since_start": pa.array(shape.on + DAY_ZERO - first.toordinal()), "region": _constant(count, "339901"),
    }  # fmt: skip
    attributes = [known.get(field.name, pa.nulls(count, field.type)) for field in ATTRIBUTES]
    totals = bills.flatten().field("total_fen").to_pylist()
    subjects = [
        [{"id": "claim", "keys": list(product_keys(*plan)), "day": day, "quantity": 1000, "amount": total, "name": ""}]
        for plan, day, total in zip(shape.plans, _days(shape.on).to_pylist(), totals, strict=True)
    ]
    return {
        "labels": _lists(labels), "label_names": _lists([[] for _ in range(count)]), "subjects": pa.array(subjects, pa.list_(SUBJECT)),
        "attributes": pa.StructArray.from_arrays(attributes, fields=list(ATTRIBUTES)),
    }  # fmt: skip


def _used(draw: Any, plans: Sequence[tuple[str, str]]) -> Any:
    """What earlier claims used of the yearly limit, for one claim in ten of the out-patient product."""
    given = draw.integers(0, 500_000, len(plans)).tolist()
    chosen = (draw.random(len(plans)) < 0.1).tolist()
    key = f"year:{YEAR.isoformat()}"
    rows = [
        [{"name": "annual_limit_used", "period_key": key, "used": used}] if some and plan[0] == "small-outpatient" else []
        for plan, used, some in zip(plans, given, chosen, strict=True)
    ]
    return pa.array(rows, pa.list_(USED))


def _kinds(stays: Array) -> Any:
    return pa.array(np.where(stays, "inpatient", "outpatient"), pa.string())


def _days(numbers: Array, where: Array | None = None) -> Any:
    return pa.array(numbers.astype(np.int32), DAY, mask=None if where is None else ~where)


def _day(count: int, day: date) -> Any:
    return _days(np.full(count, day.toordinal() - DAY_ZERO))


def _constant(count: int, text: str) -> Any:
    return pa.repeat(pa.scalar(text), count)


def _texts(texts: Iterable[str]) -> Any:
    return pa.array(list(texts), pa.string())


def _lists(rows: Sequence[Sequence[str]]) -> Any:
    return pa.array(rows, pa.list_(pa.string()))
