"""Fee lists (费用清单) for development: a ruled list with codes, a daily list, a plain list without rules. One or two pages."""

from collections.abc import Mapping, Sequence
from random import Random

from anpei.samples.drawing.sheet import FACE_MONO, Column, Pen, Sheet
from anpei.samples.layouts.parts import Pair, pairs, title
from anpei.samples.layouts.registry import layout
from anpei.samples.world.documents import Document

Row = Mapping[str, str]


def cut(document: Document, per_page: int) -> list[tuple[Mapping[str, str], Sequence[Row]]]:
    """The document's facts (with page numbers) and rows, page by page."""
    count = max(-(-len(document.rows) // per_page), 1)
    return [
        ({**document.facts, "page_no": str(index + 1), "page_count": str(count)}, document.rows[index * per_page : (index + 1) * per_page])
        for index in range(count)
    ]


def _number(sheet: Sheet, x: float, y: float) -> None:
    """住院号 or 门诊号, whichever the visit has."""
    inpatient = "admission_number" in sheet.facts
    sheet.pair(x, y, "住院号：" if inpatient else "门诊号：", "admission_number" if inpatient else "outpatient_number")


@layout("fee_list", "known-a")
def ruled_with_codes(document: Document, rng: Random) -> list[Sheet]:
    """A ruled A4 list with item codes and classes; the stay in the head, page numbers in the foot."""
    sheets = []
    columns = [
        Column("项目编码", "item_code", 47),
        Column("项目名称", "name", 46),
        Column("规格", "spec", 22),
        Column("单位", "unit", 11, "c"),
        Column("数量", "quantity", 12, "r"),
        Column("单价", "unit_price", 19, "r"),
        Column("金额", "amount", 20, "r"),
        Column("类别", "insurance_class", 11, "c"),
    ]
    for facts, rows in cut(document, 26):
        sheet = Sheet(210, 297, facts=facts, rng=rng)
        sheet.label_pen = Pen(size=3.4)
        sheet.value_pen = Pen(size=3.3)
        sheet.value(105, 12, "hospital_name", Pen(size=6, bold=0.8), anchor="c")
        title(sheet, 22, "住院费用清单" if "admission_number" in facts else "门诊费用清单", Pen(size=5.2, bold=0.6))
        sheet.pair(12, 34, "姓名：", "patient_name")
        _number(sheet, 60, 34)
        sheet.text(120, 34, f"科室：{document.extra['department']}")
        if "admitted_on" in facts:
            sheet.pair(12, 41, "入院日期：", "admitted_on")
            sheet.pair(60, 41, "出院日期：", "discharged_on")
        sheet.grid(11, 48, columns, len(rows) + 1, 7.6)
        sheet.heading(11, 49.6, columns)
        for index, row in enumerate(rows):
            sheet.row(11, 57.2 + index * 7.6, columns, row)
        below = 52 + (len(rows) + 1) * 7.6
        if facts["page_no"] == facts["page_count"]:
            sheet.pair(150, below, "合计：", "total_amount", suffix=" 元")
        x = sheet.pair(88, 282, "第", "page_no", gap=1)
        x = sheet.pair(x + 1, 282, "页 / 共", "page_count", gap=1)
        sheet.text(x + 1, 282, "页")
        sheets.append(sheet)
    return sheets


@layout("fee_list", "known-b", daily=True)
def daily_list(document: Document, rng: Random) -> list[Sheet]:
    """A list with the day each item was charged, thin print, only horizontal rules."""
    sheets = []
    columns = [
        Column("日期", "charged_on", 26, "c"),
        Column("费用名称", "name", 58),
        Column("规格", "spec", 26),
        Column("单价", "unit_price", 22, "r"),
        Column("数量", "quantity", 16, "r"),
        Column("单位", "unit", 14, "c"),
        Column("金额(元)", "amount", 24, "r"),
    ]
    for facts, rows in cut(document, 24):
        sheet = Sheet(210, 297, facts=facts, rng=rng)
        sheet.label_pen = Pen(size=3.5)
        sheet.value_pen = Pen(size=3.5, face=FACE_MONO)
        title(sheet, 14, f"{facts['hospital_name']}病人费用明细清单", Pen(size=5.6, bold=0.7))
        sheet.shown["hospital_name"] = facts["hospital_name"]
        sheet.pair(14, 28, "病人姓名：", "patient_name")
        _number(sheet, 80, 28)
        sheet.text(146, 28, f"病区：{document.extra['department']}")
        if "admitted_on" in facts:
            sheet.pair(14, 35, "住院日期：", "admitted_on")
            sheet.pair(70, 35, "至 ", "discharged_on")
        sheet.line(12, 42, 198, 42, weight=3)
        sheet.heading(12, 43.5, columns)
        sheet.line(12, 50, 198, 50)
        for index, row in enumerate(rows):
            sheet.row(12, 51.8 + index * 8.6, columns, row)
            sheet.line(12, 58.4 + index * 8.6, 198, 58.4 + index * 8.6, colour=(190, 190, 190), weight=1)
        below = 54 + len(rows) * 8.6
        sheet.line(12, below - 2, 198, below - 2, weight=3)
        if facts["page_no"] == facts["page_count"]:
            sheet.pair(140, below, "费用合计：", "total_amount", pen=Pen(size=3.8, face=FACE_MONO, bold=0.6))
        x = sheet.pair(168, 20, "第", "page_no")
        x = sheet.pair(x, 20, "页/共", "page_count")
        sheet.text(x, 20, "页")
        sheets.append(sheet)
    return sheets


@layout("fee_list", "known-c")
def printer_list(document: Document, rng: Random) -> list[Sheet]:
    """Continuous paper from a dot-matrix printer, no rules, class before the name."""
    sheets = []
    ink = (40, 40, 52)
    pen = Pen(size=3.6, dots=True, face=FACE_MONO, colour=ink)
    columns = [
        Column("医保", "insurance_class", 14, "c"),
        Column("项目名称", "name", 66),
        Column("规格", "spec", 26),
        Column("数量", "quantity", 16, "r"),
        Column("单位", "unit", 14, "c"),
        Column("单价", "unit_price", 24, "r"),
        Column("金额", "amount", 26, "r"),
    ]
    for facts, rows in cut(document, 22):
        sheet = Sheet(216, 279, facts=facts, rng=rng, paper=(250, 250, 246))
        sheet.label_pen = sheet.value_pen = pen
        sheet.value(108, 14, "hospital_name", Pen(size=5.4, dots=True, colour=ink), anchor="c")
        title(sheet, 23, "费 用 清 单", Pen(size=5, dots=True, colour=ink))
        head: list[list[Pair]] = [[(14, "姓名:", "patient_name")]]
        pairs(sheet, 34, 6, head)
        _number(sheet, 64, 34)
        x = sheet.pair(150, 34, "页码:", "page_no")
        sheet.pair(x, 34, "/", "page_count")
        if "admitted_on" in facts:
            sheet.pair(14, 41, "入院:", "admitted_on")
            sheet.pair(64, 41, "出院:", "discharged_on")
        sheet.text(14, 47, "-" * 84, pen)
        sheet.heading(14, 52, columns, pen)
        for index, row in enumerate(rows):
            sheet.row(14, 60 + index * 8.2, columns, row)
        below = 60 + len(rows) * 8.2
        sheet.text(14, below, "-" * 84, pen)
        if facts["page_no"] == facts["page_count"]:
            sheet.pair(140, below + 6, "总金额:", "total_amount")
        sheets.append(sheet)
    return sheets
