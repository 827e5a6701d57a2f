"""Unseen vehicle papers: licences as booklet pages and as shown by a phone, accident certificates, repair estimates."""

from collections.abc import Mapping, Sequence
from random import Random

from anpei.samples.drawing import marks
from anpei.samples.drawing.sheet import FACE_MONO, Colour, Column, Pen, Sheet
from anpei.samples.layouts.registry import layout
from anpei.samples.layouts.unseen_cards import rounded
from anpei.samples.layouts.unseen_forms import flow
from anpei.samples.layouts.unseen_parts import (
    GREY,
    MATRIX,
    RED,
    WHITE,
    Cell,
    centred,
    fact,
    fit,
    ground,
    ruled,
    seal,
    start,
    watermark,
)
from anpei.samples.world.documents import Document

PAGE = (176.0, 120.0)  # twice life size
INK: Colour = (30, 30, 36)
SLATE: Colour = (96, 104, 118)
NIGHT: Colour = (34, 82, 168)


def _bilingual(sheet: Sheet, x: float, y: float, word: str, english: str) -> None:
    """A label with its English words in small print below."""
    sheet.text(x, y, word, Pen(size=3.5, colour=INK))
    sheet.text(x, y + 4.1, english, Pen(size=2.3, colour=INK))


def _office_seal(sheet: Sheet, x: float, y: float, issuer: str) -> None:
    """The square red seal of the issuing office in three lines."""
    sheet.box(x, y, x + 34, y + 34, colour=RED, weight=5)
    lines = (issuer[:6], issuer[6:-4], issuer[-4:])
    for index, line in enumerate(lines):
        pen = fit(Pen(size=5, colour=RED, bold=0.3), line, 30)
        sheet.text(x + 17, y + 5.4 + index * 9, line, pen, anchor="c")


@layout("vehicle_licence", "unseen-a")
def licence_page(document: Document, rng: Random) -> list[Sheet]:
    """The main page of the booklet: bilingual labels over thin lines, facts in needle print that sits a little high."""
    pen = Pen(size=4.4, colour=(40, 40, 52), face=FACE_MONO, dots=True)
    sheet = start(document, rng, PAGE, label=Pen(size=3.5), value=pen, paper=(252, 250, 246))
    ground(sheet, (238, 236, 244))
    centred(sheet, 6, "中华人民共和国机动车行驶证", Pen(size=6, colour=RED, bold=0.5, spacing=4))
    centred(sheet, 14, "Vehicle License of the People's Republic of China", Pen(size=3, colour=RED))
    rows = (
        (21.5, ((8, "号牌号码", "Plate No.", 26, "plate_number"), (84, "车辆类型", "Vehicle Type", 104, "vehicle_type"))),
        (33.5, ((8, "所有人", "Owner", 26, "owner_name"),)),
        (45.5, ((8, "住　址", "Address", 26, "address"),)),
        (57.5, ((8, "使用性质", "Use Character", 28, "use_character"), (84, "品牌型号", "Model", 104, "brand_model"))),
        (70.5, ((52, "车辆识别代号", "VIN", 80, "vin"),)),
        (83.5, ((52, "发动机号码", "Engine No.", 80, "engine_number"),)),
        (96.5, ((52, "注册日期", "Register Date", 74, "registered_on"), (116, "发证日期", "Issue Date", 138, "issued_on"))),
    )
    for y, fields in rows:
        for x, word, english, left, name in fields:
            _bilingual(sheet, x, y, word, english)
            text = sheet.printed(name, pen)
            fact(sheet, left, y + rng.uniform(-0.8, 0.6), name, text, pen=fit(pen, text, PAGE[0] - left - 8))
        sheet.line(8 if y < 70 else 52, y + 8.6, 168, y + 8.6, colour=(150, 140, 150), weight=1)
    _office_seal(sheet, 10, 72, document.extra["issuer"])
    rounded(sheet, 4)
    return [sheet]


def _screen(document: Document, rng: Random, head: str) -> Sheet:
    """A phone's screen with a white card on a blue head; the clock stands in the corner."""
    sheet = start(document, rng, (150, 290), label=Pen(size=4.2, colour=SLATE), value=Pen(size=4.8, colour=INK), paper=(240, 243, 248))
    sheet.box(0, 0, 150, 70, colour=NIGHT, fill=NIGHT)
    sheet.text(8, 5, f"{rng.randint(8, 20)}:{rng.randint(10, 59)}", Pen(size=4, colour=WHITE))
    sheet.text(142, 5, f"5G {rng.randint(30, 98)}%", Pen(size=4, colour=WHITE), anchor="r")
    sheet.text(75, 16, head, Pen(size=6, colour=WHITE, bold=0.4), anchor="c")
    sheet.box(8, 32, 142, 252, colour=(226, 230, 238), fill=WHITE)
    return sheet


def _listed(sheet: Sheet, y: float, rows: Sequence[tuple[str, str]], *, step: float = 15) -> float:
    """Label and fact in one line each, the fact flush right, thin lines between."""
    for label, name in rows:
        sheet.text(14, y, label)
        text = sheet.printed(name, sheet.value_pen)
        fact(sheet, 136, y, name, text, pen=fit(sheet.value_pen, text, 88), anchor="r")
        sheet.line(14, y + 9.4, 136, y + 9.4, colour=(232, 234, 240), weight=1)
        y += step
    return y


