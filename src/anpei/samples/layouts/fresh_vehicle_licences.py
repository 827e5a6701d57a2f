"""Fresh set: the licences of vehicle and driver, as the paper itself, as a copy with its second page, as the electronic one printed."""

from dataclasses import replace
from random import Random

from anpei.samples.drawing.formats import day
from anpei.samples.drawing.marks import portrait, qr, waves
from anpei.samples.drawing.sheet import BLACK, DOTS_PER_MM, FACE_MONO, FACE_SERIF, Colour, Pen, Sheet
from anpei.samples.layouts.fresh_pieces import GREY, Fact, bars, flow, rosette, rounded, square_seal
from anpei.samples.layouts.registry import layout
from anpei.samples.world.documents import Document

PAGE = (88.0, 60.0)
SEA: Colour = (36, 92, 132)
LEAF: Colour = (44, 108, 70)


def _twin(sheet: Sheet, x: float, y: float, words: str, english: str, *, colour: Colour, size: float = 2.3) -> None:
    sheet.text(x, y, words, Pen(size=size, colour=colour, face=FACE_SERIF))
    sheet.text(x, y + size * 1.12, english, Pen(size=size * 0.68, colour=colour, face=FACE_SERIF))


def _heads(sheet: Sheet, x: float, y: float, words: str, english: str, *, colour: Colour) -> None:
    sheet.text(x + 44, y + 3.6, words, Pen(size=4.4, colour=colour, face=FACE_SERIF, bold=0.6, spacing=3), anchor="c")
    sheet.text(x + 44, y + 8.9, english, Pen(size=2.2, colour=colour, face=FACE_SERIF), anchor="c")


def _rules(sheet: Sheet, x: float, levels: tuple[float, ...], *, left: float, right: float, colour: Colour) -> None:
    for level in levels:
        sheet.line(x + left, level, x + right, level, colour=colour, weight=1)


def _vehicle_page(sheet: Sheet, document: Document, x: float, y: float, own: Pen, *, ink: Colour, red: bool = True) -> None:
    """The main page of the vehicle licence with its corner at a place."""
    _heads(sheet, x, y, "中华人民共和国机动车行驶证", "Vehicle License of the People's Republic of China", colour=ink)
    _twin(sheet, x + 5, y + 13.4, "号牌号码", "Plate No.", colour=ink)
    sheet.value(x + 16, y + 13.4, "plate_number", own)
    _twin(sheet, x + 42, y + 13.4, "车辆类型", "Vehicle Type", colour=ink)
    sheet.value(x + 55, y + 13.4, "vehicle_type", own)
    _twin(sheet, x + 5, y + 19.8, "所有人", "Owner", colour=ink)
    sheet.value(x + 16, y + 19.8, "owner_name", own)
    _twin(sheet, x + 5, y + 26.2, "住 址", "Address", colour=ink)
    flow(sheet, x + 16, y + 25.6, 66, (Fact("address", own),), pen=own, leading=1.1)
    _twin(sheet, x + 5, y + 32.8, "使用性质", "Use Character", colour=ink)
    sheet.value(x + 18, y + 32.8, "use_character", own)
    _twin(sheet, x + 42, y + 32.8, "品牌型号", "Model", colour=ink)
    sheet.value(x + 53, y + 32.8, "brand_model", own)
    _rules(sheet, x, tuple(y + level for level in (18.4, 24.8, 31.4, 37.8)), left=4, right=84, colour=ink)
    _twin(sheet, x + 28, y + 39.4, "车辆识别代号", "VIN", colour=ink)
    sheet.value(x + 45, y + 39.4, "vin", own)
    _twin(sheet, x + 28, y + 45.6, "发动机号码", "Engine No.", colour=ink)
    sheet.value(x + 45, y + 45.6, "engine_number", own)
    _rules(sheet, x, (y + 44.4, y + 50.6), left=27, right=84, colour=ink)
    _twin(sheet, x + 28, y + 52, "注册日期", "Register Date", colour=ink, size=2.1)
    sheet.value(x + 38.6, y + 52.2, "registered_on", replace(own, size=2.7))
    _twin(sheet, x + 57, y + 52, "发证日期", "Issue Date", colour=ink, size=2.1)
    sheet.value(x + 67.4, y + 52.2, "issued_on", replace(own, size=2.7))
    sheet.stamp(
        square_seal(f"{document.extra['issuer']:　<16}"[:16], 4, 20, colour=(206, 40, 44) if red else (90, 90, 90)), x + 5, y + 38.6
    )


