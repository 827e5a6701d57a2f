"""Catalogue items: periods, imports, which item a bill line means, and the rows for a rules snapshot."""

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from anpei.engines.db import Database
from anpei.records.catalogues import imports, queries
from anpei.records.catalogues._search import ItemSearch, core_name
from anpei.records.catalogues.compiling import compile_rows, row_of
from anpei.records.catalogues.model import CatalogueItem, ItemMatch
from anpei.records.tables import ImportReport
from anpei.rules.catalogue.opening import open_catalogue
from anpei.rules.columns import ColumnWriter, open_columns

DAY = date(2026, 3, 2)
HEAD = "code,name,category,fee_category,insurance_class,self_pay_bp,unit,price_fen,covered"
ROW = "XJ01,阿莫西林胶囊,drug,西药费,A,0,盒,1250,yes"


def item(code: str, name: str, insurance_class: str = "A", **more: object) -> CatalogueItem:
    given: dict[str, object] = {
        "region": "CN",
        "category": "drug",
        "fee_category": "西药费",
        "self_pay_bp": 0,
        "unit": "盒",
        "price_cap_fen": None,
        "covered": True,
        "valid_from": date(2000, 1, 1),
        "valid_to": None,
    }
    return CatalogueItem(code=code, name=name, insurance_class=insurance_class, **{**given, **more})  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def search() -> ItemSearch:
    return ItemSearch(
        [
            item("A1", "阿莫西林胶囊"),
            item("A2", "氧氟沙星氯化钠注射液"),
            item("A3", "维生素B12注射液"),
            item("A4", "维生素B6注射液"),
            item("A5", "0.9%氯化钠注射液"),
            item("B1", "血清总胆红素测定", "B"),
            item("B2", "血清直接胆红素测定", "B"),
            item("C1", "医用冷敷贴", "C"),
            item("C2", "医用冷敷贴", "C"),
            item("D1", "葡萄糖注射液", "A"),
            item("D2", "葡萄糖注射液", "B"),
            item("E1", "心电图检查（床旁）", "B"),
            item("F1", "旧名药片", valid_to=date(2026, 1, 1)),
            item("G1", "注射用头孢曲松钠舒巴坦", "B"),
            item("H1", "CT平扫"),
        ]
    )


@pytest.mark.parametrize(
    ("asked", "code", "how", "score"),
    [
        ("阿莫西林胶囊", "A1", "name", 10_000), ("★阿莫西林胶囊", "A1", "name", 10_000), ("阿莫西林胶囊(国产)", "A1", "name", 9_800),
        ("阿莫西林胶囊 0.25g*24粒", "A1", "name", 9_800), ("ＣＴ平扫", "H1", "name", 10_000), ("维生素B12注射液", "A3", "name", 10_000),
        ("0.9%氯化钠注射液 250ml", "A5", "name", 9_800), ("医用冷敷贴", "C1", "name", 10_000),
        ("心电图检查（床旁）(自费)", "E1", "name", 9_800),
        ("注射用头抱曲松钠舒巴坦", "G1", "similar", 9_090), ("甲类 阿莫西林胶囊【某某制药】", "A1", "name", 9_800),
        ("心电图检查（床旁） 5ml", "E1", "name", 9_800), ("阿莫西林胶", "A1", "similar", 9_090), ("阿莫莫西林胶囊", "A1", "similar", 9_230),
        ("阿西莫林胶囊", "A1", "similar", 8_333), ("阿莫西胶囊", "A1", "similar", 9_090), ("注用头孢曲松钠舒巴但", "G1", "similar", 8_571),
    ],
)  # fmt: skip
def test_a_line_finds_its_item(search: ItemSearch, asked: str, code: str, how: str, score: int) -> None:
    assert search.find(asked, on=DAY) == ItemMatch(code, how, score)


@pytest.mark.parametrize(
    "asked",
    [
        "左氧氟沙星氯化钠注射液",
        "维生素B1注射液",
        "血清间接胆红素测定",
        "葡萄糖注射液",
        "旧名药片",
        "10%氯化钠注射液",
        "药",
        "",
        "★",
        "空调费",
        "注射用头孢哌酮钠",
        "心电图检查",
        "心电图检查（十二导联）",
        "阿莫西林氨胶囊",
        "阿莫西林胶囊剂片",
        "注射用头孢哌酮钠舒巴坦",
        "氯化钠注射液",
    ],
)
def test_another_item_or_an_unclear_one_is_no_match(search: ItemSearch, asked: str) -> None:
    assert search.find(asked, on=DAY) is None


