"""Fee lists of the fresh set: day by day on continuous paper, by fee category in a wide ruled table, a short one for out-patients."""

from collections.abc import Mapping, Sequence
from itertools import groupby
from random import Random

from anpei.samples.drawing import formats, marks
from anpei.samples.drawing.sheet import FACE_MONO, Colour, Column, Pen, Sheet
from anpei.samples.layouts.fresh_forms import dashes, fill, paper, parts_of, song, tractor
from anpei.samples.layouts.registry import layout
from anpei.samples.world.documents import Document, yuan

SHADE: Colour = (232, 232, 232)
Row = Mapping[str, str]


def fen(amount: str) -> int:
    """Decimal text in yuan as fen."""
    return int(amount.replace(".", ""))


def numbered(document: Document, page: int, pages: int) -> dict[str, str]:
    """The facts of a document with those of one of its pages."""
    return {**document.facts, "page_no": str(page), "page_count": str(pages)}


@layout("fee_list", "fresh-a", daily=True)
def day_by_day(document: Document, rng: Random) -> list[Sheet]:
    """一日清单 on 241 by 279 mm continuous paper, dot matrix throughout, no ruling but dashes; a date in every line."""
    parts = parts_of(document.rows, 34)
    sheets = []
    for number, part in enumerate(parts, start=1):
        pen = Pen(size=3.3, face=FACE_MONO, dots=True, date="dots", colour=(48, 48, 62))
        sheet = paper((241, 279.4), numbered(document, number, len(parts)), rng, label=pen, value=pen)
        tractor(sheet)
        _daily_head(sheet, document)
        y = _daily_rows(sheet, part)
        sheet.text(20, y + 3, f"本页小计: {yuan(sum(fen(row['amount']) for row in part))}")
        if number == len(parts):
            fill(sheet, 120, y + 3, "费用总额: ", "total_amount")
            sheet.text(20, y + 11, "注: 本清单如有疑问请到住院处或所在病区护士站查询。")
        after = sheet.value(sheet.text(186, y + 3, "第"), y + 3, "page_no")
        sheet.text(sheet.value(sheet.text(after, y + 3, "页/共"), y + 3, "page_count"), y + 3, "页")
        sheets.append(sheet)
    return sheets


def _daily_head(sheet: Sheet, document: Document) -> None:
    """The title and two lines of particulars."""
    large = Pen(size=5.2, dots=True, colour=(48, 48, 62))
    sheet.value(120, 10, "hospital_name", large, anchor="c")
    sheet.text(120, 18, "住院病人费用一日清单" if "admission_number" in document.facts else "门诊病人费用清单", large, anchor="c")
    fill(sheet, 20, 27, "病人姓名:", "patient_name")
    fill(sheet, 66, 27, "性别:", "gender")
    fill(sheet, 90, 27, "病区:", "", text=document.extra["department"])
    if "admission_number" in document.facts:
        fill(sheet, 160, 27, "住院号:", "admission_number")
        fill(sheet, 20, 33, "入院日期:", "admitted_on")
        fill(sheet, 90, 33, "出院日期:", "discharged_on")
    else:
        fill(sheet, 160, 27, "门诊号:", "outpatient_number")
        fill(sheet, 20, 33, "就诊日期:", "visit_on")


def _daily_rows(sheet: Sheet, part: Sequence[Row]) -> float:
    """The table of one page; returns the y below it."""
    columns = [
        Column("日期", "charged_on", 24),
        Column("项目名称", "name", 62),
        Column("规格", "spec", 30),
        Column("单位", "unit", 12, "c"),
        Column("数量", "quantity", 14, "r"),
        Column("单价", "unit_price", 24, "r"),
        Column("金额", "amount", 24, "r"),
        Column("类", "insurance_class", 10, "c"),
    ]
    dashes(sheet, 20, 39, 221, colour=(60, 60, 70))
    sheet.heading(20, 40.6, columns)
    dashes(sheet, 20, 45.6, 221, colour=(60, 60, 70))
    y = 47.4
    for row in part:
        sheet.row(20, y, columns, row)
        y += 6
    dashes(sheet, 20, y, 221, colour=(60, 60, 70))
    return y


@layout("fee_list", "fresh-b")
def by_category(document: Document, rng: Random) -> list[Sheet]:
    """费用汇总清单 on A4 across, Song: ruled, fee categories as lines of their own with subtotals, 甲类 written out, quantities 2.00."""
    ordered = sorted(document.rows, key=lambda row: row["fee_category"])
    lines: list[Row | str] = []
    for category, group in groupby(ordered, key=lambda row: row["fee_category"]):
        members = list(group)
        lines += [f"【{category}】  小计：{yuan(sum(fen(row['amount']) for row in members))} 元", *members]
    parts = [lines[at : at + 22] for at in range(0, len(lines), 22)]
    sheets = []
    for number, part in enumerate(parts, start=1):
        sheet = paper((297, 210), numbered(document, number, len(parts)), rng, label=song(3.4), value=song(3.4))
        _wide_head(sheet, document)
        y = _wide_rows(sheet, part)
        if number == len(parts):
            fill(sheet, 20, y + 3, "费用合计（大写）：", "", text=formats.capitals(document.facts["total_amount"]))
            fill(sheet, 170, y + 3, "（小写）：￥", "total_amount", gap=0)
            sheet.stamp(marks.seal(document.facts["hospital_name"], "住院结算专用章", rng=rng, diameter=32), 222, min(y, 170))
        fill(sheet, 20, 198, "打印人：", "", text="自助机03")
        after = sheet.value(sheet.text(136, 198, "共 "), 198, "page_count")
        after = sheet.value(sheet.text(after, 198, " 页  第 "), 198, "page_no")
        sheet.text(after, 198, " 页")
        sheets.append(sheet)
    return sheets


