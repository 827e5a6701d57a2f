"""Vehicle licences and driving licences for development: the card, and a copy of both pages. Real size 88 x 60 mm, drawn at twice that."""

from random import Random

from PIL import Image, ImageDraw

from anpei.samples.drawing import marks
from anpei.samples.drawing.sheet import DOTS_PER_MM, FACE_SANS, Colour, Pen, Sheet, font
from anpei.samples.layouts.registry import layout
from anpei.samples.world.documents import Document

SIZE = (176.0, 120.0)
BLUE: Colour = (58, 96, 148)
LABEL = Pen(size=3.9, colour=BLUE)
ENGLISH = Pen(size=2.5, colour=BLUE)
VALUE = Pen(size=5.0)


def licence_card(document: Document, rng: Random, *, ground: Colour = (240, 245, 247), line: Colour = (206, 222, 232)) -> Sheet:
    """A laminated card with a fine wave pattern."""
    sheet = Sheet(*SIZE, facts=document.facts, rng=rng)
    mask = Image.new("L", sheet.image.size, 0)
    ImageDraw.Draw(mask).rounded_rectangle([0, 0, sheet.image.width - 1, sheet.image.height - 1], radius=36, fill=255)
    sheet.image.paste(marks.waves(*sheet.image.size, line, ground), (0, 0), mask)
    sheet.mask = mask
    sheet.label_pen, sheet.value_pen = LABEL, VALUE
    return sheet


def square_seal(text: str, rng: Random, *, size: float = 32) -> Image.Image:
    """The square red seal of the police, its name in rows of four characters."""
    side = round(size * DOTS_PER_MM)
    picture = Image.new("RGB", (side, side), (255, 255, 255))
    pencil = ImageDraw.Draw(picture)
    red = (212 + rng.randint(-12, 14), 50 + rng.randint(0, 24), 48)
    pencil.rectangle([4, 4, side - 5, side - 5], outline=red, width=6)
    rows = [text[at : at + 4] for at in range(0, len(text), 4)]
    step = (side - 24) / max(4, len(rows))
    for index, row in enumerate(rows):
        for place, char in enumerate(row):
            middle = (16 + (side - 32) * (place + 0.5) / 4, 12 + step * (index + 0.5))
            pencil.text(middle, char, red, font=font(round(min(step, side / 5)), FACE_SANS), anchor="mm")
    return picture


def field(sheet: Sheet, x: float, y: float, label: str, english: str, *, name: str, at: float) -> None:
    """A label with its English under it and the value to the right, at ``at`` mm."""
    sheet.text(x, y, label)
    sheet.text(x, y + 4.3, english, ENGLISH)
    sheet.value(at, y, name)


def address(sheet: Sheet, y: float, *, at: float, width: float) -> None:
    """住址, in one or two lines."""
    sheet.text(10, y, "住  址")
    sheet.text(10, y + 4.3, "Address", ENGLISH)
    sheet.shown["address"] = sheet.facts["address"]
    sheet.paragraph(at, y, width, sheet.facts["address"], sheet.value_pen, leading=1.35)


@layout("vehicle_licence", "known-a")
def vehicle_licence_card(document: Document, rng: Random) -> list[Sheet]:
    """The main page of the licence in blue (行驶证正页)."""
    sheet = licence_card(document, rng)
    sheet.text(88, 6, "中华人民共和国机动车行驶证", Pen(size=7.0, colour=BLUE, bold=0.8, spacing=6), anchor="c")
    sheet.text(88, 15.5, "Vehicle License of the People's Republic of China", Pen(size=3.4, colour=BLUE), anchor="c")
    field(sheet, 10, 24, "号牌号码", "Plate No.", name="plate_number", at=32)
    field(sheet, 88, 24, "车辆类型", "Vehicle Type", name="vehicle_type", at=112)
    field(sheet, 10, 36, "所 有 人", "Owner", name="owner_name", at=32)
    address(sheet, 48, at=32, width=136)
    field(sheet, 60, 62, "使用性质", "Use Character", name="use_character", at=84)
    sheet.text(114, 62, "品牌型号")
    sheet.text(114, 66.3, "Model", ENGLISH)
    sheet.value(131, 62, "brand_model", Pen(size=4.0))
    field(sheet, 60, 75, "车辆识别代号", "VIN", name="vin", at=90)
    field(sheet, 60, 88, "发动机号码", "Engine No.", name="engine_number", at=90)
    field(sheet, 60, 101, "注册日期", "Register Date", name="registered_on", at=82)
    field(sheet, 118, 101, "发证日期", "Issue Date", name="issued_on", at=138)
    sheet.stamp(square_seal(document.extra["issuer"], rng), 16 + rng.uniform(-2, 2), 66 + rng.uniform(-2, 2))
    return [sheet]


def second_page(sheet: Sheet, document: Document, top: float) -> None:
    """The second page (副页) below the first on a copy; only the plate is a fact there."""
    extra, grey = document.extra, Pen(size=3.6)
    sheet.box(20, top, 190, top + 112, weight=3)
    sheet.text(105, top + 5, "中华人民共和国机动车行驶证副页", Pen(size=5.4, bold=0.8), anchor="c")
    entries = (
        ("号牌号码", document.facts["plate_number"], "档案编号", extra["file_number"]),
        ("核定载人数", extra["seats"], "总质量", extra["gross_mass"]),
        ("整备质量", extra["curb_mass"], "核定载质量", "--"),
        ("外廓尺寸", extra["size"], "准牵引总质量", "--"),
        ("备注", "", "检验记录", extra["inspected"]),
    )
    for index, (first, one, second, two) in enumerate(entries):
        y = top + 20 + index * 13
        sheet.text(26, y, first, grey)
        sheet.text(52, y, one, grey)
        sheet.text(112, y, second, grey)
        sheet.text(138, y, two, grey)
    sheet.text(60, top + 96, extra["barcode"], Pen(size=4.4))


