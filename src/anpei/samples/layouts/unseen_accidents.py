"""Unseen papers of an accident: certificates of the police and repair estimates, two forms each."""

from collections.abc import Mapping, Sequence
from random import Random

from anpei.samples.drawing.sheet import FACE_MONO, Column, Pen, Sheet
from anpei.samples.layouts.registry import layout
from anpei.samples.layouts.unseen_forms import flow
from anpei.samples.layouts.unseen_parts import (
    GREY,
    MATRIX,
    RED,
    Cell,
    centred,
    fact,
    ruled,
    seal,
    start,
    watermark,
)
from anpei.samples.world.documents import Document


def _party_cells(document: Document, number: int, row: Mapping[str, str]) -> tuple[tuple[Cell, ...], ...]:
    extra = document.extra
    word = "甲乙"[number - 1]
    return (
        (
            Cell(f"当事人{word}", "", 22, 30, extra=row["party_name"]),
            Cell("驾驶证号", "", 20, 46, extra=extra[f"party{number}_id_number"]),
            Cell("电话", "", 14, 46, extra=extra[f"party{number}_phone"]),
        ),
        (
            Cell("交通方式", "", 22, 30, extra="驾驶" + ("小型轿车" if row.get("plate_number") else "电动自行车")),
            Cell("车牌号", "", 20, 46, extra=row.get("plate_number", "无")), Cell("责任", "", 14, 46, extra=row["liability"]),
        ),
        (
            Cell("保险公司", "", 22, 76, extra=extra[f"party{number}_insurer"]),
            Cell("保单号", "", 14, 66, extra=extra[f"party{number}_insurance_number"]),
        ),
    )  # fmt: skip


@layout("traffic_accident_certificate", "unseen-a")
def quick_certificate(document: Document, rng: Random) -> list[Sheet]:
    """The simplified procedure: a ruled form with a block of cells for each party, liability in a cell."""
    extra = document.extra
    sheet = start(document, rng, (208, 275), label=Pen(size=3.3), value=Pen(size=3.5, date="cn"))
    sheet.value(104, 11, "issuer", Pen(size=4.6), anchor="c")
    centred(sheet, 19, "道路交通事故认定书（简易程序）", Pen(size=5.8, bold=0.6))
    sheet.text(130, 30, "编号：第")
    sheet.text(sheet.value(143, 30, "certificate_number") + 1, 30, "号")
    time = Cell("时刻", "", 14, 32, extra=f"{extra['hour']}时{extra['minute']}分")
    rows: list[tuple[Cell, ...]] = [
        (Cell("事故日期", "occurred_on", 22, 60), time, Cell("天气", "", 14, 36, extra=extra["weather"])),
        (Cell("事故地点", "accident_place", 22, 156),),
    ]
    for number, row in enumerate(document.rows, start=1):
        rows += _party_cells(document, number, row)
        sheet.shown_rows.append(dict(row))
    y = ruled(sheet, 15, 37, rows, height=9.6)
    foot = y + 62
    sheet.box(15, y, 193, foot)
    sheet.text(18, y + 3, "交通事故事实及责任认定：", Pen(size=3.5, bold=0.4))
    y = sheet.paragraph(18, y + 10, 170, extra["story"], Pen(size=3.5), leading=1.8)
    y = sheet.paragraph(18, y + 1, 170, f"依据{extra['ground']}及相关规定，作出如上责任认定。", Pen(size=3.5), leading=1.8)
    sheet.text(18, foot + 4, "当事人签名：")
    sheet.text(18, foot + 26, f"交通警察：{extra['officer']}")
    sheet.pair(126, foot + 26, "制作日期：", "issued_on")
    sheet.text(18, foot + 36, "当事人对认定有异议的，可自送达之日起三日内提出复核申请。", Pen(size=3, colour=GREY))
    seal(sheet, 130, foot + 8, document.facts["issuer"], "事故处理专用章", diameter=42)
    return [sheet]