def _wide_head(sheet: Sheet, document: Document) -> None:
    """The title with the hospital in it and the particulars on one line and a half."""
    stay = "admission_number" in document.facts
    sheet.value(148, 10, "hospital_name", song(5.6, bold=0.3), anchor="c", suffix="住院费用汇总清单" if stay else "门诊费用汇总清单")
    for x, label, fact in ((20, "患者姓名：", "patient_name"), (70, "性别：", "gender")):
        fill(sheet, x, 21, label, fact)
    fill(sheet, 100, 21, "科别：", "", text=document.extra["department"])
    if stay:
        fill(sheet, 160, 21, "住院号：", "admission_number")
        after = fill(sheet, 214, 21, "住院期间：", "admitted_on", gap=0)
        sheet.value(sheet.text(after, 21, "～"), 21, "discharged_on")
    else:
        fill(sheet, 160, 21, "门诊号：", "outpatient_number")
        fill(sheet, 224, 21, "就诊日期：", "visit_on")


def _wide_rows(sheet: Sheet, part: list[Row | str]) -> float:
    """The table of one page; returns the y below it."""
    columns = [
        Column("医保编码", "item_code", 52),
        Column("项目名称", "name", 66),
        Column("规格型号", "spec", 38),
        Column("计价单位", "unit", 18, "c"),
        Column("单价（元）", "unit_price", 24, "r"),
        Column("数量", "", 18, "r"),
        Column("金额（元）", "amount", 26, "r"),
        Column("等级", "", 15, "c"),
    ]
    y, height = 28.0, 7.0
    sheet.box(20, y, 277, y + height, fill=SHADE)
    sheet.grid(20, y, columns, 1, height, weight=1)
    sheet.heading(20, y + 1.9, columns)
    for line in part:
        y += height
        if isinstance(line, str):
            sheet.box(20, y, 277, y + height, weight=1)
            sheet.text(22, y + 1.9, line, song(3.4, bold=0.4))
            continue
        sheet.grid(20, y, columns, 1, height, weight=1)
        sheet.row(20, y + 1.9, columns, line)
        sheet.cell(218, y + 1.9, columns[5], f"{line['quantity']}.00", pen=sheet.value_pen)
        sheet.cell(262, y + 1.9, columns[7], f"{line['insurance_class']}类", pen=sheet.value_pen)
        sheet.shown_rows[-1] |= {"quantity": line["quantity"], "insurance_class": line["insurance_class"]}
    return y + height


@layout("fee_list", "fresh-c")
def slip(document: Document, rng: Random) -> list[Sheet]:
    """A narrow list from a self-service printer: the name of an item on one line, its figures on the next."""
    per_page = 24
    parts = parts_of(document.rows, per_page)
    sheets = []
    for number, part in enumerate(parts, start=1):
        facts = numbered(document, number, len(parts))
        sheet = paper((148, 72 + len(part) * 10), facts, rng, label=Pen(size=3.2), value=Pen(size=3.2, date="slash"))
        _slip_head(sheet, document)
        y = _slip_rows(sheet, part, start=(number - 1) * per_page)
        if number == len(parts):
            fill(sheet, 90, y + 2, "费用合计：", "total_amount", gap=1)
        after = sheet.value(sheet.text(62, y + 9, "- "), y + 9, "page_no")
        sheet.text(sheet.value(sheet.text(after, y + 9, " / "), y + 9, "page_count"), y + 9, " -")
        sheets.append(sheet)
    return sheets


def _slip_head(sheet: Sheet, document: Document) -> None:
    stay = "admission_number" in document.facts
    sheet.value(74, 8, "hospital_name", Pen(size=4.6, bold=0.4), anchor="c")
    sheet.text(74, 15, "费 用 明 细 清 单", Pen(size=4.2), anchor="c")
    fill(sheet, 10, 23, "姓名 ", "patient_name", gap=1)
    fill(sheet, 52, 23, "性别 ", "gender", gap=1)
    fill(sheet, 78, 23, "住院号 " if stay else "门诊号 ", "admission_number" if stay else "outpatient_number", gap=1)
    fill(sheet, 10, 29, "入院 " if stay else "就诊日期 ", "admitted_on" if stay else "visit_on", gap=1)
    if stay:
        fill(sheet, 52, 29, "出院 ", "discharged_on", gap=1)
    fill(sheet, 96, 29, "科室 ", "", text=document.extra["department"], gap=1)


def _slip_rows(sheet: Sheet, part: Sequence[Row], *, start: int) -> float:
    """Two lines for every item; returns the y below them."""
    upper = [Column("", "name", 71), Column("", "spec", 36), Column("", "insurance_class", 14, "r")]
    lower = [Column("", "unit_price", 30, "r"), Column("", "quantity", 24, "r"), Column("", "unit", 14), Column("", "amount", 32, "r")]
    sheet.line(10, 35, 138, 35, weight=3)
    for x, text in ((10, "序号 项目名称"), (89, "规格"), (131, "等级")):
        sheet.text(x, 36.4, text)
    for x, text in ((47, "单价"), (71, "数量"), (80, "单位"), (117, "金额")):
        sheet.text(x, 41.4, text, anchor="r")
    sheet.line(10, 46.4, 138, 46.4, weight=3)
    y = 48.0
    for number, row in enumerate(part, start=start + 1):
        sheet.text(10, y, f"{number}.")
        sheet.row(17, y, upper, row)
        sheet.row(18, y + 4.8, lower, row)
        second = sheet.shown_rows.pop()
        sheet.shown_rows[-1] |= second
        y += 10
    sheet.line(10, y, 138, y, weight=3)
    return y