@layout("vehicle_licence", "unseen-b")
def licence_screen(document: Document, rng: Random) -> list[Sheet]:
    """The electronic licence on a phone: the plate large on top, the rest as a list with the facts at the right."""
    sheet = _screen(document, rng, "电子行驶证")
    sheet.text(14, 40, "号牌号码", Pen(size=3.8, colour=SLATE))
    sheet.value(14, 47, "plate_number", Pen(size=9, colour=NIGHT, bold=0.5))
    sheet.text(136, 48, "状态：正常", Pen(size=4, colour=(30, 140, 80)), anchor="r")
    rows = (
        ("车辆类型", "vehicle_type"), ("使用性质", "use_character"), ("品牌型号", "brand_model"), ("车辆识别代号", "vin"),
        ("发动机号码", "engine_number"),
        ("所有人", "owner_name"), ("住址", "address"), ("注册日期", "registered_on"), ("发证日期", "issued_on"),
    )  # fmt: skip
    y = _listed(sheet, 66, rows)
    sheet.text(14, y + 2, f"发证机关　{document.extra['issuer']}", Pen(size=3.8, colour=SLATE))
    sheet.text(14, y + 11, document.extra["inspected"], Pen(size=3.8, colour=SLATE))
    sheet.text(75, 268, "本证件仅限本人出示使用", Pen(size=3.6, colour=SLATE), anchor="c")
    return [sheet]


@layout("driving_licence", "unseen-a")
def driver_page(document: Document, rng: Random) -> list[Sheet]:
    """The main page of the booklet: number in wide digits on top, portrait at the right, seal at the left."""
    pen = Pen(size=4.4, colour=(36, 36, 46))
    sheet = start(document, rng, PAGE, label=Pen(size=3.5), value=pen, paper=(248, 251, 247))
    ground(sheet, (226, 238, 228))
    centred(sheet, 5, "中华人民共和国机动车驾驶证", Pen(size=5.8, bold=0.5, spacing=3))
    centred(sheet, 12.6, "Driving License of the People's Republic of China", Pen(size=2.9))
    sheet.text(40, 20, "证号", Pen(size=3.6))
    sheet.text(40, 24.2, "No.", Pen(size=2.4))
    fact(sheet, 54, 20, "id_number", document.facts["id_number"], pen=Pen(size=4.8, face=FACE_MONO, spacing=6))
    fields = (
        (8, 31, "姓名", "Name", 22, "name"), (74, 31, "性别", "Sex", 88, "gender"),
        (8, 44, "住址", "Address", 22, "address"), (44, 58, "出生日期", "Date of Birth", 68, "birth_on"),
        (44, 71, "初次领证日期", "Date of First Issue", 72, "first_issued_on"), (44, 84, "准驾车型", "Class", 68, "vehicle_class"),
    )  # fmt: skip
    for x, y, word, english, left, name in fields:
        _bilingual(sheet, x, y, word, english)
        text = sheet.printed(name, pen)
        fact(sheet, left, y + 0.4, name, text, pen=fit(pen, text, 168 - left))
    _bilingual(sheet, 108, 31, "国籍", "Nationality")
    sheet.text(126, 31.4, document.extra["nationality"], pen)
    _bilingual(sheet, 8, 102, "有效期限", "Valid Period")
    end = sheet.value(30, 102.4, "valid_from")
    sheet.value(sheet.text(end + 2, 102.4, "至", pen) + 2, 102.4, "valid_to")
    _office_seal(sheet, 7, 59, document.extra["issuer"])
    sheet.paste(marks.portrait(38, 48, ground=(252, 252, 252)), 128, 56)
    rounded(sheet, 4)
    return [sheet]


@layout("driving_licence", "unseen-b")
def driver_screen(document: Document, rng: Random) -> list[Sheet]:
    """The electronic licence on a phone: portrait and name on top, the rest as a list, the period in one line."""
    sheet = _screen(document, rng, "电子驾驶证")
    sheet.paste(marks.portrait(26, 32, ground=(228, 232, 240)), 14, 38)
    sheet.value(46, 40, "name", Pen(size=7, colour=INK, bold=0.4))
    sheet.value(46, 51, "gender")
    sheet.text(58, 51, document.extra["nationality"], sheet.value_pen)
    sheet.text(46, 61, "准驾车型 ")
    sheet.value(66, 60.4, "vehicle_class", Pen(size=5.6, colour=NIGHT, bold=0.4))
    rows = (("证号", "id_number"), ("出生日期", "birth_on"), ("初次领证日期", "first_issued_on"), ("住址", "address"))
    y = _listed(sheet, 80, rows)
    sheet.text(14, y, "有效期限")
    x = sheet.text(136, y, "", sheet.value_pen)
    text = f"{document.facts['valid_from']} 至 {document.facts['valid_to']}"
    sheet.shown |= {name: document.facts[name] for name in ("valid_from", "valid_to")}
    sheet.text(x, y, text, sheet.value_pen, anchor="r")
    sheet.line(14, y + 9.4, 136, y + 9.4, colour=(232, 234, 240), weight=1)
    for place, (label, text) in enumerate(
        (("发证机关", document.extra["issuer"]), ("档案编号", document.extra["file_number"]), ("累积记分", "0分"))
    ):
        sheet.text(14, y + 15 + place * 15, label)
        sheet.text(136, y + 15 + place * 15, text, fit(sheet.value_pen, text, 88), anchor="r")
    sheet.text(75, 240, "状态正常　点击刷新二维码", Pen(size=3.6, colour=SLATE), anchor="c")
    return [sheet]


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