@layout("traffic_accident_certificate", "unseen-b")
def general_certificate(document: Document, rng: Random) -> list[Sheet]:
    """The general procedure: a letter with heads; parties and their liability in sentences."""
    extra = document.extra
    sheet = start(document, rng, (210, 297), label=Pen(size=4), value=Pen(size=4, date="cn_plain"))
    sheet.value(105, 19, "issuer", Pen(size=6, colour=RED, bold=0.5), anchor="c")
    centred(sheet, 31, "道路交通事故认定书", Pen(size=7, bold=0.7))
    sheet.text(130, 43, "文号：", Pen(size=3.7))
    sheet.value(142, 43, "certificate_number", Pen(size=3.7))
    sheet.text(24, 52, "交通事故时间：")
    sheet.text(sheet.value(53, 52, "occurred_on") + 0.5, 52, f"{extra['hour']}时{extra['minute']}分")
    sheet.pair(24, 60, "交通事故地点：", "accident_place")
    sheet.text(24, 71, "一、当事人基本情况", Pen(size=4.1, bold=0.5))
    y = 79.0
    for number, row in enumerate(document.rows, start=1):
        ride = f"驾驶{row['plate_number']}号小型轿车" if row.get("plate_number") else "驾驶电动自行车"
        particulars = (
            f"{extra[f'party{number}_gender']}，身份证号{extra[f'party{number}_id_number']}，联系电话{extra[f'party{number}_phone']}"
        )
        y = flow(sheet, (24, y), 162, (f"{row['party_name']}，{particulars}，{ride}。",), leading=7.6)
    sheet.text(24, y + 3, "二、交通事故基本事实", Pen(size=4.1, bold=0.5))
    y = flow(sheet, (24, y + 11), 162, (extra["story"],), leading=7.6)
    sheet.text(24, y + 3, "三、责任认定", Pen(size=4.1, bold=0.5))
    words = "；".join(f"{row['party_name']}承担{row['liability']}责任" for row in document.rows).replace("承担无责任", "无责任")
    y = flow(sheet, (24, y + 11), 162, (f"根据{extra['ground']}之规定，认定：{words}。",), leading=7.6)
    sheet.shown_rows.extend(dict(row) for row in document.rows)
    sheet.text(118, y + 12, f"办案民警：{extra['officer']}")
    sheet.value(132, y + 22, "issued_on")
    seal(sheet, 126, y + 4, document.facts["issuer"], "交通事故认定专用章"[2:], diameter=42)
    return [sheet]


PART_COLUMNS = (
    Column("序号", "", 12, "c"),
    Column("项目名称", "name", 70),
    Column("数量", "quantity", 18, "c"),
    Column("单价（元）", "unit_price", 32, "r"),
    Column("小计（元）", "amount", 32, "r"),
    Column("备注", "", 16, "c"),
)


@layout("repair_estimate", "unseen-a")
def loss_confirmation(document: Document, rng: Random) -> list[Sheet]:
    """机动车辆损失情况确认书: cells for the car, one table for parts and one for labour, each with its sum."""
    extra = document.extra
    sheet = start(document, rng, (210, 285), label=Pen(size=3.3), value=Pen(size=3.4))
    watermark(sheet, extra["insurer"][:4], size=9, colour=(242, 242, 246), step=(70, 60))
    centred(sheet, 11, "机动车辆损失情况确认书", Pen(size=5.8, bold=0.6))
    rows = (
        (Cell("车牌号码", "plate_number", 24, 36), Cell("厂牌型号", "brand_model", 24, 96)),
        (Cell("车架号", "vin", 24, 66), Cell("定损日期", "issued_on", 24, 66)),
        (Cell("承修单位", "repairer_name", 24, 66), Cell("报案号", "", 24, 66, extra=extra["report_number"])),
    )
    y = ruled(sheet, 15, 22, rows, height=8.4)
    for head, group, key in (("一、更换配件", "配件", "parts_amount"), ("二、修理工时", "工时", "labour_amount")):
        y = _group(sheet, y + 4, head, [row for row in document.rows if row["section"] == group], extra[key])
    sheet.text(15, y + 5, "定损合计（人民币）：")
    sheet.value(48, y + 4.6, "total_amount", Pen(size=4.2, bold=0.4, money="yen"))
    sheet.text(15, y + 15, f"定损员：{extra['adjuster']}　　修理厂签章：　　　　　　　　被保险人签字：{extra['owner']}")
    seal(sheet, 62, y + 2, document.facts["repairer_name"], "维修业务专用章", diameter=36)
    return [sheet]


