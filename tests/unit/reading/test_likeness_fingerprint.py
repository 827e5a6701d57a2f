"""Fingerprints of papers: near for one paper read twice, far for two, silent without the key."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from random import Random

import pytest

from anpei.engines.knowledge import KnowledgeError, parse_text, shipped_rulebook
from anpei.reading.likeness import KeyTooShort, LikenessRules, fingerprint_of, likeness, load_rules
from anpei.reading.model import FieldReading, PageReading, Quality
from anpei.samples import pages
from anpei.samples.layouts import LAYOUTS
from anpei.samples.world.people import make_person
from anpei.samples.world.visits import Wish, make_visit

KEY = b"a key of the test, 32 bytes long"
RULES = load_rules(shipped_rulebook()).paper


def cell(value: str) -> FieldReading:
    return FieldReading(value, value, 0.9, (0, 0, 9, 9), "ocr")


def page(fields: Mapping[str, str], rows: Sequence[Mapping[str, str]] = (), kind: str = "outpatient_receipt") -> PageReading:
    return PageReading(
        file="a.jpg", page=1, kind=kind, kind_confidence=0.9, layout="", quality=Quality(True),
        fields={name: cell(value) for name, value in fields.items()},
        rows=tuple({name: cell(value) for name, value in row.items()} for row in rows),
        width=10, height=10, rotation=0, fingerprint="", image_hash="", seconds=0.0, source="ocr",
    )  # fmt: skip


def sealed(reading: PageReading, key: bytes = KEY) -> str:
    return fingerprint_of(reading=reading, key=key, rules=RULES)


def apart(one: PageReading, other: PageReading) -> int:
    return (int(sealed(one), 16) ^ int(sealed(other), 16)).bit_count()


def visits(seed: int, care: str) -> list[pages.Document]:
    """The receipts of two visits of one person to one hospital, a few days apart."""
    rng = Random(seed)
    layout = LAYOUTS["inpatient_receipt/known-a" if care == "inpatient" else "outpatient_receipt/known-a"]
    person = make_person(rng)
    first = make_visit(rng, person=person, day=pages.date(2026, 3, 1), wish=Wish(care=care))
    second = make_visit(rng, person=person, day=pages.date(2026, 3, 9), wish=Wish(care=care, hospital=first.hospital))
    return [pages.document_of(layout, visit) for visit in (first, second)]


def misread(reading: PageReading, rng: Random, count: int) -> PageReading:
    """The same page with so many values of one other digit each."""
    fields = dict(reading.fields)
    names = [name for name in fields if RULES.weight_of(name, fields[name].value)]
    for name in rng.sample(names, count):
        value = fields[name].value
        place = rng.choice([at for at, char in enumerate(value) if char.isdigit()] or [0])
        fields[name] = cell(value[:place] + str((int(value[place]) + 1) % 10 if value[place].isdigit() else "口") + value[place + 1 :])
    return replace(reading, fields=fields)


@pytest.mark.parametrize("care", ["outpatient", "inpatient"])
def test_two_visits_of_one_person_to_one_hospital_are_far_apart_and_one_paper_misread_stays_near(care: str) -> None:
    once, twice, far = [], [], []
    for seed in range(40):
        first, second = (page(document.facts, document.rows, document.kind) for document in visits(seed, care))
        once.append(apart(first, misread(first, Random(seed), 1)))
        twice.append(apart(first, misread(first, Random(seed), 2)))
        far.append(apart(first, second))
    assert max(once) <= RULES.near_bits
    assert sum(bits <= RULES.near_bits for bits in twice) >= 38
    assert min(far) > RULES.near_bits


def test_the_place_and_label_of_a_value_do_not_matter() -> None:
    one = page({"receipt_number": "0123456789", "issued_on": "2026-03-01", "self_paid": "12.34", "own_expense": "45.67"})
    other = page({"receipt_number": "0123456789", "visit_on": "2026-03-01", "own_expense": "12.34", "self_paid": "45.67"})
    assert apart(one, other) == 0


def test_rows_count_as_often_as_they_stand_there() -> None:
    fields = {"receipt_number": "0123456789", "issued_on": "2026-03-01"}
    once, twice = (page(fields, [{"amount": "8.50"}] * count) for count in (1, 2))
    assert apart(once, twice) > 0


def test_the_estimate_is_the_share_of_what_is_equal() -> None:
    def of(start: int) -> str:
        rows = [{"amount": f"{number}.{number % 100:02d}"} for number in range(start, start + 300)]
        return sealed(page({"issued_on": "2026-03-01"}, rows))

    assert likeness(one=of(1000), other=of(1000)) == 1.0
    assert likeness(one=of(1000), other=of(1100)) == pytest.approx(0.5, abs=0.12)
    assert likeness(one=of(1000), other=of(5000)) < 0.2


def test_one_misread_digit_of_a_long_number_costs_a_third_of_it() -> None:
    fields = {"issued_on": "2026-03-01", "total_amount": "123.45"}
    right = page({"receipt_number": "0123456789"} | fields)
    assert apart(right, page({"receipt_number": "0123456780"} | fields)) < apart(right, page({"receipt_number": "9876543210"} | fields))


def test_under_another_key_nothing_is_near_and_no_value_stands_in_it() -> None:
    reading = page({"receipt_number": "0123456789", "issued_on": "2026-03-01", "total_amount": "123.45"})
    other = sealed(reading, b"another key, just as long as that")
    assert (int(sealed(reading), 16) ^ int(other, 16)).bit_count() > 90
    assert len(other) == 64
    assert "0123456789" not in sealed(reading)


def test_what_is_of_the_person_or_the_form_tells_nothing() -> None:
    shared = {"id_number": "339901199001011234", "card_number": "6299710000000000", "receipt_code": "33060126", "birth_on": "1990-01-01"}
    assert sealed(page(shared)) == ""
    assert sealed(page({"receipt_number": "0123456789", "issued_on": "2026-03-01"}, kind="unknown")) == ""
    assert sealed(page({"receipt_number": "0123456789", "pooled_fund": "0.00"})) == sealed(page({"receipt_number": "0123456789"}))


def test_another_kind_with_the_same_values_is_another_paper() -> None:
    fields = {"receipt_number": "0123456789", "issued_on": "2026-03-01", "total_amount": "123.45"}
    assert apart(page(fields), page(fields, kind="fee_list")) > RULES.near_bits


def test_a_short_key_is_refused() -> None:
    with pytest.raises(KeyTooShort, match="15 bytes"):
        sealed(page({}), b"fifteen bytes..")


def test_a_wrong_pattern_is_named_with_its_line() -> None:
    text = shipped_rulebook().file("likeness.yaml").read_text(encoding="utf-8")
    assert "pattern: '0+\\.00'" in text
    with pytest.raises(KnowledgeError, match=r"likeness\.yaml, line \d+, paper\.forms\.0\.pattern: '\(' is no regular expression"):
        parse_text(text.replace("pattern: '0+\\.00'", "pattern: '('"), LikenessRules, name="likeness.yaml")
