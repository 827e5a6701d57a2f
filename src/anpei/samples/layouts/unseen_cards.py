"""Unseen cards: the resident identity card as people photograph and copy it, bank cards of newer kinds."""

from random import Random

from PIL import Image, ImageDraw

from anpei.samples.drawing import marks
from anpei.samples.drawing.sheet import DOTS_PER_MM, FACE_MONO, Colour, Pen, Sheet, font
from anpei.samples.layouts.registry import layout
from anpei.samples.layouts.unseen_parts import GREY, RED, WHITE, centred, fact, start
from anpei.samples.world.documents import Document

CARD = (171.2, 108.0)  # twice life size, so that print is as sharp as a near photo of the card
SKY: Colour = (66, 112, 168)
INK: Colour = (32, 32, 38)


def rounded(sheet: Sheet, radius: float = 7) -> None:
    """The corners of a plastic card."""
    sheet.mask = Image.new("L", sheet.image.size, 0)
    edge = (sheet.image.width - 1, sheet.image.height - 1)
    ImageDraw.Draw(sheet.mask).rounded_rectangle([0, 0, *edge], radius * DOTS_PER_MM, fill=255)


def day(iso: str) -> str:
    """A day as the back of the card states it; 长期 stays."""
    return iso.replace("-", ".")


def front(sheet: Sheet, x: float, y: float, *, label: Colour = SKY, scale: float = 1.0) -> None:
    """The side with the portrait, its top left corner at (x, y); ``scale`` 1 is twice life size."""

    def at(across: float, down: float) -> tuple[float, float]:
        return x + across * scale, y + down * scale

    small, plain = Pen(size=4.8 * scale, colour=label), Pen(size=5.6 * scale, colour=INK)
    for across, down, word in ((12, 15, "姓　名"), (12, 28, "性　别"), (52, 28, "民　族"), (12, 40, "出　生"), (12, 53, "住　址")):
        sheet.text(*at(across, down), word, small)
    sheet.value(*at(32, 14.4), "name", Pen(size=6.4 * scale, colour=INK, spacing=4 * scale))
    sheet.value(*at(32, 27.6), "gender", plain)
    sheet.value(*at(72, 27.6), "ethnicity", plain)
    year, month, date = (str(int(part)) for part in sheet.facts["birth_on"].split("-"))
    for left, word, unit, behind in ((32.0, year, "年", 46.6), (55.4, month, "月", 63.8), (71.4, date, "日", 79.4)):
        sheet.text(*at(left, 39.6), word, plain)
        sheet.text(*at(behind, 40), unit, small)
    sheet.shown["birth_on"] = sheet.facts["birth_on"]
    _address(sheet, at(32, 52.6), plain, 72 * scale)
    sheet.text(*at(12, 88), "公民身份号码", small)
    fact(
        sheet,
        *at(54, 87.2),
        "id_number",
        sheet.facts["id_number"],
        pen=Pen(size=6.6 * scale, colour=INK, face=FACE_MONO, spacing=9 * scale),
    )
    sheet.paste(marks.portrait(46 * scale, 58 * scale, ground=(236, 238, 242)), *at(113, 17))


def _address(sheet: Sheet, place: tuple[float, float], pen: Pen, width: float) -> None:
    sheet.shown["address"] = sheet.facts["address"]
    sheet.paragraph(*place, width, sheet.facts["address"], pen, leading=1.5)