def _group(sheet: Sheet, y: float, head: str, rows: Sequence[Mapping[str, str]], total: str) -> float:
    sheet.text(15, y, head, Pen(size=3.6, bold=0.5))
    y += 6
    sheet.grid(15, y, PART_COLUMNS, len(rows) + 1, 7)
    sheet.heading(15, y + 1.6, PART_COLUMNS)
    for index, row in enumerate(rows):
        top = y + 8.6 + index * 7
        sheet.text(21, top, str(index + 1), sheet.value_pen, anchor="c")
        sheet.row(15, top, PART_COLUMNS, row)
    y += (len(rows) + 1) * 7
    sheet.text(178, y + 1.6, f"小计：{total}", Pen(size=3.4), anchor="r")
    return y + 6


QUOTE_COLUMNS = (
    Column("项目", "name", 56),
    Column("单价", "unit_price", 26, "r"),
    Column("数量", "quantity", 16, "r"),
    Column("金额", "amount", 28, "r"),
)


@layout("repair_estimate", "unseen-b")
def garage_quote(document: Document, rng: Random) -> list[Sheet]:
    """A garage's own estimate in needle print: the repairer as the head, price before quantity, all items in one run."""
    pen = Pen(size=3.7, colour=MATRIX.colour, face=FACE_MONO, dots=True)
    sheet = start(document, rng, (150, 195), label=pen, value=pen, paper=(253, 253, 250))
    sheet.value(75, 9, "repairer_name", Pen(size=4.8, colour=MATRIX.colour, dots=True), anchor="c")
    sheet.text(75, 17, "车辆维修估价单", Pen(size=4.4, colour=MATRIX.colour, dots=True), anchor="c")
    for x, y, label, name in (
        *((10, 27, "车号:", "plate_number"), (72, 27, "估价日期:", "issued_on"), (10, 33.6, "车型:", "brand_model")),
        (10, 40.2, "车架号码:", "vin"),
    ):
        sheet.pair(x, y, label, name)
    sheet.text(72, 33.6, f"送修人:{document.extra['owner']}")
    sheet.text(10, 46, "-" * 74, Pen(size=3.4, colour=MATRIX.colour, face=FACE_MONO))
    sheet.heading(10, 50, QUOTE_COLUMNS)
    sheet.text(10, 54.6, "-" * 74, Pen(size=3.4, colour=MATRIX.colour, face=FACE_MONO))
    y = 60.0
    for row in document.rows:
        sheet.row(10, y, QUOTE_COLUMNS, row)
        y += 6.6
    sheet.text(10, y, "-" * 74, Pen(size=3.4, colour=MATRIX.colour, face=FACE_MONO))
    sheet.text(70, y + 5, "估价总额:")
    fact(sheet, 135, y + 5, "total_amount", document.facts["total_amount"], anchor="r")
    sheet.text(10, y + 13, "注:以实际拆检为准,本单有效期七天", Pen(size=3.2, colour=MATRIX.colour, face=FACE_MONO, dots=True))
    seal(sheet, 88, y - 4, document.facts["repairer_name"], "业务专用章", diameter=36)
    return [sheet]
