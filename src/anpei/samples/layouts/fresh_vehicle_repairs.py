"""Fresh set: what a repair costs, as the insurer's adjuster confirms it and as the garage lists it."""

from collections.abc import Sequence
from random import Random

from anpei.samples.drawing.formats import capitals, day
from anpei.samples.drawing.marks import seal
from anpei.samples.drawing.sheet import FACE_MONO, FACE_SERIF, Column, Pen, Sheet
from anpei.samples.layouts.fresh_pieces import Cell, Fact, blank, label, sign, strip, title
from anpei.samples.layouts.registry import layout
from anpei.samples.world.documents import Document


def _of(document: Document, section: str) -> list[dict[str, str]]:
    """The rows of a section with their place."""
    rows = [row for row in document.rows if row["section"] == section]
    return [{key: value for key, value in row.items() if key != "section"} for row in rows]


def _table(sheet: Sheet, x: float, y: float, columns: Sequence[Column], rows: Sequence[dict[str, str]], *, height: float) -> float:
    """A ruled table whose first column counts; returns the y below."""
    sheet.grid(x, y, columns, len(rows) + 1, height, weight=1)
    sheet.heading(x, y + (height - 3.4) / 2, columns)
    for index, row in enumerate(rows, start=1):
        top = y + index * height + (height - 3.4) / 2
        sheet.cell(x, top, Column("", "", columns[0].width, "c"), str(index), pen=sheet.value_pen)
        sheet.row(x, top, columns, row)
    return y + (len(rows) + 1) * height


def _confirmed_heads(sheet: Sheet, document: Document, y: float) -> float:
    """Whose car, which car, where it is mended; returns the y below."""
    extra, own = document.extra, sheet.value_pen
    heads = [
        [
            label(24, "被保险人"),
            blank(46, text=extra["owner"], pen=own),
            label(24, "报案号"),
            blank(80, text=extra["report_number"], pen=own),
        ],
        [label(24, "号牌号码"), blank(46, "plate_number", pen=own), label(24, "车架号(VIN)"), blank(80, "vin", pen=own)],
        [label(24, "厂牌型号"), blank(46, "brand_model", pen=own), label(24, "保单号"), blank(80, text=extra["policy_number"], pen=own)],
        [label(24, "出险日期"), blank(46, text=extra["occurred_on"], pen=own), label(24, "承修单位"), blank(80, "repairer_name", pen=own)],
    ]
    for cells in heads:
        y = strip(sheet, 18, y, 8, cells, weight=1)
    return y


def _section(sheet: Sheet, document: Document, y: float, words: tuple[str, str, str, str], section: str) -> float:
    """Parts or labour in a ruled table with their sum; returns the y below."""
    columns = (
        Column("序号", "", 14, "c"),
        Column(words[0], "name", 70),
        Column(words[1], "quantity", 20, "c"),
        Column(words[2], "unit_price", 34, "r"),
        Column(words[3], "amount", 36, "r"),
    )
    y = _table(sheet, 18, y, columns, _of(document, section), height=7.2)
    title_of, key = ("零配件费用小计", "parts_amount") if section == "配件" else ("工时费小计", "labour_amount")
    sum_of = Cell(138, (title_of,), "r", Pen(size=3.3, face=FACE_SERIF, bold=0.4))
    return strip(sheet, 18, y, 7.2, [sum_of, Cell(36, (document.extra[key],), "r", sheet.value_pen)], weight=1)


@layout("repair_estimate", "fresh-a")
def confirmed_by_insurer(document: Document, rng: Random) -> list[Sheet]:
    """The insurer's confirmation of the loss: particulars in cells, parts and labour in two ruled tables, sums in figures and capitals."""
    sheet = Sheet(210, 297, facts=document.facts, rng=rng)
    extra, own = document.extra, Pen(size=3.4, face=FACE_SERIF, date="iso", money="comma")
    sheet.label_pen, sheet.value_pen = Pen(size=3.3, face=FACE_SERIF), own
    title(sheet, 13, extra["insurer"], 5)
    title(sheet, 21, "机动车辆保险损失情况确认书", 6.8)
    y = _confirmed_heads(sheet, document, 33)
    y = _section(sheet, document, y + 4, ("更换零配件名称", "数量", "单价(元)", "金额(元)"), "配件")
    y = _section(sheet, document, y + 3, ("修理项目", "次数", "工时单价", "工时费(元)"), "工时")
    capital = capitals(document.facts["total_amount"])
    y = strip(sheet, 18, y + 3, 10, [label(38, "定损金额合计（大写）"), blank(70, text="人民币" + capital, pen=own), label(26, "（小写）¥"),
                                    Cell(40, (Fact("total_amount", own),), "r")], weight=1)  # fmt: skip
    y = sheet.paragraph(
        18,
        y + 4,
        174,
        "说明：以上更换配件的旧件残值归保险人所有；本确认书金额不含未经确认的隐损项目，超出部分须另行协商。",
        Pen(size=3, face=FACE_SERIF),
    )
    sheet.text(20, y + 5, "保险公司定损员：")
    sign(sheet, 48, y + 9.6, extra["adjuster"], size=5)
    sheet.text(84, y + 5, "修理厂（签章）：")
    sheet.text(146, y + 5, "车主：")
    sheet.value(sheet.text(20, y + 14, "定损日期："), y + 14, "issued_on", own)
    sheet.stamp(seal(document.facts["repairer_name"], "业务专用章", rng=rng, diameter=36, star=True), 92, y - 8)
    return [sheet]


