"""Words and details: what they hold comes back exactly, what they cannot hold is refused; rows come back from a compiled catalogue."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anpei.records.catalogues.compiling import compile_rows, row_of
from anpei.records.catalogues.model import CatalogueItem, payload_of
from anpei.records.catalogues.words import CLASSES, MOST_CAP_FEN, OTHER_FORM, Terms, WordInvalid, decode, encode, pack, pack_many, unpack
from anpei.rules.catalogue.model import WORD_MASK, Extent
from anpei.rules.catalogue.opening import Catalogue, open_catalogue
from anpei.rules.columns import ColumnWriter, open_columns
from anpei.rules.model import CatalogueRow

CAPS = st.one_of(st.none(), st.sampled_from([0, 1, MOST_CAP_FEN, MOST_CAP_FEN + 1, MOST_CAP_FEN + 2, 10**15]), st.integers(0, 10**15))
RATIOS = st.one_of(st.sampled_from([0, 1, 9_999, 10_000]), st.integers(0, 10_000))
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
PAYLOADS = st.fixed_dictionaries(
    {
        "name": TEXTS, "category": TEXTS, "fee_category": TEXTS, "class": st.sampled_from(["A", "B", "C", None]), "self_pay_bp": RATIOS,
        "unit": TEXTS, "price_cap_fen": CAPS, "covered": st.booleans(),
    }
)  # fmt: skip


@given(kind=st.sampled_from(CLASSES), covered=st.booleans(), ratio=RATIOS, cap=CAPS)
def test_terms_come_back_from_their_word(kind: str, covered: bool, ratio: int, cap: int | None) -> None:
    word = pack(insurance_class=kind, covered=covered, self_pay_bp=ratio, price_cap_fen=cap)
    wide = cap is not None and cap > MOST_CAP_FEN
    assert 0 <= word <= WORD_MASK
    assert unpack(word) == Terms(kind, covered, ratio, None if wide else cap, wide)
    columns = [np.array([value]) for value in (CLASSES.index(kind), covered, ratio, -1 if cap is None else cap)]
    many = pack_many(insurance_class=columns[0], covered=columns[1], self_pay_bp=columns[2], price_cap_fen=columns[3])
    assert many.tolist() == [word]


@given(payload=PAYLOADS)
def test_payloads_come_back_from_word_and_detail(payload: dict[str, Any]) -> None:
    word, detail = encode(payload)
    assert decode(word, detail) == payload
    assert unpack(word).self_pay_bp == payload["self_pay_bp"]
    assert detail.startswith(b"[")


@pytest.mark.parametrize(
    "payload", [{}, {"class": "A"}, {"name": "x", "more": [1, {"y": None}]}, {"name": None, "covered": 1, "self_pay_bp": True}]
)
def test_a_payload_of_another_form_is_kept_whole(payload: dict[str, Any]) -> None:
    word, detail = encode(payload)
    assert (word, decode(word, detail)) == (OTHER_FORM, payload)
    with pytest.raises(WordInvalid, match="holds no terms"):
        unpack(word)


def test_the_payload_of_an_item_is_of_the_usual_form() -> None:
    item = CatalogueItem("CN", "A1", "阿莫西林胶囊", "drug", "西药费", "A", 500, "盒", 1_250, True, date(2020, 1, 1), None)
    word, detail = encode(payload_of(item))
    assert unpack(word) == Terms("A", True, 500, 1_250)
    assert detail.decode() == '["阿莫西林胶囊","drug","西药费","盒"]'


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"insurance_class": "D"}, "the class 'D' is none of"),
        ({"self_pay_bp": -1}, "the self-paid ratio -1 is not between 0 and 10000"),
        ({"self_pay_bp": 10_001}, "the self-paid ratio 10001"),
        ({"price_cap_fen": -1}, "the price cap -1 fen is below zero"),
    ],
)
def test_terms_that_cannot_be_are_refused(wrong: Mapping[str, Any], message: str) -> None:
    right = {"insurance_class": "A", "covered": True, "self_pay_bp": 0, "price_cap_fen": None}
    with pytest.raises(WordInvalid, match=message):
        pack(**{**right, **wrong})


@pytest.mark.parametrize(
    ("place", "value", "message"), [(0, 4, "row 1 has a class"), (2, 10_001, "row 1 has a self-paid"), (3, -2, "row 1 has a price cap")]
)
def test_columns_that_cannot_be_name_their_first_row(place: int, value: int, message: str) -> None:
    columns = [np.zeros(3, dtype=np.int64) for _ in range(4)]
    columns[place][1] = value
    with pytest.raises(WordInvalid, match=message):
        pack_many(insurance_class=columns[0], covered=columns[1], self_pay_bp=columns[2], price_cap_fen=columns[3])


@pytest.mark.parametrize(
    ("word", "detail"), [(0, b""), (0, b"[1]"), (0, b"7"), (OTHER_FORM, b'["a","b","c","d"]'), (1 << 48, b'["a","b","c","d"]')]
)
def test_a_word_and_a_foreign_detail_are_refused(word: int, detail: bytes) -> None:
    with pytest.raises(WordInvalid):
        decode(word, detail)


def payload(name: str, **more: Any) -> dict[str, Any]:
    usual = {
        "name": name,
        "category": "drug",
        "fee_category": "西药费",
        "class": "A",
        "self_pay_bp": 0,
        "unit": "盒",
        "price_cap_fen": 99,
        "covered": True,
    }
    return usual | more


ROWS = [
    CatalogueRow("11", "A1", date(2020, 1, 1), payload("一"), date(2024, 1, 1)),
    CatalogueRow("11", "A1", date(2024, 1, 1), payload("一", **{"class": "B", "self_pay_bp": 1_000}), None),
    CatalogueRow("11", "B1", date(2020, 1, 1), payload("二", price_cap_fen=10**12), None),
    CatalogueRow("33", "A1", date(2020, 1, 1), payload("一", unit="片"), None),
    CatalogueRow("33", "B1", date(2020, 1, 1), payload("二", price_cap_fen=10**12), None),
    CatalogueRow("33", "C1", date(2020, 1, 1), {"other": "form"}, None),
]


def compiled(folder: Path, rows: list[CatalogueRow]) -> tuple[Catalogue, Extent]:
    with ColumnWriter(folder) as writer:
        extent = compile_rows(writer, lambda: rows)
        entries = writer.close()
    return open_catalogue(open_columns(folder, entries)), extent


def test_rows_come_back_from_a_compiled_catalogue(tmp_path: Path) -> None:
    catalogue, extent = compiled(tmp_path, ROWS)
    for row in ROWS:
        found = catalogue.entry(region=row.region, item=row.item, on=row.valid_from)
        assert found is not None
        assert row_of(found) == row
    assert (extent.entries, extent.own_details, extent.layers) == (6, 1, 2)
    assert catalogue.entry(region="11", item="C1", on=date(2020, 1, 1)) is None


def test_rows_of_many_chunks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("anpei.records.catalogues.compiling.CHUNK", 2)
    catalogue, _ = compiled(tmp_path, ROWS)
    assert [row_of(entry).payload["unit"] for entry in catalogue.entries(region="33", item="A1")] == ["片"]
    assert len(catalogue) == len(ROWS)
