"""The invented hospitals, billing items and diagnoses, read from ``samples/data``. Money in fen, rates in basis points."""

import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from anpei.kernel import errors


class UnknownEntry(errors.NotFound):
    """A name is not in the sample data."""

    code = "samples.unknown_entry"


@dataclass(frozen=True, slots=True)
class Hospital:
    """An invented hospital. ``grade`` as printed (三级甲等), ``ownership`` public or private."""

    name: str
    region_code: str
    grade: str
    ownership: str
    designated: bool
    province: str

    @property
    def eligible(self) -> bool:
        """Public and of grade 二级 or above: what both sample products ask for."""
        return self.ownership == "public" and self.grade[:2] in {"二级", "三级"}


@dataclass(frozen=True, slots=True)
class Item:
    """A drug, service or material as it stands on bills; limits are those the sample rules know."""

    code: str
    name: str
    category: str
    fee_category: str
    insurance_class: str
    self_pay_bp: int
    unit: str
    price_fen: int
    sex_only: str
    age_min: int | None
    age_max: int | None
    max_per_day: int
    excludes_code: str
    covered: bool
    spec: str
    care: str

    @property
    def class_label(self) -> str:
        """甲, 乙 or 丙 as bills print it."""
        return {"A": "甲", "B": "乙", "C": "丙"}[self.insurance_class]


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """A diagnosis with its code; ``care`` says where it is usually treated, ``complaint`` what patients say (主诉)."""

    code: str
    name: str
    department: str
    sex: str
    care: str
    complaint: str


def _rows(name: str) -> list[dict[str, str]]:
    text = (files("anpei.samples") / "data" / name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


@cache
def hospitals() -> tuple[Hospital, ...]:
    """All invented hospitals in file order."""
    return tuple(Hospital(**{**row, "designated": row["designated"] == "yes"}) for row in _rows("hospitals.csv"))  # type: ignore[arg-type]


@cache
def items() -> tuple[Item, ...]:
    """All items in file order."""
    return tuple(
        Item(
            code=row["code"],
            name=row["name"],
            category=row["category"],
            fee_category=row["fee_category"],
            insurance_class=row["insurance_class"],
            self_pay_bp=int(row["self_pay_bp"]),
            unit=row["unit"],
            price_fen=int(row["price_fen"]),
            sex_only=row["sex_only"],
            age_min=int(row["age_min"]) if row["age_min"] else None,
            age_max=int(row["age_max"]) if row["age_max"] else None,
            max_per_day=int(row["max_per_day"]),
            excludes_code=row["excludes_code"],
            covered=row["covered"] == "yes",
            spec=row["spec"],
            care=row["care"],
        )
        for row in _rows("items.csv")
    )


@cache
def diagnoses() -> tuple[Diagnosis, ...]:
    """All diagnoses in file order."""
    return tuple(Diagnosis(**row) for row in _rows("diagnoses.csv"))


def item(name: str) -> Item:
    """The item of this name. Raises UnknownEntry."""
    for entry in items():
        if entry.name == name:
            return entry
    raise UnknownEntry(f"no item named {name} in samples/data/items.csv: add it there or correct the name")


def hospital(name: str) -> Hospital:
    """The hospital of this name. Raises UnknownEntry."""
    for entry in hospitals():
        if entry.name == name:
            return entry
    raise UnknownEntry(f"no hospital named {name} in samples/data/hospitals.csv: add it there or correct the name")
