"""Other names of items: dated imports, and their place in the order of matching."""

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import pytest

from anpei.engines.db import Database
from anpei.records.catalogues import imports, queries
from anpei.records.catalogues.model import ItemMatch
from anpei.records.tables import ImportReport

ITEMS = """code,name,insurance_class
XJ01,阿莫西林胶囊,A
XM02,布洛芬缓释胶囊,B
XM03,芬必得胶囊,C
"""
HEAD = "别名,国标代码,生效日期,失效日期"
DAY = date(2026, 3, 2)
Import = Callable[..., ImportReport]


@pytest.fixture
def import_aliases(database: Database, table: Path, at: datetime) -> Import:
    def run(*lines: str, region: str = "CN") -> ImportReport:
        table.write_text("\n".join((HEAD, *lines)), encoding="utf-8")
        with database.write() as conn:
            return imports.import_aliases(conn, file=table, region=region, at=at)

    with database.write() as conn:
        table.write_text(ITEMS, encoding="utf-8")
        assert imports.import_items(conn, file=table, region="CN", at=at).added == 3
    return run


def match(database: Database, name: str, *, on: date = DAY, region: str = "CN", code: str = "") -> ItemMatch | None:
    with database.read() as conn:
        return queries.match_item(conn, region=region, code=code, name=name, on=on)


def test_another_name_means_its_item_while_it_holds(database: Database, import_aliases: Import) -> None:
    report = import_aliases("芬必得,xm02,2025-01-01,2027-01-01", "再林,XJ01,,")
    assert (report.added, report.errors) == (2, ())
    assert match(database, "芬必得") == ItemMatch("XM02", "alias", 10_000)
    assert match(database, "★芬必得[乙] 0.3g*20粒") == ItemMatch("XM02", "alias", 9_800)
    assert match(database, "再林") == ItemMatch("XJ01", "alias", 10_000)
    assert [match(database, "芬必得", on=day) for day in (date(2024, 12, 31), date(2027, 1, 1))] == [None, None]
    assert match(database, "芬必得", region="33") is None


def test_code_then_name_then_other_name_then_similar(database: Database, import_aliases: Import) -> None:
    import_aliases("芬必得胶囊,XM02,,", "布洛芬缓释胶襄,XJ01,,")
    assert match(database, "芬必得胶囊", code="XJ01") == ItemMatch("XJ01", "code", 10_000)
    assert match(database, "芬必得胶囊") == ItemMatch("XM03", "name", 10_000)
    assert match(database, "布洛芬缓释胶襄") == ItemMatch("XJ01", "alias", 10_000)
    assert match(database, "布洛芬缓释胺囊") == ItemMatch("XM02", "similar", 8_571)


def test_a_name_of_an_item_that_does_not_hold_finds_nothing(database: Database, import_aliases: Import) -> None:
    assert import_aliases("某药,XZ99,,").added == 1
    assert match(database, "某药") is None


def test_a_later_start_means_another_item_from_then_on(database: Database, import_aliases: Import) -> None:
    import_aliases("再林,XJ01,2020-01-01,")
    assert import_aliases("再 林,XM02,2026-01-01,").added == 1
    assert import_aliases("再 林,XM02,2026-01-01,").unchanged == 1
    found = [match(database, "再林", on=day) for day in (date(2025, 12, 31), date(2026, 1, 1))]
    assert found == [ItemMatch("XJ01", "alias", 10_000), ItemMatch("XM02", "alias", 10_000)]


def test_rows_that_cannot_be_are_named(import_aliases: Import) -> None:
    report = import_aliases(
        "再林,XJ01,2020-01-01,2021-01-01", "再林,XM02,2020-06-01,", "再-林,XJ01,2020-01-01,", ",XJ01,,", "★,XJ01,,", "药,,,",
        "药,XJ01,2021-01-01,2020-01-01", f"{'㍱' * 80},XJ01,,",
    )  # fmt: skip
    assert [(error.line, error.column, error.code) for error in report.errors] == [
        (3, "valid_from", "catalogue.overlap"), (4, "alias", "row.duplicate"), (5, "alias", "cell.missing"), (6, "alias", "cell.missing"),
        (7, "code", "cell.missing"), (8, "valid_to", "catalogue.period"), (9, "alias", "cell.too_long"),
    ]  # fmt: skip
    assert (report.added, report.refused) == (1, 7)