def test_an_item_is_found_while_it_holds(search: ItemSearch) -> None:
    assert search.find("旧名药片", on=date(2025, 12, 31)) == ItemMatch("F1", "name", 10_000)


@pytest.mark.parametrize(
    ("name", "core"),
    [("★阿莫西林胶囊[甲] 0.25g*24粒", "阿莫西林胶囊"), ("维生素B12片", "维生素b12片"), ("(集采)盐酸二甲双胍片", "盐酸二甲双胍片")],
)
def test_the_core_of_a_name(name: str, core: str) -> None:
    assert core_name(name) == core


Import = Callable[..., ImportReport]


@pytest.fixture
def import_lines(database: Database, table: Path, at: datetime) -> Import:
    def run(*lines: str, head: str = HEAD, region: str = "CN", **more: date) -> ImportReport:
        table.write_text("\n".join((head, *lines)), encoding="utf-8")
        with database.write() as conn:
            return imports.import_items(conn, file=table, region=region, at=at, **more)

    return run


def test_an_import_is_seen_at_once_and_repeats_harmlessly(database: Database, import_lines: Import) -> None:
    assert (import_lines(ROW).added, import_lines(ROW).unchanged) == (1, 1)
    with database.read() as conn:
        held = queries.get_item(conn, region="CN", code="xj01", on=DAY)
        assert queries.match_item(conn, region="CN", code="XJ01", name="别的名称", on=DAY) == ItemMatch("XJ01", "code", 10_000)
        assert queries.match_item(conn, region="CN", code=None, name="阿莫西林胶囊", on=DAY) == ItemMatch("XJ01", "name", 10_000)
        assert queries.match_item(conn, region="CN", code="none", name="阿莫西林胶囊", on=DAY) == ItemMatch("XJ01", "name", 10_000)
        assert queries.match_item(conn, region="33", code="XJ01", name="阿莫西林胶囊", on=DAY) is None
    assert held == item("XJ01", "阿莫西林胶囊", price_cap_fen=1_250)
    assert import_lines(ROW.replace(",A,", ",B,")).updated == 1
    with database.read() as conn:
        changed = queries.get_item(conn, region="CN", code="XJ01", on=DAY)
    assert changed is not None
    assert changed.insurance_class == "B"


def test_a_new_name_is_found_after_the_next_import(database: Database, import_lines: Import) -> None:
    import_lines(ROW)
    with database.read() as conn:
        assert queries.match_item(conn, region="CN", code="", name="布洛芬片", on=DAY) is None
    import_lines(ROW, "XM01,布洛芬片,drug,西药费,乙类,1000,盒,,是")
    with database.read() as conn:
        assert queries.match_item(conn, region="CN", code="", name="布洛芬片", on=DAY) == ItemMatch("XM01", "name", 10_000)


def test_a_later_start_ends_the_period_before(database: Database, import_lines: Import) -> None:
    import_lines(ROW)
    later = import_lines(ROW.replace(",A,0,", ",B,1000,"), valid_from=date(2026, 7, 1))
    again = import_lines(ROW.replace(",A,0,", ",B,1000,"), valid_from=date(2026, 7, 1))
    assert (later.added, later.errors, again.unchanged) == (1, (), 1)
    with database.read() as conn:
        rows = list(queries.snapshot_rows(conn))
        on = [queries.get_item(conn, region="CN", code="XJ01", on=day) for day in (date(2026, 6, 30), date(2026, 7, 1))]
    assert [(row.region, row.item, row.valid_from, row.valid_to, row.payload["class"]) for row in rows] == [
        ("CN", "XJ01", date(2000, 1, 1), date(2026, 7, 1), "A"), ("CN", "XJ01", date(2026, 7, 1), None, "B"),
    ]  # fmt: skip
    assert [found.self_pay_bp for found in on if found] == [0, 1_000]


def test_the_first_period_again_does_not_undo_the_second(database: Database, import_lines: Import) -> None:
    import_lines(ROW)
    import_lines(ROW, valid_from=date(2026, 7, 1))
    assert (import_lines(ROW).unchanged, import_lines(ROW).errors) == (1, ())
    with database.read() as conn:
        assert [row.valid_to for row in queries.snapshot_rows(conn)] == [date(2026, 7, 1), None]