@layout("vehicle_licence", "fresh-a")
def vehicle_paper(document: Document, rng: Random) -> list[Sheet]:
    """The main page itself: blue print on a wavy ground, filled in by a needle printer in Song."""
    sheet = Sheet(*PAGE, facts=document.facts, rng=rng)
    sheet.paste(waves(round(PAGE[0] * DOTS_PER_MM), round(PAGE[1] * DOTS_PER_MM), (214, 226, 236), (242, 246, 246)), 0, 0)
    own = Pen(size=3.1, face=FACE_SERIF, dots=True, bold=0.5)
    _vehicle_page(sheet, document, 0, 0, own, ink=SEA)
    return [sheet]


def _vehicle_second(sheet: Sheet, document: Document, x: float, y: float, own: Pen) -> None:
    """What the second page adds."""
    extra = document.extra
    ink = (84, 84, 84)
    known = [
        (5, 5, "号牌号码", document.facts["plate_number"], 17),
        (46, 5, "档案编号", extra["file_number"], 58),
        (5, 13, "核定载人数", extra["seats"], 20),
        (46, 13, "总质量", extra["gross_mass"], 56),
        (5, 21, "整备质量", extra["curb_mass"], 17),
        (46, 21, "核定载质量", "--", 60),
        (5, 29, "外廓尺寸", extra["size"], 17),
        (55, 29, "准牵引总质量", "--", 72),
        (5, 37, "备  注", "", 17),
        (5, 45, "检验记录", extra["inspected"], 17),
    ]
    for left, top, words, text, at in known:
        sheet.text(x + left, y + top, words, Pen(size=2.5, colour=ink, face=FACE_SERIF))
        if text:
            sheet.text(x + at, y + top - 0.3, text, own)
    _rules(sheet, x, tuple(y + level for level in (10.5, 18.5, 26.5, 34.5, 42.5)), left=4, right=84, colour=ink)


@layout("vehicle_licence", "fresh-b")
def vehicle_copied(document: Document, rng: Random) -> list[Sheet]:
    """Main page and second page below each other, copied in grey onto A4."""
    sheet = Sheet(210, 297, facts=document.facts, rng=rng, paper=(251, 251, 250))
    own = Pen(size=3.1, colour=(30, 30, 30))
    for top in (40.0, 112.0):
        sheet.paste(waves(round(PAGE[0] * DOTS_PER_MM), round(PAGE[1] * DOTS_PER_MM), (214, 214, 214), (238, 238, 238)), 60, top)
        sheet.box(60, top, 60 + PAGE[0], top + PAGE[1], colour=(150, 150, 150), weight=2)
    _vehicle_page(sheet, document, 60, 40, own, ink=(84, 84, 84), red=False)
    _vehicle_second(sheet, document, 60, 114, Pen(size=2.8, colour=(30, 30, 30)))
    sheet.paste(bars(document.extra["barcode"].strip("*"), 44, 6), 82, 164)
    return [sheet]


