"""A medical visit: who, where, what was billed and who paid for it. All documents of a claim are views of one visit."""

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from anpei.kernel.money import half_up
from anpei.samples.world.catalogue import Diagnosis, Hospital, Item, diagnoses, hospitals, item, items
from anpei.samples.world.people import SURNAMES, Person

OPERATIONS = {
    "急性阑尾炎": "appendix",
    "胆囊结石": "gallbladder",
    "单侧腹股沟疝": "hernia",
    "桡骨远端骨折": "fracture",
    "子宫平滑肌瘤": "myoma",
    "卵巢囊肿": "ovary",
    "肾结石": "stone",
}
SETTLED_SCHEMES = ("职工基本医疗保险", "城乡居民基本医疗保险")
UNSETTLED_SCHEME = "自费"


@dataclass(frozen=True, slots=True)
class Line:
    """One billed item."""

    item: Item
    quantity: int
    charged_on: date
    price_fen: int

    @property
    def amount_fen(self) -> int:
        """Quantity times unit price."""
        return self.quantity * self.price_fen


@dataclass(frozen=True, slots=True)
class Split:
    """Who paid, in fen: total = pooled + serious + other + self_paid + own; account + cash = self_paid + own."""

    total: int
    pooled: int
    serious: int
    other: int
    self_paid: int
    own: int
    account: int
    cash: int


@dataclass(frozen=True, slots=True)
class Visit:
    """One out-patient visit or hospital stay with everything its papers print."""

    care: str
    person: Person
    hospital: Hospital
    diagnosis: Diagnosis
    scheme: str
    started_on: date
    ended_on: date
    lines: tuple[Line, ...]
    split: Split
    receipt_code: str
    receipt_number: str
    verification_code: str
    visit_number: str
    doctor: str
    cashier: str
    reviewer: str

    @property
    def settled(self) -> bool:
        """True when social insurance took part."""
        return self.scheme != UNSETTLED_SCHEME

    @property
    def inpatient(self) -> bool:
        """True for a hospital stay."""
        return self.care == "inpatient"


def split_lines(lines: tuple[Line, ...], *, settled: bool, fund_bp: int, threshold: int, serious_bp: int = 0, account_bp: int = 0) -> Split:
    """Share the bill: the fund pays ``fund_bp`` of the catalogue part above the threshold, serious-illness cover a part of the rest."""
    total = sum(line.amount_fen for line in lines)
    if not settled:
        return Split(total=total, pooled=0, serious=0, other=0, self_paid=0, own=total, account=0, cash=total)
    own = sum(line.amount_fen for line in lines if line.item.insurance_class == "C")
    first = sum(half_up(fen=line.amount_fen, rate_bp=line.item.self_pay_bp) for line in lines if line.item.insurance_class == "B")
    inside = total - own
    pooled = half_up(fen=max(inside - first - threshold, 0), rate_bp=fund_bp)
    serious = half_up(fen=inside - pooled, rate_bp=serious_bp)
    self_paid = inside - pooled - serious
    account = half_up(fen=self_paid, rate_bp=account_bp)
    return Split(
        total=total, pooled=pooled, serious=serious, other=0, self_paid=self_paid, own=own, account=account, cash=self_paid + own - account
    )


def _fits(entry: Item, person: Person, day: date) -> bool:
    age = person.age_on(day)
    if entry.sex_only and entry.sex_only != person.gender:
        return False
    return (entry.age_min is None or age >= entry.age_min) and (entry.age_max is None or age <= entry.age_max)


def _pick(rng: Random, pool: list[Item], count: int) -> list[Item]:
    """A choice without two items that exclude each other."""
    chosen: list[Item] = []
    for entry in rng.sample(pool, len(pool)):
        if len(chosen) < count and not any(entry.excludes_code == other.code or other.excludes_code == entry.code for other in chosen):
            chosen.append(entry)
    return chosen


