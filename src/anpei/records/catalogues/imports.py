"""Import catalogue items and their other names (别名) from CSV or Excel; the columns are in ``COLUMNS`` and ``ALIAS_COLUMNS``."""

from datetime import date, datetime
from pathlib import Path
from typing import BinaryIO

from anpei.engines.db import Connection
from anpei.kernel.ids import new_id
from anpei.records.catalogues import operations
from anpei.records.catalogues.model import CatalogueAlias, CatalogueItem
from anpei.records.names import plain_name
from anpei.records.tables import Cells, Column, ImportReport, import_table
from anpei.records.tables.operations import one_at_a_time

EARLIEST = date(2000, 1, 1)
"""The start of items that a file gives without one."""
COLUMNS = (
    Column("code", ("项目编码", "国家编码", "编码", "药品代码", "国标代码")),
    Column("name", ("项目名称", "名称", "药品名称", "通用名")),
    Column("category", ("目录类别", "类别"), needed=False),
    Column("fee_category", ("费用类别", "费用项目"), needed=False),
    Column("insurance_class", ("医保等级", "甲乙类", "目录等级", "收费项目等级")),
    Column("self_pay_bp", ("先行自付比例（基点）",), needed=False),
    Column("unit", ("单位", "计价单位"), needed=False),
    Column("price_fen", ("price_cap_fen", "限价（分）"), needed=False),
    Column("covered", ("是否保障", "保障范围内"), needed=False),
    Column("valid_from", ("生效日期", "开始日期"), needed=False),
    Column("valid_to", ("失效日期", "结束日期"), needed=False),
)
ALIAS_COLUMNS = (
    Column("alias", ("别名", "商品名", "医院名称", "院内名称", "俗称")),
    Column("code", ("项目编码", "国家编码", "编码", "药品代码", "国标代码")),
    Column("valid_from", ("生效日期", "开始日期"), needed=False),
    Column("valid_to", ("失效日期", "结束日期"), needed=False),
)
CLASSES = {"A": ("a", "甲", "甲类"), "B": ("b", "乙", "乙类"), "C": ("c", "丙", "丙类", "自费", "全自费")}


def import_items(conn: Connection, *, file: Path | BinaryIO, region: str, at: datetime, valid_from: date = EARLIEST) -> ImportReport:
    """Import a file as the catalogue of a region, inside the caller's transaction. ``valid_from`` holds for rows that state none.

    A later start of a code ends its open period before it. ``valid_to`` is the first day on which the item no longer holds.
    Raises FileRefused when the file as a whole cannot be read.
    """
    one_at_a_time(conn, kind="catalogues")
    import_id = new_id()
    report = import_table(
        file=file,
        columns=COLUMNS,
        parse=lambda cells: _parse(cells, region=region, valid_from=valid_from),
        store=lambda rows: operations.store_items(conn, rows=rows, import_id=import_id, at=at),
    )
    if report.added or report.updated:
        operations.stamp_region(conn, region=region)
    return report


def import_aliases(conn: Connection, *, file: Path | BinaryIO, region: str, at: datetime, valid_from: date = EARLIEST) -> ImportReport:
    """Import a file of other names of items of a region, inside the caller's transaction; dates as in ``import_items``.

    A name means one item on a day; a later start ends its open period before. An item that the catalogue does not have (yet) may
    be named: the name then finds nothing. Raises FileRefused when the file as a whole cannot be read.
    """
    one_at_a_time(conn, kind="catalogues")
    import_id = new_id()
    return import_table(
        file=file,
        columns=ALIAS_COLUMNS,
        parse=lambda cells: _parse_alias(cells, region=region, valid_from=valid_from),
        store=lambda rows: operations.store_aliases(conn, rows=rows, import_id=import_id, at=at),
    )


def _parse_alias(cells: Cells, *, region: str, valid_from: date) -> CatalogueAlias | None:
    alias, code = cells.text("alias"), cells.text("code", most=60)
    plain = plain_name(alias)
    if alias and not plain:
        cells.wrong("alias", "cell.missing")
    starts, ends = _period(cells, valid_from)
    return CatalogueAlias(region=region, plain=plain, alias=alias, code=code.upper(), valid_from=starts, valid_to=ends)


def _period(cells: Cells, valid_from: date) -> tuple[date, date | None]:
    starts = cells.day("valid_from", needed=False) or valid_from
    ends = cells.day("valid_to", needed=False)
    if ends is not None and ends <= starts:
        cells.wrong("valid_to", "catalogue.period")
    return starts, ends


def _parse(cells: Cells, *, region: str, valid_from: date) -> CatalogueItem | None:
    code, name = cells.text("code", most=60), cells.text("name")
    starts, ends = _period(cells, valid_from)
    return CatalogueItem(
        region=region,
        code=code.upper(),
        name=name,
        category=cells.text("category", most=40, needed=False),
        fee_category=cells.text("fee_category", most=40, needed=False),
        insurance_class=cells.choice("insurance_class", CLASSES, default="") or "",
        self_pay_bp=cells.whole("self_pay_bp", least=0, most=10_000, default=0) or 0,
        unit=cells.text("unit", most=40, needed=False),
        price_cap_fen=cells.whole("price_fen", least=0, most=10**15),
        covered=cells.yes("covered", default=True),
        valid_from=starts,
        valid_to=ends,
    )
