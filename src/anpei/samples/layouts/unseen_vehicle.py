"""Unseen vehicle papers: licences as booklet pages and as shown by a phone, two forms each."""

from collections.abc import Sequence
from random import Random

from anpei.samples.drawing import marks
from anpei.samples.drawing.sheet import FACE_MONO, Colour, Pen, Sheet
from anpei.samples.layouts.registry import layout
from anpei.samples.layouts.unseen_cards import rounded
from anpei.samples.layouts.unseen_parts import (
    RED,
    WHITE,
    centred,
    fact,
    fit,
    ground,
    start,
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
