"""Accident certificates and repair estimates for development."""

from collections.abc import Mapping
from random import Random

from anpei.samples.drawing import marks
from anpei.samples.drawing.formats import capitals, day
from anpei.samples.drawing.sheet import FACE_MONO, Column, Pen, Sheet
from anpei.samples.layouts.parts import title
from anpei.samples.layouts.registry import layout
from anpei.samples.world.documents import Document


def _said(row: Mapping[str, str]) -> str:
    """How a certificate words one party's liability."""
    return f"{row['party_name']}无责任" if row["liability"] == "无" else f"{row['party_name']}负{row['liability']}责任"


def _party_rows(sheet: Sheet, document: Document) -> None:
    """The truth of the parties, for forms that print it outside a table."""
    sheet.shown_rows += [dict(row) for row in document.rows]


@layout("traffic_accident_certificate", "known-a")
def simple_procedure(document: Document, rng: Random) -> list[Sheet]:
    """道路交通事故认定书（简易程序）: a ruled form with a block for each party."""
    sheet = Sheet(210, 297, facts=document.facts, rng=rng)
    extra, issued = document.extra, Pen(size=3.9, date="cn_plain")
    sheet.label_pen, sheet.value_pen = Pen(size=3.8, colour=(50, 50, 54)), Pen(size=3.9)
    sheet.value(105, 14, "issuer", Pen(size=5.4, bold=0.6), anchor="c")
    sheet.text(105, 24, "道路交通事故认定书（简易程序）", Pen(size=6.4, bold=0.9), anchor="c")
    sheet.text(sheet.value(sheet.text(140, 36, "第 "), 36, "certificate_number"), 36, " 号")
    sheet.box(16, 44, 194, 276)
    _cells(sheet, 44, 10, ("事故时间", "", 26, 62), ("天气", extra["weather"], 18, 72))
    day_end = sheet.value(44, 47, "occurred_on", issued)
    sheet.text(day_end, 47, f"{extra['hour']}时{extra['minute']}分", sheet.value_pen)
    _cells(sheet, 54, 10, ("事故地点", "", 26, 152))
    sheet.value(44, 57, "accident_place")
    for index, row in enumerate(document.rows):
        top, number = 64 + index * 40, index + 1
        _cells(sheet, top, 10, ("当事人", row["party_name"], 26, 62), ("联系电话", extra[f"party{number}_phone"], 26, 64))
        _cells(
            sheet, top + 10, 10, ("身份证号", extra[f"party{number}_id_number"], 26, 62), ("准驾车型", _class(row, extra, number), 26, 64)
        )
        kind = extra["second_vehicle"] if index else extra["party1_vehicle_type"]
        _cells(sheet, top + 20, 10, ("交通方式", kind, 26, 62), ("车辆号牌", row.get("plate_number", "无"), 26, 64))
        _cells(sheet, top + 30, 10, ("保险公司", extra[f"party{number}_insurer"], 26, 152))
    sheet.text(18, 148, "道路交通事故基本事实：")
    bottom = sheet.paragraph(22, 156, 166, "    " + extra["story"], Pen(size=3.9), leading=1.6)
    sheet.line(16, 196, 194, 196)
    sheet.text(18, 199, "责任认定及依据：")
    said = "，".join(_said(row) for row in document.rows)
    sheet.paragraph(22, max(bottom, 207), 166, f"    根据{extra['ground']}的规定，{said}。", Pen(size=3.9), leading=1.6)
    sheet.line(16, 238, 194, 238)
    sheet.text(18, 243, "当事人签名：")
    sheet.text(112, 243, f"交通警察：{extra['officer']}")
    sheet.value(128, 262, "issued_on", issued)
    _party_rows(sheet, document)
    seal = marks.seal(document.facts["issuer"], "事故处理专用章", rng=rng, diameter=40)
    sheet.stamp(seal, 136, 236)
    return [sheet]


def _class(row: Mapping[str, str], extra: Mapping[str, str], number: int) -> str:
    return extra[f"party{number}_class"] if "plate_number" in row else "无"


