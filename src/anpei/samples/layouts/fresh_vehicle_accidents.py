"""Fresh set: what the traffic police found, in the general and in the simple procedure, and one agreed on by the parties on the spot."""

from random import Random

from anpei.samples.drawing.formats import day
from anpei.samples.drawing.marks import qr, seal
from anpei.samples.drawing.sheet import FACE_SERIF, Pen, Sheet
from anpei.samples.layouts.fresh_pieces import Cell, Fact, blank, flow, label, sign, strip, title
from anpei.samples.layouts.registry import layout
from anpei.samples.world.documents import Document

SHARES = {"全部": "承担全部责任", "主要": "承担主要责任", "同等": "承担同等责任", "次要": "承担次要责任", "无": "不承担责任"}


def _record(sheet: Sheet, document: Document) -> None:
    """The parties as rows of the truth."""
    sheet.shown_rows += [dict(row) for row in document.rows]


def _vehicle(document: Document, number: int) -> str:
    """What a party drove, as running text says it."""
    plate = document.rows[number - 1].get("plate_number")
    kind = document.extra["second_vehicle"] if number == 2 else document.extra["party1_vehicle_type"]
    return f"驾驶{plate}号{kind}" if plate else f"骑行{kind}"


def _party_text(document: Document, number: int) -> str:
    extra, row = document.extra, document.rows[number - 1]
    key = f"party{number}_"
    return (
        f"当事人{row['party_name']}，{extra[key + 'gender']}，身份证号码：{extra[key + 'id_number']}，住址：{extra[key + 'address']}，"
        f"联系电话：{extra[key + 'phone']}，{_vehicle(document, number)}。"
    )


@layout("traffic_accident_certificate", "fresh-a")
def general_procedure(document: Document, rng: Random) -> list[Sheet]:
    """The finding of the general procedure: running text under the headings of the regulation, shares in the last paragraph."""
    sheet = Sheet(210, 297, facts=document.facts, rng=rng)
    extra, rows = document.extra, document.rows
    body = Pen(size=4.1, face=FACE_SERIF, date="cn_plain")
    sheet.label_pen, sheet.value_pen = body, body
    sheet.value(105, 18, "issuer", Pen(size=5.4, face=FACE_SERIF, bold=0.7), anchor="c")
    title(sheet, 28, "道路交通事故认定书", 8.2, spacing=4)
    sheet.text(184 - 50, 42, "第")
    sheet.text(sheet.value(139, 42, "certificate_number") + 0.6, 42, "号")
    at = f"{extra['hour']}时{extra['minute']}分"
    y = flow(sheet, 26, 52, 158, ["交通事故时间：", Fact("occurred_on"), at + "　天气：" + extra["weather"]])
    y = flow(sheet, 26, y, 158, ["交通事故地点：", Fact("accident_place")])
    sheet.text(26, y + 1, "当事人、车辆、道路和交通环境等基本情况：", Pen(size=4.1, face=FACE_SERIF, bold=0.5))
    y += 8
    for number in (1, 2):
        y = flow(sheet, 26, y, 158, [f"{number}.{_party_text(document, number)}"], first=8.2, leading=1.6)
    y = flow(sheet, 26, y, 158, ["3.事故现场道路为沥青路面，路面平坦、干燥，交通标志标线清晰。"], first=8.2, leading=1.6)
    sheet.text(26, y + 1, "道路交通事故发生经过：", Pen(size=4.1, face=FACE_SERIF, bold=0.5))
    y = flow(sheet, 26, y + 8, 158, [extra["story"]], first=8.2, leading=1.6)
    sheet.text(26, y + 1, "道路交通事故证据及事故形成原因分析：", Pen(size=4.1, face=FACE_SERIF, bold=0.5))
    words = (
        "上述事实有现场勘查笔录、现场图、现场照片、当事人陈述、监控视频等证据证实。"
        f"{rows[0]['party_name']}的行为违反了{extra['ground']}之规定，是造成此事故的原因。"
    )
    y = flow(sheet, 26, y + 8, 158, [words], first=8.2, leading=1.6)
    sheet.text(26, y + 1, "当事人导致交通事故的过错及责任或者意外原因：", Pen(size=4.1, face=FACE_SERIF, bold=0.5))
    words = (
        "根据《道路交通事故处理程序规定》第六十条的规定，"
        + "；".join(f"{row['party_name']}{SHARES[row['liability']]}" for row in rows)
        + "。"
    )
    y = flow(sheet, 26, y + 8, 158, [words], first=8.2, leading=1.6)
    _record(sheet, document)
    sheet.text(100, y + 5, "交通警察：")
    sign(sheet, 122, y + 9.6, extra["officer"])
    sheet.value(178, y + 16, "issued_on", anchor="r")
    sheet.stamp(seal(document.facts["issuer"][-10:], "事故处理专用章", rng=rng, diameter=40), 138, y - 4)
    note = "当事人对道路交通事故认定有异议的，可以自道路交通事故认定书送达之日起三日内提出书面复核申请。"
    sheet.paragraph(26, 276, 158, note, Pen(size=3, face=FACE_SERIF))
    return [sheet]