@layout("vehicle_licence", "fresh-c")
def vehicle_electronic(document: Document, rng: Random) -> list[Sheet]:
    """The electronic licence printed from the telephone: words left, values right, a code to check it."""
    sheet = Sheet(90, 160, facts=document.facts, rng=rng)
    sheet.box(0, 0, 90, 20, colour=(46, 108, 210), fill=(46, 108, 210))
    sheet.text(45, 11, "电子行驶证", Pen(size=5, colour=(255, 255, 255), bold=0.3), anchor="c")
    sheet.box(5, 26, 85, 124, colour=(220, 226, 236), fill=(246, 249, 255))
    sheet.stamp(rosette(60, 60, colour=(222, 232, 246)), 15, 44)
    own, words = Pen(size=3.6), Pen(size=3.4, colour=GREY)
    listed = (
        ("号牌号码", "plate_number"), ("车辆类型", "vehicle_type"), ("所有人", "owner_name"), ("住址", "address"),
        ("使用性质", "use_character"),
        ("品牌型号", "brand_model"), ("车辆识别代号", "vin"), ("发动机号码", "engine_number"), ("注册日期", "registered_on"),
        ("发证日期", "issued_on"),
    )  # fmt: skip
    y = 30.0
    for word, name in listed:
        sheet.text(9, y, word, words)
        if name == "address":
            y = flow(sheet, 34, y, 47, (Fact(name, own),), pen=own, leading=1.4) + 3.6
            continue
        sheet.value(34, y, name, own)
        y += 8.0
    sheet.text(9, 117.5, "状态：正常", Pen(size=3.4, colour=(30, 140, 80)))
    sheet.paste(qr("e-licence:" + document.facts["vin"], 24), 33, 127)
    sheet.text(45, 153, "二维码仅供核验，请以实时展示为准", Pen(size=2.5, colour=GREY), anchor="c")
    return [sheet]


def _driver_page(sheet: Sheet, x: float, y: float, own: Pen, *, ink: Colour, ground: Colour) -> None:
    """The main page of the driving licence with its corner at a place."""
    _heads(sheet, x, y, "中华人民共和国机动车驾驶证", "Driving License of the People's Republic of China", colour=ink)
    sheet.text(x + 22, y + 13.0, "证号", Pen(size=2.5, colour=ink, face=FACE_SERIF))
    sheet.value(x + 29, y + 12.6, "id_number", replace(own, face=FACE_MONO, size=3.4))
    _twin(sheet, x + 5, y + 18.0, "姓名", "Name", colour=ink)
    sheet.value(x + 13, y + 18.0, "name", own)
    _twin(sheet, x + 38, y + 18.0, "性别", "Sex", colour=ink)
    sheet.value(x + 45, y + 18.0, "gender", own)
    _twin(sheet, x + 54, y + 18.0, "国籍", "Nationality", colour=ink)
    sheet.text(x + 64, y + 18.0, "中国", own)
    _twin(sheet, x + 5, y + 24.6, "住址", "Address", colour=ink)
    flow(sheet, x + 13, y + 24.2, 46, (Fact("address", own),), pen=own, leading=1.18)
    _twin(sheet, x + 28, y + 34.2, "出生日期", "Date of Birth", colour=ink)
    sheet.value(x + 41, y + 34.2, "birth_on", own)
    _twin(sheet, x + 28, y + 40.4, "初次领证日期", "Date of First Issue", colour=ink)
    sheet.value(x + 44, y + 40.4, "first_issued_on", own)
    _twin(sheet, x + 28, y + 46.6, "准驾车型", "Class", colour=ink)
    sheet.value(x + 41, y + 46.4, "vehicle_class", replace(own, size=3.6))
    _twin(sheet, x + 5, y + 53.2, "有效期限", "Valid Period", colour=ink)
    at = sheet.value(x + 18, y + 53.2, "valid_from", own)
    sheet.value(sheet.text(at + 1, y + 53.2, "至", own) + 1, y + 53.2, "valid_to", own)
    sheet.paste(portrait(20, 26, ground=ground), x + 64, y + 27.4)


@layout("driving_licence", "fresh-a")
def driver_paper(document: Document, rng: Random) -> list[Sheet]:
    """The main page itself: green print on a wavy ground, red seal at the left, printed in Song."""
    sheet = Sheet(*PAGE, facts=document.facts, rng=rng)
    sheet.paste(waves(round(PAGE[0] * DOTS_PER_MM), round(PAGE[1] * DOTS_PER_MM), (212, 230, 216), (243, 247, 241)), 0, 0)
    sheet.stamp(rosette(36, 30, colour=(206, 226, 212)), 26, 18)
    _driver_page(sheet, 0, 0, Pen(size=3.0, face=FACE_SERIF), ink=LEAF, ground=(232, 236, 240))
    sheet.stamp(square_seal(f"{document.extra['issuer']:　<16}"[:16], 4, 17), 6, 34)
    rounded(sheet, 2)
    return [sheet]