def _cells(sheet: Sheet, top: float, height: float, *cells: tuple[str, str, float, float]) -> None:
    """A ruled row of label and value cells: (label, value, width of the label's cell, width of the value's cell)."""
    x = 16.0
    sheet.line(16, top + height, 194, top + height)
    for label, value, first, second in cells:
        sheet.text(x + 2, top + 3, label)
        sheet.line(x + first, top, x + first, top + height)
        if value:
            sheet.text(x + first + 2, top + 3, value, sheet.value_pen)
        x += first + second
        sheet.line(x, top, x, top + height)


@layout("traffic_accident_certificate", "known-b")
def general_procedure(document: Document, rng: Random) -> list[Sheet]:
    """道路交通事故认定书 of the general procedure: numbered paragraphs of running text."""
    sheet = Sheet(210, 297, facts=document.facts, rng=rng)
    extra, text = document.extra, Pen(size=4.1)
    sheet.label_pen = sheet.value_pen = Pen(size=4.1, date="cn")
    sheet.value(105, 18, "issuer", Pen(size=6.0, bold=0.8), anchor="c")
    sheet.text(105, 29, "道路交通事故认定书", Pen(size=7.0, bold=1.0, spacing=5), anchor="c")
    sheet.text(sheet.value(sheet.text(122, 42, "公交认字["), 42, "certificate_number"), 42, "]号")
    x = sheet.value(sheet.text(20, 54, "交通事故发生时间："), 54, "occurred_on")
    sheet.text(x, 54, f"{extra['hour']}时{extra['minute']}分")
    sheet.text(140, 54, f"天气：{extra['weather']}")
    sheet.pair(20, 63, "交通事故地点：", "accident_place")
    sheet.text(20, 74, "当事人、车辆、道路和交通环境等基本情况：", Pen(size=4.1, bold=0.6))
    y = 83.0
    for index, row in enumerate(document.rows):
        number = index + 1
        told = f"{row['party_name']}，{extra[f'party{number}_gender']}，身份证号码{extra[f'party{number}_id_number']}，"
        car = f"驾驶{row['plate_number']}号小型轿车" if "plate_number" in row else "骑电动自行车"
        told += f"住{extra[f'party{number}_address']}，联系电话{extra[f'party{number}_phone']}，{car}。"
        y = sheet.paragraph(20, y, 168, f"    {number}、{told}", text)
    sheet.text(20, y + 4, "道路交通事故发生经过：", Pen(size=4.1, bold=0.6))
    y = sheet.paragraph(20, y + 13, 168, "    " + extra["story"], text)
    sheet.text(20, y + 4, "道路交通事故形成原因及当事人责任：", Pen(size=4.1, bold=0.6))
    parts = "；".join(f"当事人{_said(row)}" for row in document.rows)
    sheet.paragraph(20, y + 13, 168, f"    依据{extra['ground']}，确定{parts}。", text)
    sheet.text(130, 240, f"交通警察：{extra['officer']}")
    sheet.value(138, 256, "issued_on")
    _party_rows(sheet, document)
    seal = marks.seal(document.facts["issuer"], "事故认定专用章", rng=rng, diameter=42)
    sheet.stamp(seal, 140, 232)
    return [sheet]