def _party_rows(document: Document, own: Pen) -> list[list[Cell]]:
    """Four rows a party."""
    rows: list[list[Cell]] = []
    extra = document.extra
    for number, row in enumerate(document.rows, start=1):
        key = f"party{number}_"
        kind = extra["second_vehicle"] if number == 2 else extra["party1_vehicle_type"]
        plate = row.get("plate_number", "无")
        insured = bool(row.get("plate_number"))
        rows += [
            [label(22, "当事人" + "一二"[number - 1]), blank(30, text=row["party_name"], pen=own), label(26, "身份证号码"),
             blank(52, text=extra[key + "id_number"], pen=own), label(18, "联系电话"), blank(26, text=extra[key + "phone"], pen=own)],
            [label(22, "交通方式"), blank(30, text=kind, pen=own), label(26, "机动车号牌"), blank(52, text=plate, pen=own),
             label(18, "准驾车型"), blank(26, text=extra[key + "class"] if insured else "--", pen=own)],
            [label(22, "保险公司"), blank(56, text=extra[key + "insurer"] if insured else "--", pen=own), label(22, "保险凭证号"),
             blank(74, text=extra[key + "insurance_number"] if insured else "--", pen=own)],
        ]  # fmt: skip
    return rows


@layout("traffic_accident_certificate", "fresh-b")
def simple_procedure(document: Document, rng: Random) -> list[Sheet]:
    """The form of the simple procedure, printed by the officer's needle printer into ruled cells; both parties sign."""
    sheet = Sheet(210, 297, facts=document.facts, rng=rng, paper=(253, 250, 244))
    extra = document.extra
    sheet.label_pen = Pen(size=3.5, face=FACE_SERIF)
    own = Pen(size=3.4, dots=True, date="cn")
    sheet.value(105, 14, "issuer", Pen(size=4.6, face=FACE_SERIF, bold=0.5), anchor="c")
    title(sheet, 23, "道路交通事故认定书（简易程序）", 6.6)
    sheet.value(sheet.text(124, 35, "编号："), 35, "certificate_number", own)
    y = 42.0
    at = f"{extra['hour']}时{extra['minute']}分"
    y = strip(sheet, 18, y, 9, [label(22, "事故时间"), Cell(82, (Fact("occurred_on", own), at), "l", own), label(22, "天 气"),
                               blank(48, text=extra["weather"], pen=own)])  # fmt: skip
    y = strip(sheet, 18, y, 9, [label(22, "事故地点"), blank(152, "accident_place", pen=own)])
    for cells in _party_rows(document, own):
        y = strip(sheet, 18, y, 9, cells)
    shares = "；".join(f"{row['party_name']}{SHARES[row['liability']]}" for row in document.rows)
    top = y
    y = strip(sheet, 18, y, 54, [label(22, "交通事故事实及责任"), blank(152)])
    below = flow(sheet, 43, top + 4, 145, [extra["story"]], pen=own, first=7)
    flow(sheet, 43, below + 1, 145, [f"依据{extra['ground']}，{shares}。"], pen=own, first=7)
    _record(sheet, document)
    sheet.text(44, y - 7, "当事人签名：")
    for number, row in enumerate(document.rows):
        sign(sheet, 68 + number * 40, y - 2.6, row["party_name"], size=5)
    top = y
    y = strip(sheet, 18, y, 36, [label(22, "损害赔偿调解结果"), blank(152)])
    words = "经当事人各方共同请求调解，自愿达成如下协议：车辆损失凭维修发票由保险公司在责任限额内赔偿，超出部分按责任承担。"
    flow(sheet, 43, top + 4, 145, [words], pen=own, first=7)
    sheet.text(20, y + 6, "交通警察：")
    sign(sheet, 40, y + 10.6, extra["officer"], size=5)
    sheet.value(sheet.text(120, y + 6, "日期："), y + 6, "issued_on", own)
    sheet.stamp(seal(document.facts["issuer"][-10:], "事故处理专用章", rng=rng, diameter=38), 136, y - 18)
    sheet.paragraph(
        18,
        y + 20,
        174,
        "有下列情形之一的，当事人可以向人民法院提起民事诉讼：对交通事故认定有异议的；当事人不同意调解的；调解未达成协议的。",
        Pen(size=2.9, face=FACE_SERIF),
    )
    return [sheet]


