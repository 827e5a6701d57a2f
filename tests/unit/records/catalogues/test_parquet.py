"""A catalogue from Parquet tables: the same entries as from rows, and what is refused names file, column or item."""

from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from anpei.kernel.errors import AnpeiError
from anpei.records.catalogues.compiling import row_of
from anpei.records.catalogues.parquet import ENTRY_COLUMNS, ITEM_COLUMNS, TableRefused, compile_tables
from anpei.records.catalogues.words import WordInvalid
from anpei.rules.catalogue.model import CatalogueInvalid, Extent
from anpei.rules.catalogue.opening import Catalogue, open_catalogue
from anpei.rules.columns import ColumnWriter, open_columns

Row = dict[str, Any]
ITEMS: list[Row] = [
    {"item": "A1", "name": "阿莫西林胶囊", "category": "drug", "fee_category": "西药费", "unit": "盒"},
    {"item": "B22", "name": "血常规", "category": None, "fee_category": None, "unit": None},
    {"item": "自编", "name": "院内项目", "category": "", "fee_category": "", "unit": "次"},
]
START, LATER = date(2020, 1, 1), date(2025, 1, 1)


def entry(region: str, item: str, **more: Any) -> Row:
    usual = {
        "region": region, "item": item, "valid_from": START, "valid_to": None, "insurance_class": "A", "self_pay_bp": 0,
        "price_cap_fen": None, "covered": True,
    }  # fmt: skip
    return usual | more


ENTRIES = [
    entry("110000", "A1", valid_to=LATER),
    entry("110000", "A1", valid_from=LATER, insurance_class="B", self_pay_bp=1_000, price_cap_fen=1_250),
    entry("110000", "自编", insurance_class=None, covered=False),
    entry("330000", "A1", price_cap_fen=10**12),
    entry("330000", "B22", insurance_class="C", self_pay_bp=10_000),
]
Compile = Callable[..., tuple[Catalogue, Extent]]


@pytest.fixture
def compile_them(tmp_path: Path) -> Compile:
    def run(
        entries: list[Row] = ENTRIES, *, items: list[Row] = ITEMS, types: Mapping[str, Any] = ENTRY_COLUMNS
    ) -> tuple[Catalogue, Extent]:
        pq.write_table(pa.Table.from_pylist(items, schema=pa.schema(list(ITEM_COLUMNS.items()))), tmp_path / "items.parquet")
        pq.write_table(pa.Table.from_pylist(entries, schema=pa.schema(list(types.items()))), tmp_path / "entries.parquet")
        with ColumnWriter(tmp_path) as writer:
            extent = compile_tables(writer, items=tmp_path / "items.parquet", entries=tmp_path / "entries.parquet")
            return open_catalogue(open_columns(tmp_path, writer.close())), extent

    return run


@pytest.mark.parametrize("batch", [1, 2, 1_000])
def test_entries_come_back(compile_them: Compile, monkeypatch: pytest.MonkeyPatch, batch: int) -> None:
    monkeypatch.setattr("anpei.records.catalogues.parquet.BATCH", batch)
    catalogue, extent = compile_them()
    assert (extent.entries, extent.regions, extent.items, extent.own_details) == (5, 2, 3, 1)
    texts = {row["item"]: {name: row[name] or "" for name in ("name", "category", "fee_category", "unit")} for row in ITEMS}
    for row in ENTRIES:
        found = catalogue.entry(region=row["region"], item=row["item"], on=row["valid_from"])
        assert found is not None
        said = row_of(found)
        terms = {
            "class": row["insurance_class"],
            "self_pay_bp": row["self_pay_bp"],
            "price_cap_fen": row["price_cap_fen"],
            "covered": row["covered"],
        }
        assert (said.valid_from, said.valid_to, said.payload) == (row["valid_from"], row["valid_to"], texts[row["item"]] | terms)
    assert catalogue.entry(region="330000", item="自编", on=START) is None


def test_other_types_of_the_same_meaning_are_taken(compile_them: Compile) -> None:
    types = {**ENTRY_COLUMNS, "region": pa.dictionary(pa.int8(), pa.string()), "self_pay_bp": pa.int64(), "item": pa.large_string()}
    assert compile_them(types=types)[1].entries == 5


@pytest.mark.parametrize(
    ("rows", "error", "message"),
    [
        ([entry("1", "X9")], CatalogueInvalid, "entries.parquet names the item 'X9', which is not in the table of items"),
        ([entry("1", "A1" * 20)], CatalogueInvalid, "names the item 'A1A1"),
        ([entry("1", "A1", insurance_class="D")], WordInvalid, "row 0 has a class"),
        ([entry("1", "A1", self_pay_bp=10_001)], WordInvalid, "row 0 has a self-paid ratio"),
        ([entry("1", "A1", price_cap_fen=-5)], WordInvalid, "row 0 has a price cap below zero"),
        ([entry("1", "A1", valid_from=date(1969, 1, 1))], CatalogueInvalid, "days that cannot be stored"),
        ([entry("1", "A1", valid_to=date(2149, 6, 6))], CatalogueInvalid, "days that cannot be stored"),
        ([entry("2", "A1"), entry("1", "A1")], CatalogueInvalid, "region number 0 comes after a later one"),
        ([entry("1", "A1"), entry("1", "A1", valid_from=LATER)], CatalogueInvalid, "begins before the period before it has ended"),
        ([entry("1", "A1", self_pay_bp=None)], TableRefused, "the column self_pay_bp of entries.parquet has 1 empty cells"),
    ],
)
def test_rows_that_cannot_be_are_refused(compile_them: Compile, rows: list[Row], error: type[AnpeiError], message: str) -> None:
    with pytest.raises(error, match=message):
        compile_them(rows)


def test_files_that_cannot_be_read_are_named(compile_them: Compile, tmp_path: Path) -> None:
    with pytest.raises(TableRefused, match=r"entries.parquet has no column covered"):
        compile_them(types={name: kind for name, kind in ENTRY_COLUMNS.items() if name != "covered"})
    with pytest.raises(TableRefused, match=r"the column valid_from of entries.parquet is not of type date32"):
        compile_them([entry("1", "A1", valid_from=True)], types={**ENTRY_COLUMNS, "valid_from": pa.bool_()})
    with pytest.raises(CatalogueInvalid, match="the code A1 of catalogue_item stands after A1"):
        compile_them(items=[ITEMS[0], ITEMS[0]])
    (tmp_path / "broken.parquet").write_bytes(b"PAR1 but not really")
    with ColumnWriter(tmp_path) as writer, pytest.raises(TableRefused, match=r"broken.parquet cannot be read as Parquet"):
        compile_tables(writer, items=tmp_path / "broken.parquet", entries=tmp_path / "entries.parquet")