@layout("repair_estimate", "known-a")
def estimate_ruled(document: Document, rng: Random) -> list[Sheet]:
    """机动车辆保险损失确认书 with parts and labour in one ruled table."""
    sheet = Sheet(210, 297, facts=document.facts, rng=rng)
    extra, facts = document.extra, document.facts
    sheet.label_pen, sheet.value_pen = Pen(size=3.6), Pen(size=3.6)
    title(sheet, 14, extra["insurer"], Pen(size=5.0, bold=0.5))
    title(sheet, 22, "机动车辆保险车辆损失情况确认书", Pen(size=6.2, bold=0.9), rules=1)
    sheet.text(18, 38, f"报案号：{extra['report_number']}")
    sheet.text(112, 38, f"保单号：{extra['policy_number']}")
    sheet.text(18, 45, f"被保险人：{extra['owner']}")
    sheet.pair(112, 45, "号牌号码：", "plate_number")
    sheet.pair(18, 52, "厂牌型号：", "brand_model")
    sheet.pair(112, 52, "车架号（VIN）：", "vin")
    sheet.text(18, 59, f"出险时间：{day(extra['occurred_on'], 'iso')}")
    sheet.pair(112, 59, "承修单位：", "repairer_name")
    columns = [
        Column("序号", "", 14, "c"),
        Column("更换配件 / 维修项目名称", "name", 70),
        Column("数量", "quantity", 22, "c"),
        Column("单价（元）", "unit_price", 34, "r"),
        Column("金额（元）", "amount", 34, "r"),
    ]
    count = len(document.rows)
    sheet.grid(18, 67, columns, count + 1, 7.4)
    sheet.heading(18, 69, columns)
    for index, row in enumerate(document.rows):
        y = 76.4 + index * 7.4
        sheet.text(25, y, str(index + 1), anchor="c")
        sheet.row(18, y, columns, row)
    y = 67 + (count + 1) * 7.4
    sheet.box(18, y, 192, y + 8)
    sheet.text(21, y + 2.2, f"合计人民币（大写）：{capitals(facts['total_amount'])}")
    sheet.pair(142, y + 2.2, "（小写）￥", "total_amount")
    sheet.text(18, y + 16, f"配件费小计：{extra['parts_amount']}    工时费小计：{extra['labour_amount']}    残值：0.00")
    sheet.text(18, y + 26, f"定损员：{extra['adjuster']}")
    sheet.pair(112, y + 26, "定损日期：", "issued_on")
    sheet.text(18, y + 36, "被保险人（签字）：")
    sheet.text(112, y + 36, "修理厂（盖章）：")
    sheet.stamp(marks.seal(extra["insurer"], "定损专用章", rng=rng, diameter=38), 140, y + 12)
    return [sheet]


@layout("repair_estimate", "known-b")
def estimate_of_garage(document: Document, rng: Random) -> list[Sheet]:
    """A garage's own 维修估价单: fixed-width print, labels in two columns, parts and labour under headings of their own."""
    sheet = Sheet(210, 297, facts=document.facts, rng=rng, paper=(252, 252, 248))
    extra = document.extra
    sheet.label_pen, sheet.value_pen = Pen(size=3.7), Pen(size=3.7, face=FACE_MONO, money="comma")
    sheet.value(105, 12, "repairer_name", Pen(size=5.8, bold=0.8), anchor="c")
    sheet.text(105, 22, "车辆维修估价单", Pen(size=5.4, bold=0.6, spacing=8), anchor="c")
    sheet.text(16, 34, f"客户名称：{extra['owner']}")
    sheet.text(116, 34, f"联系电话：{extra['phone']}")
    sheet.pair(16, 41, "车牌号：", "plate_number")
    sheet.pair(116, 41, "车型：", "brand_model")
    sheet.pair(16, 48, "车辆识别代号：", "vin")
    sheet.pair(116, 48, "估价日期：", "issued_on", pen=Pen(size=3.7, face=FACE_MONO, date="slash"))
    columns = [
        Column("项目名称", "name", 82),
        Column("数量", "quantity", 24, "c"),
        Column("单价", "unit_price", 36, "r"),
        Column("金额", "amount", 36, "r"),
    ]
    sheet.line(14, 56, 196, 56)
    sheet.heading(14, 58, columns)
    sheet.line(14, 63.5, 196, 63.5)
    y = 66.0
    for section, heading in (("配件", "配件费"), ("工时", "工时费")):
        sheet.text(15, y, f"【{heading}】")
        y += 6.6
        for row in (row for row in document.rows if row["section"] == section):
            sheet.row(14, y, columns, row)
            y += 6.6
        sheet.text(150, y, "小计：", anchor="r")
        sheet.text(191.2, y, extra["parts_amount" if section == "配件" else "labour_amount"], anchor="r")
        y += 7.4
    sheet.line(14, y, 196, y)
    sheet.text(150, y + 3, "合计金额：", anchor="r")
    sheet.value(191.2, y + 3, "total_amount", anchor="r")
    sheet.text(16, y + 16, "客户签字：")
    sheet.text(116, y + 16, "估价员：" + extra["adjuster"])
    return [sheet]