@layout("driving_licence", "fresh-b")
def driver_opened(document: Document, rng: Random) -> list[Sheet]:
    """Main page and second page side by side on one scan, filled in by a needle printer."""
    sheet = Sheet(196, 80, facts=document.facts, rng=rng, paper=(226, 228, 230))
    for left in (8.0, 100.0):
        sheet.paste(waves(round(PAGE[0] * DOTS_PER_MM), round(PAGE[1] * DOTS_PER_MM), (216, 228, 220), (246, 247, 244)), left, 10)
    own = Pen(size=2.9, dots=True, bold=0.5)
    _driver_page(sheet, 8, 10, own, ink=BLACK, ground=(228, 230, 236))
    sheet.stamp(square_seal(f"{document.extra['issuer']:　<16}"[:16], 4, 17), 14, 44)
    sheet.text(144, 13.6, "中华人民共和国机动车驾驶证副页", Pen(size=3.8, face=FACE_SERIF, bold=0.5), anchor="c")
    words = Pen(size=2.4, face=FACE_SERIF)
    sheet.text(105, 22.4, "证号", words)
    sheet.text(112, 22.0, document.facts["id_number"], replace(own, face=FACE_MONO))
    sheet.text(105, 29.4, "姓名", words)
    sheet.text(112, 29.2, document.facts["name"], own)
    sheet.text(138, 29.4, "档案编号", words)
    sheet.text(150, 29.2, document.extra["file_number"], own)
    sheet.text(105, 36.4, "记录", words)
    sheet.paragraph(112, 36.2, 70, document.extra["record"], own, leading=1.4)
    sheet.paste(bars(document.extra["file_number"], 50, 6), 118, 58)
    return [sheet]


@layout("driving_licence", "fresh-c")
def driver_electronic(document: Document, rng: Random) -> list[Sheet]:
    """The electronic licence on a telephone: values beside grey words, points below."""
    sheet = Sheet(90, 150, facts=document.facts, rng=rng)
    sheet.box(0, 0, 90, 20, colour=(40, 120, 96), fill=(40, 120, 96))
    sheet.text(45, 11, "电子驾驶证", Pen(size=5, colour=(255, 255, 255), bold=0.3), anchor="c")
    sheet.box(5, 25, 85, 112, colour=(216, 230, 224), fill=(247, 251, 249))
    own, words = Pen(size=3.5, date="dots"), Pen(size=3.2, colour=GREY)
    sheet.paste(portrait(18, 23, ground=(236, 240, 240)), 64, 29)
    for y, word, name in ((30.0, "姓名", "name"), (38.0, "性别", "gender"), (46.0, "证号", "id_number")):
        sheet.text(9, y, word, words)
        sheet.value(21 if name != "id_number" else 19, y, name, own)
    sheet.text(9, 56, "住址", words)
    flow(sheet, 21, 56, 60, (Fact("address", own),), pen=own, leading=1.4)
    for y, word, name in ((68.0, "出生日期", "birth_on"), (76.0, "初次领证日期", "first_issued_on"), (84.0, "准驾车型", "vehicle_class")):
        sheet.text(9, y, word, words)
        sheet.value(34, y, name, own)
    sheet.text(9, 92, "有效期限", words)
    sheet.value(sheet.text(sheet.value(34, 92, "valid_from", own) + 0.6, 92, "至", own) + 0.6, 92, "valid_to", own)
    sheet.text(9, 101, "累积记分", words)
    sheet.text(34, 101, "0分", own)
    sheet.text(52, 101, "状态", words)
    sheet.text(62, 101, "正常", Pen(size=3.5, colour=(30, 140, 80)))
    sheet.paste(qr("e-driver:" + document.extra["file_number"], 22), 34, 115)
    sheet.text(45, 140, "生成时间 " + day("2026-11-02", "iso") + " 09:14:27", Pen(size=2.6, colour=GREY), anchor="c")
    return [sheet]
