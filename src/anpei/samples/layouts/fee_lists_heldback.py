"""Fee lists held back from development: grouped by fee category with subtotals, and a wide list on turned paper."""

from collections.abc import Mapping
from itertools import groupby
from random import Random

from anpei.samples.drawing.sheet import FACE_MONO, Column, Pen, Sheet
from anpei.samples.layouts.fee_lists_known import Row, cut
from anpei.samples.layouts.parts import Pair, pairs, title
from anpei.samples.layouts.registry import layout
from anpei.samples.world.catalogue import items
from anpei.samples.world.documents import Document, yuan


def _category(code: str) -> str:
    return next((entry.fee_category for entry in items() if entry.code == code), "其他费")


def _head(sheet: Sheet, y: float, step: float) -> None:
    inpatient = "admission_number" in sheet.facts
    first: list[Pair] = [(12, "患者姓名：", "patient_name")]
    first.append((70, "病案号：", "admission_number") if inpatient else (70, "就诊号：", "outpatient_number"))
    rows = [first]
    if inpatient:
        rows.append([(12, "入院时间：", "admitted_on"), (70, "出院时间：", "discharged_on")])
    pairs(sheet, y, step, rows)


def _cut_by_height(document: Document, room: float) -> list[tuple[Mapping[str, str], list[Row]]]:
    """Facts with page numbers and rows, page by page; a category's name and subtotal take two more lines."""
    pages: list[list[Row]] = [[]]
    left, before = room, ""
    for row in sorted(document.rows, key=lambda row: _category(row["item_code"])):
        category = _category(row["item_code"])
        need = 6.4 + (13.2 if category != before else 0)
        if need > left:
            pages.append([])
            left, need = room, 19.6
        pages[-1].append(row)
        left, before = left - need, category
    return [({**document.facts, "page_no": str(number), "page_count": str(len(pages))}, rows) for number, rows in enumerate(pages, start=1)]


@layout("fee_list", "heldback-a")
def grouped_with_subtotals(document: Document, rng: Random) -> list[Sheet]:
    """汇总清单: items under the name of their fee category, a subtotal after each; amounts with thousands separators."""
    columns = [
        Column("医保类别", "insurance_class", 20, "c"),
        Column("收费项目名称", "name", 66),
        Column("单位", "unit", 16, "c"),
        Column("单价", "unit_price", 26, "r"),
        Column("数量", "quantity", 20, "r"),
        Column("金额", "amount", 32, "r"),
    ]
    sheets = []
    for facts, rows in _cut_by_height(document, 228):
        sheet = Sheet(210, 297, facts=facts, rng=rng)
        sheet.label_pen = Pen(size=3.5)
        sheet.value_pen = Pen(size=3.4, date="cn", money="comma")
        title(sheet, 12, "住院病人费用汇总清单" if "admission_number" in facts else "门诊病人费用汇总清单", Pen(size=5.4, bold=0.7))
        _head(sheet, 24, 6.6)
        sheet.pair(128, 24, "医院：", "hospital_name")
        x = sheet.pair(128, 30.6, "第 ", "page_no")
        x = sheet.pair(x, 30.6, " 页，共 ", "page_count")
        sheet.text(x, 30.6, " 页")
        sheet.line(12, 38, 196, 38, weight=3)
        sheet.heading(12, 40, columns)
        sheet.line(12, 46, 196, 46)
        y = 48.0
        for category, group in groupby(rows, key=lambda row: _category(row["item_code"])):
            members = list(group)
            sheet.text(14, y, f"【{category}】", Pen(size=3.4, bold=0.6))
            for row in members:
                y += 6.4
                sheet.row(12, y, columns, row)
            y += 6.4
            subtotal = sum(int(row["amount"].replace(".", "")) for row in members)
            sheet.text(194, y, f"小计：{yuan(subtotal)}", Pen(size=3.3), anchor="r")
            y += 6.8
        sheet.line(12, y, 196, y, weight=3)
        if facts["page_no"] == facts["page_count"]:
            sheet.pair(120, y + 3, "费用总计（元）：", "total_amount")
        sheets.append(sheet)
    return sheets


@layout("fee_list", "heldback-b", daily=True)
def wide_list(document: Document, rng: Random) -> list[Sheet]:
    """A list on turned A4 paper with national codes, day and class; numbers left of the names."""
    columns = [
        Column("序", "", 9, "c"),
        Column("费用日期", "charged_on", 26, "c"),
        Column("国家编码", "item_code", 54),
        Column("项目名称", "name", 62),
        Column("规格型号", "spec", 30),
        Column("数量", "quantity", 16, "c"),
        Column("单位", "unit", 14, "c"),
        Column("单价(元)", "unit_price", 26, "r"),
        Column("金额(元)", "amount", 28, "r"),
        Column("等级", "insurance_class", 12, "c"),
    ]
    sheets = []
    for facts, rows in cut(document, 19):
        sheet = Sheet(297, 210, facts=facts, rng=rng)
        sheet.label_pen = Pen(size=3.5)
        sheet.value_pen = Pen(size=3.5, face=FACE_MONO, date="slash")
        sheet.value(148, 8, "hospital_name", Pen(size=5.4, bold=0.7), anchor="c")
        title(sheet, 17, "费用明细清单", Pen(size=4.8), rules=1)
        _head(sheet, 29, 6.4)
        x = sheet.pair(250, 29, "页码 ", "page_no")
        sheet.pair(x, 29, " / ", "page_count")
        sheet.grid(10, 44, columns, len(rows) + 1, 7, colour=(140, 140, 140), weight=1)
        sheet.heading(10, 45.8, columns)
        for index, row in enumerate(rows):
            y = 52.8 + index * 7
            sheet.cell(10, y, columns[0], str(index + 1), pen=sheet.value_pen)
            sheet.row(10, y, columns, row)
        below = 48 + (len(rows) + 1) * 7
        if facts["page_no"] == facts["page_count"]:
            sheet.pair(14, below, "总计金额 ", "total_amount")
        sheets.append(sheet)
    return sheets
