"""Hospitals: which one a printed name means, and that another house is never taken for it."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from anpei.engines.db import Database
from anpei.records.providers import imports, queries
from anpei.records.providers._register import Register
from anpei.records.providers.model import Provider, ProviderMatch
from anpei.records.tables import ImportReport

HEAD = "name,region,grade,ownership,designated"
HOUSES = [
    "临江市第一人民医院",
    "临江市第二人民医院",
    "临江市中医院",
    "临江市妇幼保健院",
    "云溪县人民医院",
    "江苏省盐城市第一人民医院",
    "岭川大学附属医院",
    "岭川大学附属第一医院（东院区）",
    "海州湾区中心医院",
    "临江市第一人民医院",
    "复旦眼耳鼻喉康复医院",
]


@pytest.fixture(scope="module")
def register() -> Register:
    regions = ["339901"] * 9 + ["449901", "310101"]
    return Register(
        [Provider(str(n), name, region, "三级甲等", "public", True) for n, (name, region) in enumerate(zip(HOUSES, regions, strict=True))]
    )


def found(match: ProviderMatch) -> tuple[str, str, int]:
    return (match.provider.name if match.provider else "", match.how, match.score_bp)


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("临江市中医院", ("临江市中医院", "name", 10_000)),
        (" 临江市　中医院 ", ("临江市中医院", "name", 10_000)),
        ("临江市中医院(门诊部)", ("临江市中医院", "name", 9_700)),
        ("浙江省临江市中医院", ("临江市中医院", "prefix", 9_800)),
        ("盐城市第一人民医院", ("江苏省盐城市第一人民医院", "prefix", 9_800)),
        ("岭川大学附属第一医院(东院区)", ("岭川大学附属第一医院（东院区）", "name", 10_000)),
        ("复旦眼耳鼻侯康复医院", ("复旦眼耳鼻喉康复医院", "similar", 9_000)),
    ],
)
def test_a_printed_name_finds_its_house(register: Register, asked: str, expected: tuple[str, str, int]) -> None:
    assert found(register.find(asked)) == expected


@pytest.mark.parametrize(
    "asked",
    [
        "临江市第三人民医院",
        "临江市人民医院",
        "临河市中医院",
        "云溪县妇幼保健院",
        "江苏省盐池市第一人民医院",
        "岭川大学附属第二医院",
        "海州湾区中医院",
        "某某医院",
        "医院",
        "",
        "★",
        "复旦口耳鼻喉康复医院",
    ],
)
def test_another_house_is_no_match(register: Register, asked: str) -> None:
    assert found(register.find(asked)) == ("", "none", 0)


def test_one_name_in_two_regions_needs_the_region(register: Register) -> None:
    assert found(register.find("临江市第一人民医院")) == ("", "none", 0)
    match = register.find("临江市第一人民医院", region="4499")
    assert match.provider is not None
    assert (match.provider.region, match.how) == ("449901", "name")


@pytest.fixture
def import_lines(database: Database, table: Path, at: datetime) -> Callable[..., ImportReport]:
    def run(*lines: str, head: str = HEAD) -> ImportReport:
        table.write_text("\n".join((head, *lines)), encoding="utf-8")
        with database.write() as conn:
            return imports.import_providers(conn, file=table, at=at)

    return run


def test_an_import_is_seen_at_once_and_repeats_harmlessly(database: Database, import_lines: Callable[..., ImportReport]) -> None:
    row = "临江市中医院,339902,三级乙等,public,yes"
    with database.read() as conn:
        assert queries.find_provider(conn, name="临江市中医院") == ProviderMatch(None, "none", 0)
    assert (import_lines(row).added, import_lines(row).unchanged) == (1, 1)
    with database.read() as conn:
        provider = queries.find_provider(conn, name="临江市中医院").provider
    assert provider is not None
    assert (provider.region, provider.grade, provider.ownership, provider.designated) == ("339902", "三级乙等", "public", True)
    assert import_lines("临江市中医院,339902,三甲,公立,否").updated == 1
    with database.read() as conn:
        changed = queries.find_provider(conn, name="临江市中医院").provider
        assert [p.id for p in queries.list_providers(conn, region="33")] == [provider.id]
        assert queries.list_providers(conn, region="44") == []
    assert changed == Provider(provider.id, "临江市中医院", "339902", "三级甲等", "public", False)


def test_bad_and_repeated_rows_are_named(import_lines: Callable[..., ImportReport]) -> None:
    report = import_lines(
        "甲医院,110101,二级,public,yes", "甲 医院,110101,二级,public,yes", "甲医院,120101,,民营,否", "乙医院,110101,四级,public,yes",
        "丙医院,110101,二级,,yes", ",110101,二级,public,maybe",
    )  # fmt: skip
    assert [(error.line, error.column, error.code) for error in report.errors] == [
        (3, "name", "row.duplicate"), (5, "grade", "cell.choice"), (6, "ownership", "cell.missing"), (7, "name", "cell.missing"),
        (7, "designated", "cell.choice"),
    ]  # fmt: skip
    assert (report.added, report.refused) == (2, 4)


def test_the_shipped_hospitals_come_in_whole(database: Database, at: datetime) -> None:
    from anpei.samples.world import catalogue

    path = Path(catalogue.__file__).parents[1] / "data" / "hospitals.csv"
    with database.write() as conn:
        report = imports.import_providers(conn, file=path, at=at)
    assert (report.errors, report.added) == ((), len(path.read_text(encoding="utf-8").splitlines()) - 1)


def test_the_nearest_houses_are_offered_or_none(register: Register) -> None:
    assert next(one.name for one in register.offers("临江第一医院", most=2, least_bp=4_000)) == "临江市第一人民医院"
    assert len(register.offers("临江医院", most=2, least_bp=4_000)) == 2
    assert register.offers("zzz", most=3, least_bp=4_000) == []