def _garage_heads(sheet: Sheet, document: Document) -> None:
    """The garage, the car and its owner."""
    extra = document.extra
    sheet.value(120.5, 9, "repairer_name", Pen(size=5.6, face=FACE_MONO, dots=True, bold=0.8), anchor="c")
    sheet.text(120.5, 18, "维 修 估 价 单", Pen(size=5, face=FACE_MONO, dots=True, bold=0.6), anchor="c")
    sheet.pair(18, 28, "车牌号:", "plate_number")
    sheet.pair(84, 28, "厂牌车型:", "brand_model")
    sheet.pair(160, 28, "估价日期:", "issued_on")
    sheet.text(18, 35, "车主:" + extra["owner"])
    sheet.text(84, 35, "电话:" + extra["phone"])
    sheet.text(160, 35, "发动机号:" + extra["engine_number"])
    sheet.pair(18, 42, "车架号:", "vin")
    sheet.text(84, 42, "进厂日期:" + day(extra["occurred_on"], "iso"))


@layout("repair_estimate", "fresh-b")
def listed_by_garage(document: Document, rng: Random) -> list[Sheet]:
    """The garage's estimate on continuous paper: needle print in fixed width, no upright lines, parts and labour in one list."""
    rows = [{key: value for key, value in row.items() if key != "section"} for row in document.rows]
    height = max(140.0, 84 + len(rows) * 6.2 + 32)
    sheet = Sheet(241, height, facts=document.facts, rng=rng, paper=(252, 252, 250))
    extra = document.extra
    own = Pen(size=3.6, face=FACE_MONO, dots=True, colour=(40, 42, 60))
    sheet.label_pen, sheet.value_pen = own, own
    for hole in range(int(height // 12.7)):
        for x in (6.0, 235.0):
            sheet.pencil.ellipse(
                [round((x - 2) * 8), round((hole * 12.7 + 4.4) * 8), round((x + 2) * 8), round((hole * 12.7 + 8.4) * 8)],
                fill=(214, 214, 214),
            )
    _garage_heads(sheet, document)
    columns = (
        Column("序号", "", 16, "c"), Column("项目名称", "name", 84), Column("数量", "quantity", 24, "c"),
        Column("单价", "unit_price", 38, "r"),
        Column("金额", "amount", 43, "r"),
    )  # fmt: skip
    sheet.line(18, 49, 223, 49, weight=3)
    sheet.heading(18, 51, columns)
    sheet.line(18, 57, 223, 57, weight=1)
    y = 59.0
    for index, row in enumerate(rows, start=1):
        sheet.cell(18, y, Column("", "", 16, "c"), f"{index:02d}", pen=own)
        sheet.row(18, y, columns, row)
        y += 6.2
    sheet.line(18, y + 0.4, 223, y + 0.4, weight=1)
    sheet.text(20, y + 3, f"材料费:{extra['parts_amount']}  工时费:{extra['labour_amount']}")
    sheet.value(sheet.text(150, y + 3, "估价合计:"), y + 3, "total_amount", own, suffix="元")
    sheet.line(18, y + 9.4, 223, y + 9.4, weight=3)
    sheet.text(18, y + 13, "接车员:" + extra["adjuster"])
    sheet.text(84, y + 13, "客户签字:")
    sheet.text(18, y + 20, "注:此单为估价,实际维修费用以结算单为准。估价单七日内有效。")
    sheet.stamp(seal(document.facts["repairer_name"], "财务专用章", rng=rng, diameter=34), 168, y - 4)
    return [sheet]
