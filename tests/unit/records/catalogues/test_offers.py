"""Names that nothing is found for: the nearest are offered to a person, those in force only; items of one kind by the signs of a code."""

from datetime import date, datetime
from pathlib import Path

import pytest

from anpei.engines.db import Database
from anpei.records.catalogues import imports, queries

ITEMS = """code,name,insurance_class,valid_from,valid_to
XJ01CAA040A,阿莫西林胶囊,A,2020-01-01,
XJ01CAA040B,阿莫西林分散片,C,2020-01-01,
XJ01CAA041A,氨苄西林胶囊,A,2020-01-01,
XJ01CAA040C,阿莫西林颗粒,B,2020-01-01,2025-01-01
"""
DAY = date(2026, 3, 2)


@pytest.fixture
def catalogue(database: Database, table: Path, at: datetime) -> Database:
    """A database with four items, one of them of the past."""
    table.write_text(ITEMS, encoding="utf-8")
    with database.write() as conn:
        assert imports.import_items(conn, file=table, region="CN", at=at).added == 4
    return database


def offered(database: Database, name: str, *, on: date = DAY, region: str = "CN", most: int = 3) -> list[str]:
    with database.read() as conn:
        return [item.name for item in queries.offer_items(conn, region=region, name=name, on=on, most=most)]


def test_the_nearest_names_in_force_are_offered_best_first(catalogue: Database) -> None:
    assert offered(catalogue, "阿莫西林") == ["阿莫西林胶囊", "阿莫西林分散片", "氨苄西林胶囊"]
    assert offered(catalogue, "阿莫西林颗", on=date(2024, 3, 2))[0] == "阿莫西林颗粒"
    assert offered(catalogue, "阿莫西林", most=1) == ["阿莫西林胶囊"]


def test_nothing_is_offered_where_nothing_is_like_it(catalogue: Database) -> None:
    assert offered(catalogue, "zzz") == []
    assert offered(catalogue, "") == []
    assert offered(catalogue, "阿莫西林", region="33") == []


def test_items_of_one_kind_have_codes_that_begin_alike(catalogue: Database) -> None:
    def alike(signs: int, code: str = "XJ01CAA040B") -> list[str]:
        with catalogue.read() as conn:
            return [item.code for item in queries.list_alike(conn, region="CN", code=code, signs=signs, on=DAY)]

    assert alike(10) == ["XJ01CAA040A"]
    assert alike(7) == ["XJ01CAA040A", "XJ01CAA041A"]
    assert alike(10, code="XJ01") == []