def test_bad_rows_overlaps_and_repeats_are_named(import_lines: Import) -> None:
    head = f"{HEAD},valid_from,valid_to"
    import_lines(f"{ROW},2026-01-01,", head=head)
    report = import_lines(
        f"{ROW},2025-06-01,2026-02-01", f"{ROW},2025-01-01,2026-01-01", f"{ROW},2025-01-01,2025-12-01", f"{ROW},2026-05-01,2026-04-01",
        "XM01,,drug,西药费,D,20000,盒,-5,maybe,,", head=head,
    )  # fmt: skip
    assert [(error.line, error.column, error.code) for error in report.errors] == [
        (2, "valid_from", "catalogue.overlap"),
        (4, "code", "row.duplicate"),
        (5, "valid_to", "catalogue.period"),
        (6, "name", "cell.missing"),
        (6, "insurance_class", "cell.choice"),
        (6, "self_pay_bp", "cell.whole"),
        (6, "price_fen", "cell.whole"),
        (6, "covered", "cell.choice"),
    ]
    assert (report.added, report.refused) == (1, 4)


def test_snapshot_rows_carry_everything_about_an_item(database: Database, import_lines: Import) -> None:
    import_lines("xm01,布洛芬片,drug,西药费,,1000,盒,,no", ROW)
    with database.read() as conn:
        (first, second) = queries.snapshot_rows(conn, region="CN")
        assert list(queries.snapshot_rows(conn, region="33")) == []
    assert (first.item, first.payload) == (
        "XJ01",
        {
            "name": "阿莫西林胶囊",
            "category": "drug",
            "fee_category": "西药费",
            "class": "A",
            "self_pay_bp": 0,
            "unit": "盒",
            "price_cap_fen": 1_250,
            "covered": True,
        },
    )
    assert (second.item, second.payload["class"], second.payload["covered"], second.payload["price_cap_fen"]) == ("XM01", None, False, None)


def test_the_rows_of_the_database_compile_and_come_back(database: Database, import_lines: Import, tmp_path: Path) -> None:
    codes = ["A-2", "A1", "A_1", "B.10", "B1", "a3", "自编-1", "Ａ9"]
    import_lines(*(ROW.replace("XJ01", code) for code in codes))
    import_lines(ROW.replace("XJ01", "A1").replace(",A,0,", ",B,1000,"), valid_from=date(2026, 7, 1))
    import_lines(ROW.replace("XJ01", "A1").replace("盒", "瓶"), region="33")
    with database.read() as conn, ColumnWriter(tmp_path) as writer:
        rows = list(queries.snapshot_rows(conn))
        extent = compile_rows(writer, lambda: queries.snapshot_rows(conn))
        catalogue = open_catalogue(open_columns(tmp_path, writer.close()))
    assert [row.item for row in rows] == sorted((row.item for row in rows if row.region == "33"), key=str.encode) + sorted(
        (row.item for row in rows if row.region == "CN"), key=str.encode
    )
    entries = [catalogue.entry(region=row.region, item=row.item, on=row.valid_from) for row in rows]
    assert [row_of(entry) for entry in entries if entry is not None] == rows
    assert (extent.entries, extent.own_details, len(rows)) == (10, 1, 10)


def test_an_import_over_several_chunks(database: Database, import_lines: Import) -> None:
    rows = [f"X{n:05d},药品{n},drug,西药费,A,0,盒,,yes" for n in range(1_234)]
    assert import_lines(*rows, rows[0]).added == 1_234
    again = import_lines(*rows)
    assert (again.unchanged, again.errors) == (1_234, ())
    with database.read() as conn:
        assert conn.execute(text("SELECT count(*) FROM catalogue_items")).scalar_one() == 1_234


def test_the_shipped_items_come_in_whole_and_match_their_own_names(database: Database, at: datetime) -> None:
    from anpei.samples.world import catalogue

    path = Path(catalogue.__file__).parents[1] / "data" / "items.csv"
    with database.write() as conn:
        report = imports.import_items(conn, file=path, region="CN", at=at)
    with database.read() as conn:
        rows = list(queries.snapshot_rows(conn))
        missed = [
            row.item
            for row in rows
            if (match := queries.match_item(conn, region="CN", code="", name=row.payload["name"], on=DAY)) is None
            or match.score_bp < 10_000
        ]
    assert (report.errors, report.added, missed) == ((), len(rows), [])
    assert len(rows) > 50