def back(sheet: Sheet, x: float, y: float, *, label: Colour = INK, red: Colour = RED, scale: float = 1.0) -> None:
    """The side with the emblem; the emblem itself is a plain red disc."""

    def at(across: float, down: float) -> tuple[float, float]:
        return x + across * scale, y + down * scale

    left, top = (round(value * DOTS_PER_MM) for value in at(13, 12))
    wide = round(32 * scale * DOTS_PER_MM)
    sheet.pencil.ellipse([left, top, left + wide, top + wide], fill=red)
    sheet.pencil.ellipse(
        [left + wide // 5, top + wide // 5, left + wide * 4 // 5, top + wide * 4 // 5],
        outline=(236, 196, 96) if red == RED else (206, 206, 206),
        width=6,
    )
    sheet.text(*at(104, 18), "中华人民共和国", Pen(size=8.6 * scale, colour=label, bold=0.4, spacing=10 * scale), anchor="c")
    sheet.text(*at(104, 33), "居 民 身 份 证", Pen(size=11.5 * scale, colour=label, bold=0.8, spacing=6 * scale), anchor="c")
    plain = Pen(size=5.4 * scale, colour=INK)
    for down, word in ((74, "签发机关"), (88, "有效期限")):
        sheet.text(*at(36, down), word, Pen(size=5 * scale, colour=label, bold=0.4))
    sheet.value(*at(66, 73.6), "issuer", plain)
    end = fact(sheet, *at(66, 87.6), "valid_from", day(sheet.facts["valid_from"]), pen=plain)
    fact(sheet, end + 0.4, at(0, 87.6)[1], "valid_to", "-" + day(sheet.facts["valid_to"]), pen=plain)


@layout("id_card", "unseen-a")
def card_front(document: Document, rng: Random) -> list[Sheet]:
    """The portrait side: no frame, pale waves, the number in wide digits."""
    sheet = start(document, rng, CARD, label=Pen(colour=SKY), value=Pen(colour=INK), paper=(238, 244, 247))
    sheet.stamp(marks.waves(sheet.image.width, sheet.image.height, (214, 230, 236), WHITE), 0, 0)
    front(sheet, 0, 0)
    rounded(sheet)
    return [sheet]


@layout("id_card", "unseen-b")
def card_back(document: Document, rng: Random) -> list[Sheet]:
    """The emblem side."""
    sheet = start(document, rng, CARD, label=Pen(colour=INK), value=Pen(colour=INK), paper=(240, 244, 244))
    sheet.stamp(marks.waves(sheet.image.width, sheet.image.height, (222, 232, 226), WHITE), 0, 0)
    back(sheet, 0, 0)
    rounded(sheet)
    return [sheet]


@layout("id_card", "unseen-c")
def copied_sides(document: Document, rng: Random) -> list[Sheet]:
    """A grey copy of both sides, one below the other, with the usual note of purpose across the sheet."""
    sheet = start(document, rng, (210, 297), label=Pen(colour=GREY), value=Pen(colour=INK), paper=(247, 247, 246))
    for top in (44, 138):
        sheet.box(46, top, 46 + CARD[0] * 0.68, top + CARD[1] * 0.68, colour=(150, 150, 152), fill=(238, 238, 238))
    front(sheet, 46, 44, label=(96, 96, 98), scale=0.68)
    back(sheet, 46, 138, label=(52, 52, 54), red=(140, 140, 142), scale=0.68)
    centred(sheet, 232, "本复印件仅用于办理保险理赔，与原件一致", Pen(size=4.6, colour=(60, 60, 70)))
    sheet.text(130, 244, f"签名：{document.facts['name']}", Pen(size=4.6, colour=(60, 60, 70)))
    return [sheet]


def _sheen(sheet: Sheet, top: Colour, bottom: Colour) -> None:
    """A ground that runs from one colour to another."""
    strip = Image.new("RGB", (1, 2))
    strip.putdata([top, bottom])
    sheet.image.paste(strip.resize(sheet.image.size, Image.Resampling.BICUBIC), (0, 0))


def _chip(sheet: Sheet, x: float, y: float) -> None:
    sheet.box(x, y, x + 22, y + 17, colour=(150, 120, 50), fill=(214, 184, 104))
    for step in (5.6, 11.3):
        sheet.line(x, y + step, x + 22, y + step, colour=(150, 120, 50))
    sheet.line(x + 11, y, x + 11, y + 17, colour=(150, 120, 50))


def _union(sheet: Sheet, x: float, y: float) -> None:
    """Three slanting fields and the two words of the card network."""
    for index, colour in enumerate(((206, 34, 44), (18, 88, 150), (10, 128, 110))):
        left = (x + index * 7.4) * DOTS_PER_MM
        points = [(left + 3 * DOTS_PER_MM, y * DOTS_PER_MM), (left + 11 * DOTS_PER_MM, y * DOTS_PER_MM)]
        lower = [(left + 8 * DOTS_PER_MM, (y + 15) * DOTS_PER_MM), (left, (y + 15) * DOTS_PER_MM)]
        sheet.pencil.polygon([*points, *lower], fill=colour)
    face = font(round(4.2 * DOTS_PER_MM), 2)
    sheet.pencil.text(((x + 5) * DOTS_PER_MM, (y + 1) * DOTS_PER_MM), "UnionPay", WHITE, font=face)
    sheet.pencil.text(((x + 7) * DOTS_PER_MM, (y + 8) * DOTS_PER_MM), "银联", WHITE, font=face)


@layout("bank_card", "unseen-a")
def flat_print(document: Document, rng: Random) -> list[Sheet]:
    """A dark card with flat white print: number in one group at the lower left, no embossing, the holder's name below."""
    sheet = start(document, rng, CARD, label=Pen(), value=Pen(), paper=(24, 44, 84))
    _sheen(sheet, (36, 66, 122), (14, 26, 54))
    pale: Colour = (232, 236, 244)
    sheet.value(12, 11, "bank_name", Pen(size=8, colour=pale, bold=0.5))
    sheet.text(12, 22, "借记卡 DEBIT CARD", Pen(size=3.8, colour=(180, 192, 214)))
    _chip(sheet, 16, 36)
    number = document.facts["card_number"]
    groups = " ".join(number[at : at + 4] for at in range(0, len(number), 4))
    fact(sheet, 14, 66, "card_number", groups, pen=Pen(size=8.6, colour=pale, face=FACE_MONO))
    sheet.text(14, 82, "有效期至", Pen(size=3.4, colour=pale))
    sheet.value(29, 81, "valid_thru", Pen(size=5.4, colour=pale, face=FACE_MONO))
    sheet.value(14, 92, "holder_name", Pen(size=5.6, colour=pale))
    _union(sheet, 134, 86)
    rounded(sheet)
    return [sheet]


@layout("bank_card", "unseen-b")
def gilt_card(document: Document, rng: Random) -> list[Sheet]:
    """A pale gold card: the bank at the right, the number in dark embossed digits, MONTH/YEAR over the date, no name."""
    sheet = start(document, rng, CARD, label=Pen(), value=Pen(), paper=(228, 208, 160))
    _sheen(sheet, (240, 226, 190), (206, 180, 124))
    sheet.value(160, 11, "bank_name", Pen(size=7.4, colour=(110, 26, 30), bold=0.6), anchor="r")
    sheet.text(160, 21.5, "社会保障 · 金融服务", Pen(size=3.6, colour=(110, 70, 40)), anchor="r")
    _chip(sheet, 15, 33)
    number = document.facts["card_number"]
    groups = "  ".join((number[:6], number[6:10], number[10:14], number[14:]))
    fact(sheet, 15.3, 58.4, "card_number", groups, pen=Pen(size=8.8, colour=(246, 236, 208), face=FACE_MONO, bold=0.4))
    sheet.marks.pop()
    fact(sheet, 15, 58, "card_number", groups, pen=Pen(size=8.8, colour=(84, 62, 30), face=FACE_MONO, bold=0.4))
    sheet.text(60, 73, "MONTH/YEAR", Pen(size=2.8, colour=(96, 70, 40)))
    sheet.text(60, 77, "月 / 年", Pen(size=2.8, colour=(96, 70, 40)))
    sheet.text(44, 75, "VALID THRU", Pen(size=2.4, colour=(96, 70, 40)))
    sheet.value(60, 82, "valid_thru", Pen(size=6, colour=(84, 62, 30), face=FACE_MONO))
    sheet.text(15, 96, "ATM", Pen(size=5, colour=(110, 26, 30), bold=0.5))
    sheet.text(34, 97, "客服电话请见卡背", Pen(size=3, colour=(96, 70, 40)))
    _union(sheet, 134, 86)
    rounded(sheet)
    return [sheet]
