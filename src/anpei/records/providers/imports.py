"""Import hospitals from CSV or Excel: name, region, grade, ownership, designated."""

from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from anpei.engines.db import Connection
from anpei.kernel.ids import new_id
from anpei.records.providers import operations
from anpei.records.providers.operations import ProviderRow
from anpei.records.tables import Cells, Column, ImportReport, import_table
from anpei.records.tables.operations import one_at_a_time

COLUMNS = (
    Column("name", ("医院名称", "医疗机构名称", "机构名称", "名称")),
    Column("region", ("region_code", "行政区划", "行政区划代码", "地区", "所在地区")),
    Column("grade", ("医院等级", "等级", "级别")),
    Column("ownership", ("所有制", "性质", "机构性质", "公立/民营")),
    Column("designated", ("是否定点", "定点", "医保定点")),
)
OWNERSHIP = {"public": ("公立", "公办", "国有"), "private": ("民营", "私立", "民办", "社会办医")}
_LEVELS = ("一级", "二级", "三级")
_DIGIT = dict(zip(_LEVELS, "123", strict=True))
GRADES = {
    **{level: (digit, f"{digit}级", f"{digit}.0") for level, digit in _DIGIT.items()},
    **{f"{level}{mark}等": (level + mark, level[0] + mark, digit + mark) for level, digit in _DIGIT.items() for mark in "甲乙丙"},
    "三级特等": ("三级特", "三特"),
    "未定级": ("无", "未评级", "无等级", "未评定", "none", "0"),
}


def import_providers(conn: Connection, *, file: Path | BinaryIO, at: datetime) -> ImportReport:
    """Import a file inside the caller's transaction. Raises FileRefused when the file as a whole cannot be read."""
    one_at_a_time(conn, kind="providers")
    import_id = new_id()
    report = import_table(
        file=file,
        columns=COLUMNS,
        parse=_parse,
        store=lambda rows: operations.store_providers(conn, rows=rows, import_id=import_id, at=at),
    )
    if report.added or report.updated:
        operations.stamp_register(conn)
    return report


def _parse(cells: Cells) -> ProviderRow | None:
    name, region = cells.text("name"), cells.text("region", most=40)
    grade = cells.choice("grade", GRADES, default="未定级")
    ownership = cells.choice("ownership", OWNERSHIP)
    designated = cells.yes("designated")
    if grade is None or ownership is None:
        return None
    return ProviderRow(name=name, region=region, grade=grade, ownership=ownership, designated=designated)
