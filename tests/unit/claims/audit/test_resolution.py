"""Which catalogue entry a bill line is: by its code in the nearest place that has it, else by its wording, else none."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from anpei.claims.audit.resolution import places_of, resolve_items
from anpei.engines.db import Database
from anpei.records.catalogues import imports, queries
from anpei.records.catalogues.compiling import source_of
from anpei.rules.model import CatalogueRow
from anpei.rules.snapshots.compiling import compile_snapshot

ON, SINCE = date(2026, 3, 2), date(2020, 1, 1)
HEAD = "code,name,category,fee_category,insurance_class,self_pay_bp,unit,price_fen,covered"
HOSPITAL = {"region": "310115"}


@pytest.mark.parametrize(
    ("region", "places"),
    [
        ("310115", ("310115", "310100", "310000", "CN")),
        ("310000", ("310000", "CN")),
        ("CN", ("CN",)),
        ("", ("CN",)),
    ],
)
def test_the_nearest_place_comes_first(region: str, places: tuple[str, ...]) -> None:
    assert places_of({"region": region}) == places


def test_a_hospital_nobody_knows_lies_in_the_country() -> None:
    assert places_of(None) == ("CN",)


def row(region: str, item: str, insurance_class: str, *, start: date = SINCE) -> CatalogueRow:
    payload = {
        "name": item, "category": "drug", "fee_category": "西药费", "class": insurance_class, "self_pay_bp": 0, "unit": "盒",
        "price_cap_fen": None, "covered": True,
    }  # fmt: skip
    return CatalogueRow(region, item, start, payload)


def line(number: int, code: str, name: str) -> dict[str, Any]:
    return {"line_id": f"p.{number}", "item_code": code, "name": name}


def test_lines_meet_their_entries(database: Database, tmp_path: Path) -> None:
    table = tmp_path / "cn.csv"
    table.write_text(f"{HEAD}\nXJ01,阿莫西林胶囊,drug,西药费,B,1000,盒,1250,yes\n", encoding="utf-8")
    with database.write() as conn:
        imports.import_items(conn, file=table, region="CN", at=datetime(2026, 3, 1, tzinfo=UTC), valid_from=SINCE)
    with database.read() as conn:
        rows = [*queries.snapshot_rows(conn), row("310000", "XJ01", "A"), row("310000", "XJ02", "C", start=date(2026, 4, 1))]
        snapshot = compile_snapshot([], [], source_of(rows), tmp_path / "snapshots", as_of=ON)
        lines = [
            line(1, "xj01", "任意"), line(2, "", "阿莫西林胶囊"), line(3, "XJ99", "阿莫西林胶囊"), line(4, "XJ02", "尚未生效"),
            line(5, "", "没有这种药"),
        ]  # fmt: skip
        facts = {"bills": [{"bill_id": "b", "hospital": "甲医院", "lines": lines}]}
        near = resolve_items(conn, facts=facts, snapshot=snapshot, on=ON, providers={"甲医院": HOSPITAL})
        far = resolve_items(conn, facts=facts, snapshot=snapshot, on=ON, providers={"甲医院": None})
    told = {key: (item["match"], item["region"], item["code"], item["payload"].get("class")) for key, item in near.items()}
    assert told == {
        "b/p.1": ("code", "310000", "XJ01", "A"),
        "b/p.2": ("name", "CN", "XJ01", "B"),
        "b/p.3": ("name", "CN", "XJ01", "B"),
        "b/p.4": ("none", "CN", "", None),
        "b/p.5": ("none", "CN", "", None),
    }
    assert far["b/p.1"]["payload"]["class"] == "B"
    assert near["b/p.1"]["score_bp"] == 10000