def outpatient_lines(rng: Random, *, person: Person, diagnosis: Diagnosis, day: date, count: int) -> tuple[Line, ...]:
    """A plausible out-patient bill that breaks no sample rule: the consultation, some tests, some drugs."""
    kinds = {"outpatient", "both"} | ({"injury"} if diagnosis.code.startswith("S") else set())
    kinds |= {"male"} if diagnosis.sex == "M" else set()
    kinds |= {"female"} if diagnosis.sex == "F" else set()
    pool = [entry for entry in items() if entry.care in kinds and _fits(entry, person, day) and entry.name != "普通门诊诊查费"]
    tests = [entry for entry in pool if entry.category == "service"]
    drugs = [entry for entry in pool if entry.category != "service"]
    chosen = [item("普通门诊诊查费"), *_pick(rng, tests, max(count // 2, 1)), *_pick(rng, drugs, max(count - count // 2 - 1, 1))]
    return tuple(_line(rng, entry, day, days=1) for entry in chosen)


def _line(rng: Random, entry: Item, day: date, *, days: int) -> Line:
    most = entry.max_per_day if entry.category == "drug" else 1
    quantity = rng.randint(1, min(max(most, 1), 3)) * (days if entry.unit in {"日", "小时"} else 1)
    return Line(item=entry, quantity=quantity, charged_on=day, price_fen=entry.price_fen)


def costly_lines(rng: Random, *, start: date, days: int) -> tuple[Line, ...]:
    """Dear drugs and materials that carry a stay over a large deductible."""
    daily = {"注射用美罗培南": 3, "人血白蛋白注射液": rng.randint(2, 3), "依诺肝素钠注射液": 1}
    once = {"一次性切割吻合器": rng.randint(1, 2), "可吸收止血材料": rng.randint(2, 4)}
    counts = {**{name: each * days for name, each in daily.items()}, **once}
    return tuple(Line(item=item(name), quantity=count, charged_on=start, price_fen=item(name).price_fen) for name, count in counts.items())


def inpatient_lines(rng: Random, *, person: Person, diagnosis: Diagnosis, start: date, days: int, count: int) -> tuple[Line, ...]:
    """A plausible hospital bill that breaks no sample rule; daily items are billed once for all days."""
    operation = OPERATIONS.get(diagnosis.name, "")
    kinds = {"inpatient", "both"} | ({operation, "operation"} if operation else set())
    pool = [entry for entry in items() if entry.care in kinds and _fits(entry, person, start)]
    daily = [entry for entry in pool if entry.unit == "日"]
    fixed = [item("全身麻醉"), *(entry for entry in pool if entry.care == operation)] if operation else []
    rest = [entry for entry in pool if entry not in daily and entry not in fixed]
    meals = [item("膳食费")] if rng.random() < 0.5 else []
    lines = [Line(item=entry, quantity=days, charged_on=start, price_fen=entry.price_fen) for entry in (*daily, *meals)]
    for entry in (*fixed, *_pick(rng, rest, max(count - len(daily) - len(fixed) - len(meals), 4))):
        day = start + timedelta(days=rng.randint(0, days - 1))
        most = min(entry.max_per_day, 6) if entry.category != "service" else min(entry.max_per_day, 2)
        lines.append(
            Line(item=entry, quantity=1 if entry in fixed else rng.randint(1, max(most, 1)), charged_on=day, price_fen=entry.price_fen)
        )
    return tuple(lines)


def _numbers(rng: Random, hospital: Hospital, *, inpatient: bool) -> dict[str, str]:
    def digits(count: int) -> str:
        return "".join(rng.choice("0123456789") for _ in range(count))

    return {
        "receipt_code": f"{hospital.region_code[:2]}06{'02' if inpatient else '01'}26",
        "receipt_number": "0" + rng.choice("123") + digits(8),
        "verification_code": "".join(rng.choice("0123456789abcdef") for _ in range(6)),
        "visit_number": ("ZY" if inpatient else "") + ("26" if inpatient else "2026") + digits(6 if inpatient else 8),
        "doctor": rng.choice(SURNAMES) + rng.choice(("建平", "晓东", "丽萍", "文斌", "立群")),
        "cashier": rng.choice(SURNAMES) + rng.choice(("敏", "娟", "丽", "芳")),
        "reviewer": rng.choice(SURNAMES) + rng.choice(("洁", "琴", "磊", "勇")),
    }


def choose_diagnosis(rng: Random, *, care: str, gender: str, accident: bool) -> Diagnosis:
    """A diagnosis that fits the sex, treated in this care; injuries only for accidents."""
    return rng.choice([d for d in diagnoses() if d.care == care and d.sex in {"", gender} and d.code.startswith("S") == accident])


@dataclass(frozen=True, slots=True)
class Wish:
    """What a visit should be like. ``fund_bp`` None leaves the fund's share to chance; ``extra`` are more items with quantities."""

    care: str = "outpatient"
    settled: bool = True
    accident: bool = False
    count: int = 0
    costly: bool = False
    fund_bp: int | None = None
    serious_bp: int = 0
    hospital: Hospital | None = None
    extra: tuple[tuple[str, int], ...] = ()
    without: tuple[str, ...] = ()


def make_visit(rng: Random, *, person: Person, day: date, wish: Wish, provinces: tuple[str, ...] = ()) -> Visit:
    """A consistent visit, at an eligible hospital of one of the provinces unless the wish names one."""
    eligible = [h for h in hospitals() if h.eligible and (not provinces or h.province in provinces) and "妇幼" not in h.name]
    place = wish.hospital or rng.choice(eligible)
    inpatient = wish.care == "inpatient"
    diagnosis = choose_diagnosis(rng, care=wish.care, gender=person.gender, accident=wish.accident)
    days = rng.randint(4, 6) if inpatient else 0
    lines = _lines(rng, person=person, diagnosis=diagnosis, day=day, days=days, wish=wish)
    chance = {
        "fund_bp": rng.choice((6000, 6500, 7000)) if inpatient else rng.choice((0, 4000, 5000)),
        "threshold": rng.choice((50000, 80000)) if inpatient else 0,
        "account_bp": rng.choice((0, 2000)) if inpatient else rng.choice((0, 3000, 5000)),
        "serious_bp": wish.serious_bp,
    }
    rates = chance if wish.fund_bp is None else {**chance, "fund_bp": wish.fund_bp}
    scheme = rng.choice(SETTLED_SCHEMES) if wish.settled else UNSETTLED_SCHEME
    return Visit(
        care=wish.care,
        person=person,
        hospital=place,
        diagnosis=diagnosis,
        scheme=scheme,
        started_on=day,
        ended_on=day + timedelta(days=days),
        lines=lines,
        split=split_lines(lines, settled=wish.settled, **rates),
        **_numbers(rng, place, inpatient=inpatient),
    )


def _lines(rng: Random, *, person: Person, diagnosis: Diagnosis, day: date, days: int, wish: Wish) -> tuple[Line, ...]:
    if days:
        lines = inpatient_lines(rng, person=person, diagnosis=diagnosis, start=day, days=days, count=wish.count or rng.randint(14, 20))
        lines += costly_lines(rng, start=day, days=days) if wish.costly else ()
    else:
        lines = outpatient_lines(rng, person=person, diagnosis=diagnosis, day=day, count=wish.count or rng.randint(4, 8))
    extra = tuple(Line(item=item(name), quantity=count, charged_on=day, price_fen=item(name).price_fen) for name, count in wish.extra)
    replaced = {line.item.name for line in extra} | set(wish.without)
    return (*(line for line in lines if line.item.name not in replaced), *extra)