@layout("traffic_accident_certificate", "fresh-c")
def from_the_telephone(document: Document, rng: Random) -> list[Sheet]:
    """The electronic finding of minor accidents: parties in a table side by side, sans, a code at the foot."""
    sheet = Sheet(210, 297, facts=document.facts, rng=rng)
    extra, rows = document.extra, document.rows
    own = Pen(size=3.6, date="iso")
    sheet.label_pen = Pen(size=3.5)
    title(sheet, 16, "道路交通事故认定书", 7, pen=Pen())
    sheet.text(105, 27, "（轻微事故快速处理）", Pen(size=4), anchor="c")
    sheet.value(sheet.text(20, 37, "认定书编号："), 37, "certificate_number", own)
    sheet.value(sheet.text(124, 37, "出具日期："), 37, "issued_on", own)
    grey = (242, 244, 247)
    at = f" {int(extra['hour']):02d}:{extra['minute']}"
    y = strip(sheet, 20, 44, 10, [label(30, "事故发生时间", fill=grey), Cell(55, (Fact("occurred_on", own), at), "l", own),
                                 label(30, "天气情况", fill=grey), blank(55, text=extra["weather"], pen=own)])  # fmt: skip
    y = strip(sheet, 20, y, 10, [label(30, "事故发生地点", fill=grey), blank(140, "accident_place", pen=own)])
    y = strip(sheet, 20, y, 9, [label(30, "项 目", fill=grey), label(70, "甲方", fill=grey), label(70, "乙方", fill=grey)])

    def both(words: str, left: str, right: str, height: float = 9) -> None:
        nonlocal y
        y = strip(sheet, 20, y, height, [label(30, words, fill=grey), blank(70, text=left, pen=own), blank(70, text=right, pen=own)])

    both("姓 名", rows[0]["party_name"], rows[1]["party_name"])
    both("身份证号", extra["party1_id_number"], extra["party2_id_number"])
    both("手机号码", extra["party1_phone"], extra["party2_phone"])
    both("车辆类型", extra["party1_vehicle_type"], extra["second_vehicle"])
    both("号牌号码", rows[0]["plate_number"], rows[1].get("plate_number", "无号牌"))
    both("承保公司", extra["party1_insurer"], extra["party2_insurer"] if rows[1].get("plate_number") else "--")
    both("事故责任", rows[0]["liability"] + "责任", rows[1]["liability"] + "责任")
    _record(sheet, document)
    y = strip(sheet, 20, y, 40, [label(30, "事故事实", fill=grey), blank(140, text=extra["story"], pen=own)])
    y = strip(
        sheet,
        20,
        y,
        22,
        [label(30, "认定依据", fill=grey), blank(140, text=f"依据{extra['ground']}及《道路交通事故处理程序规定》作出上述认定。", pen=own)],
    )
    _issued_below(sheet, document, y, own)
    sheet.stamp(seal(document.facts["issuer"][-10:], "电子印章", rng=rng, diameter=36), 92, y + 2)
    return [sheet]


def _issued_below(sheet: Sheet, document: Document, y: float, own: Pen) -> None:
    """Who found it, when it was printed, the code to check it."""
    extra = document.extra
    sheet.text(22, y + 10, "认定单位：")
    sheet.value(40, y + 10, "issuer", own)
    sheet.text(22, y + 18, f"民警：{extra['officer']}", own)
    sheet.text(22, y + 26, f"打印时间：{day(document.facts['issued_on'], 'iso')} {int(extra['hour']):02d}:58", Pen(size=3))
    sheet.paste(qr("accident:" + document.facts["certificate_number"], 24), 158, y + 8)
