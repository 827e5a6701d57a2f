"""Identity cards (both sides) and bank cards for development. Card size 85.6 x 54 mm, drawn at twice that."""

from random import Random

from PIL import Image, ImageDraw

from anpei.samples.drawing import marks
from anpei.samples.drawing.sheet import FACE_MONO, Colour, Pen, Sheet
from anpei.samples.layouts.registry import layout
from anpei.samples.world.documents import Document

CARD = (171.2, 108.0)
BLUE: Colour = (70, 120, 170)


def card(document: Document, rng: Random, *, line: Colour, ground: Colour) -> Sheet:
    """A card with rounded corners and a fine wave pattern."""
    sheet = Sheet(*CARD, facts=document.facts, rng=rng, paper=(255, 255, 255))
    mask = Image.new("L", sheet.image.size, 0)
    ImageDraw.Draw(mask).rounded_rectangle([0, 0, sheet.image.width - 1, sheet.image.height - 1], radius=50, fill=255)
    sheet.image.paste(marks.waves(*sheet.image.size, line, ground), (0, 0), mask)
    sheet.mask = mask
    return sheet


@layout("id_card", "known-a")
def id_front(document: Document, rng: Random) -> list[Sheet]:
    """The side with the portrait (人像面)."""
    sheet = card(document, rng, line=(196, 218, 232), ground=(238, 244, 246))
    sheet.label_pen = Pen(size=5.0, colour=BLUE)
    sheet.value_pen = Pen(size=5.6)
    sheet.text(12, 12, "姓 名")
    sheet.value(32, 11, "name", Pen(size=6.4, spacing=4))
    sheet.text(12, 26, "性 别")
    sheet.value(32, 25.5, "gender")
    sheet.text(54, 26, "民 族")
    sheet.value(74, 25.5, "ethnicity")
    birth_date(sheet, 12, 39)
    sheet.text(12, 52, "住 址")
    sheet.shown["address"] = document.facts["address"]
    sheet.paragraph(32, 51.5, 66, document.facts["address"], sheet.value_pen, leading=1.45)
    sheet.text(12, 90, "公民身份号码")
    sheet.value(56, 88.6, "id_number", Pen(size=6.8, face=FACE_MONO, spacing=5))
    sheet.paste(marks.portrait(44, 54), 112, 20)
    return [sheet]


def birth_date(sheet: Sheet, x: float, y: float) -> None:
    """出生 with year, month and day between their printed labels."""
    year, month, day = sheet.facts["birth_on"].split("-")
    sheet.shown["birth_on"] = sheet.facts["birth_on"]
    sheet.text(x, y, "出 生")
    for at, number, label, after in ((20, year, "年", 16), (45, str(int(month)), "月", 7), (60, str(int(day)), "日", 7)):
        sheet.text(x + at, y - 0.3, number, sheet.value_pen)
        sheet.text(x + at + after, y, label)


@layout("id_card", "known-b")
def id_back(document: Document, rng: Random) -> list[Sheet]:
    """The side with the emblem (国徽面): issuer and period."""
    sheet = card(document, rng, line=(206, 214, 220), ground=(240, 243, 240))
    pencil = sheet.pencil
    pencil.ellipse([110, 90, 330, 310], fill=(206, 66, 58))
    pencil.ellipse([132, 112, 308, 288], outline=(236, 196, 90), width=8)
    sheet.text(104, 16, "中华人民共和国", Pen(size=8.4, bold=1.2), anchor="c")
    sheet.text(104, 32, "居民身份证", Pen(size=11.5, bold=1.6, spacing=12), anchor="c")
    sheet.label_pen = Pen(size=5.0, bold=0.8)
    sheet.value_pen = Pen(size=5.4, date="dots")
    sheet.text(36, 72, "签发机关")
    sheet.value(64, 71.6, "issuer")
    sheet.text(36, 86, "有效期限")
    x = sheet.value(64, 85.6, "valid_from")
    sheet.value(sheet.text(x, 85.6, "-", sheet.value_pen), 85.6, "valid_to")
    return [sheet]


def grouped(number: str, sizes: tuple[int, ...]) -> str:
    """A card number in groups."""
    parts, at = [], 0
    for size in sizes:
        parts.append(number[at : at + size])
        at += size
    return "  ".join(part for part in parts if part)


@layout("bank_card", "known-a")
def bank_card_embossed(document: Document, rng: Random) -> list[Sheet]:
    """A dark card: bank at the top left, embossed number in groups of four, period and holder below."""
    ground = rng.choice(((38, 62, 112), (120, 34, 40), (24, 84, 78)))
    sheet = card(document, rng, line=tuple(min(c + 16, 255) for c in ground), ground=ground)  # type: ignore[arg-type]
    light = Pen(size=5.2, colour=(240, 236, 224))
    sheet.value(12, 10, "bank_name", Pen(size=8.2, colour=(250, 248, 240), bold=1.0))
    sheet.text(128, 13, "借记卡", light)
    sheet.box(14, 36, 34, 50, fill=(214, 184, 110), colour=(160, 130, 70), weight=3)
    for y in (40.5, 45.5):
        sheet.line(14, y, 34, y, colour=(160, 130, 70))
    sheet.shown["card_number"] = document.facts["card_number"]
    number = grouped(document.facts["card_number"], (4, 4, 4, 4, 3))
    pen = Pen(size=10.0, face=FACE_MONO, bold=0.8)
    for shift, colour in ((0.35, (20, 24, 34)), (0.0, (236, 230, 210))):
        sheet.text(13 + shift, 58 + shift, number, Pen(size=pen.size, face=pen.face, bold=pen.bold, colour=colour))
    sheet.text(52, 78, "VALID THRU", Pen(size=3.4, colour=light.colour))
    sheet.value(76, 76.5, "valid_thru", Pen(size=6, face=FACE_MONO, colour=light.colour))
    sheet.value(14, 90, "holder_name", Pen(size=6.2, colour=light.colour, spacing=3))
    sheet.text(132, 88, "UnionPay", Pen(size=6.4, colour=(250, 250, 250), bold=0.8))
    return [sheet]


@layout("bank_card", "known-b")
def bank_card_flat(document: Document, rng: Random) -> list[Sheet]:
    """A light card with a flat-printed number without the holder's name."""
    sheet = card(document, rng, line=(214, 226, 244), ground=(232, 238, 250))
    deep = (30, 50, 96)
    sheet.value(160, 10, "bank_name", Pen(size=7.8, colour=deep, bold=1.0), anchor="r")
    sheet.text(12, 12, "储蓄卡  DEBIT CARD", Pen(size=4.6, colour=deep))
    sheet.box(14, 32, 34, 46, fill=(220, 200, 150), colour=(150, 130, 90), weight=3)
    sheet.shown["card_number"] = document.facts["card_number"]
    sheet.text(14, 60, grouped(document.facts["card_number"], (6, 13)), Pen(size=9, face=FACE_MONO, colour=deep, spacing=2))
    sheet.text(14, 80, "有效期至", Pen(size=4.2, colour=deep))
    sheet.value(34, 79.4, "valid_thru", Pen(size=5.2, face=FACE_MONO, colour=deep))
    sheet.text(150, 88, "银联 UnionPay", Pen(size=5.6, colour=(190, 40, 50), bold=0.6), anchor="r")
    return [sheet]