@layout("vehicle_licence", "known-b")
def vehicle_licence_copy(document: Document, rng: Random) -> list[Sheet]:
    """A black copy of both pages on one sheet of A4, labels without English."""
    sheet = Sheet(210, 297, facts=document.facts, rng=rng, paper=(250, 250, 248))
    sheet.label_pen, sheet.value_pen = Pen(size=3.8, colour=(70, 70, 74)), Pen(size=4.4)
    sheet.box(20, 24, 190, 140, weight=3)
    sheet.text(105, 30, "中华人民共和国机动车行驶证", Pen(size=6.2, bold=0.8), anchor="c")
    rows = (
        (46, (("号牌号码", "plate_number", 26, 48), ("车辆类型", "vehicle_type", 104, 126))),
        (57, (("所有人", "owner_name", 26, 48),)),
        (68, (("住址", "address", 26, 48),)),
        (80, (("使用性质", "use_character", 72, 94),)),
        (91, (("品牌型号", "brand_model", 72, 94),)),
        (102, (("车辆识别代号", "vin", 72, 102),)),
        (113, (("发动机号码", "engine_number", 72, 102),)),
        (124, (("注册日期", "registered_on", 72, 91), ("发证日期", "issued_on", 130, 149))),
    )
    for y, entries in rows:
        for label, name, x, at in entries:
            sheet.text(x, y, label)
            sheet.value(at, y, name)
    seal = square_seal(document.extra["issuer"], rng).convert("L").convert("RGB")
    sheet.stamp(seal, 28, 88)
    second_page(sheet, document, 156)
    return [sheet]


@layout("driving_licence", "known-a")
def driving_licence_card(document: Document, rng: Random) -> list[Sheet]:
    """The main page of the licence (驾驶证正页) with the portrait."""
    sheet = licence_card(document, rng, ground=(244, 247, 244), line=(212, 228, 214))
    sheet.text(88, 6, "中华人民共和国机动车驾驶证", Pen(size=7.0, bold=0.8, spacing=6), anchor="c")
    sheet.text(88, 15.5, "Driving License of the People's Republic of China", Pen(size=3.4), anchor="c")
    sheet.label_pen = Pen(size=3.9, colour=(60, 64, 70))
    field(sheet, 40, 23, "证号", "No.", name="id_number", at=56)
    field(sheet, 10, 34, "姓名", "Name", name="name", at=26)
    field(sheet, 78, 34, "性别", "Sex", name="gender", at=92)
    sheet.text(112, 34, "国籍")
    sheet.text(112, 38.3, "Nationality", ENGLISH)
    sheet.text(132, 34, document.extra["nationality"], VALUE)
    address(sheet, 46, at=28, width=140)
    field(sheet, 50, 63, "出生日期", "Date of Birth", name="birth_on", at=90)
    field(sheet, 50, 75, "初次领证日期", "Date of First Issue", name="first_issued_on", at=90)
    field(sheet, 50, 87, "准驾车型", "Class", name="vehicle_class", at=90)
    sheet.text(10, 104, "有效期限")
    sheet.text(10, 108.3, "Valid Period", ENGLISH)
    x = sheet.text(sheet.value(36, 104, "valid_from") + 3, 104, "至", VALUE)
    sheet.value(x + 3, 104, "valid_to")
    sheet.paste(marks.portrait(34, 42), 134, 60)
    sheet.stamp(square_seal(document.extra["issuer"], rng, size=30), 14 + rng.uniform(-2, 2), 64 + rng.uniform(-2, 2))
    return [sheet]


@layout("driving_licence", "known-b")
def driving_licence_electronic(document: Document, rng: Random) -> list[Sheet]:
    """The electronic licence as the police's application prints it: label over rule, one fact a line."""
    sheet = Sheet(148, 210, facts=document.facts, rng=rng, paper=(246, 249, 255))
    sheet.text(74, 12, "中华人民共和国机动车驾驶证", Pen(size=6.4, bold=0.8, colour=(30, 50, 90)), anchor="c")
    sheet.text(74, 21, "（电子版）", Pen(size=4.4, colour=(30, 50, 90)), anchor="c")
    sheet.label_pen, sheet.value_pen = Pen(size=3.9, colour=(110, 118, 132)), Pen(size=4.3)
    entries = (
        ("姓名", "name"), ("性别", "gender"), ("证号", "id_number"), ("出生日期", "birth_on"), ("初次领证日期", "first_issued_on"),
        ("准驾车型", "vehicle_class"), ("有效期始", "valid_from"), ("有效期止", "valid_to"),
    )  # fmt: skip
    for index, (label, name) in enumerate(entries):
        y = 34 + index * 13.5
        sheet.text(14, y, label)
        sheet.value(52, y, name)
        sheet.line(12, y + 8.4, 136, y + 8.4, colour=(214, 220, 230))
    sheet.text(14, 142, "住址")
    sheet.shown["address"] = document.facts["address"]
    sheet.paragraph(52, 142, 82, document.facts["address"], sheet.value_pen, leading=1.5)
    sheet.text(14, 162, "发证机关")
    sheet.text(52, 162, document.extra["issuer"], Pen(size=3.9))
    sheet.text(14, 175, "档案编号")
    sheet.text(52, 175, document.extra["file_number"], sheet.value_pen)
    sheet.text(14, 190, "累积记分：0分    状态：正常", Pen(size=3.9))
    return [sheet]
