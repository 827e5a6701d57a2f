"""Cards held back from development: a copy of both sides of an identity card on one sheet, other bank cards."""

from random import Random

from PIL import Image, ImageOps

from anpei.samples.drawing.sheet import FACE_MONO, Pen, Sheet
from anpei.samples.layouts.cards_known import card, grouped, id_back, id_front
from anpei.samples.layouts.registry import layout
from anpei.samples.world.documents import Document


@layout("id_card", "heldback-a")
def id_front_warm(document: Document, rng: Random) -> list[Sheet]:
    """The portrait side as older cards look: a warmer ground, tighter print."""
    sheet = id_front(document, rng)[0]
    tint = Image.new("RGB", sheet.image.size, (255, 240, 222))
    sheet.image = Image.blend(sheet.image, tint, 0.22)
    return [sheet]


@layout("id_card", "heldback-b")
def id_copy(document: Document, rng: Random) -> list[Sheet]:
    """A black-and-white copy of both sides on one A4 sheet."""
    sheet = Sheet(210, 297, facts=document.facts, rng=rng)
    for y, side in ((40, id_front), (168, id_back)):
        drawn = side(document, rng)[0]
        small = drawn.image.resize((round(drawn.image.width * 0.72), round(drawn.image.height * 0.72)), Image.Resampling.LANCZOS)
        sheet.paste(ImageOps.autocontrast(small.convert("L"), cutoff=1).convert("RGB"), 43, y)
        sheet.shown |= drawn.shown
    return [sheet]


@layout("bank_card", "heldback-a")
def bank_card_low_number(document: Document, rng: Random) -> list[Sheet]:
    """A card whose number stands at the foot in one row, the period above it at the right."""
    sheet = card(document, rng, line=(60, 64, 70), ground=(34, 36, 42))
    gold = (222, 190, 120)
    sheet.value(16, 14, "bank_name", Pen(size=7.4, colour=gold, bold=0.8))
    sheet.text(16, 28, "金卡 GOLD", Pen(size=4.2, colour=gold))
    sheet.box(16, 42, 36, 57, fill=(206, 178, 110), colour=(120, 96, 50), weight=3)
    sheet.text(116, 52, "有效期 MONTH/YEAR", Pen(size=3.4, colour=gold))
    sheet.value(122, 58, "valid_thru", Pen(size=5.4, face=FACE_MONO, colour=gold))
    sheet.shown["card_number"] = document.facts["card_number"]
    sheet.text(16, 82, grouped(document.facts["card_number"], (4, 4, 4, 4, 3)), Pen(size=8.6, face=FACE_MONO, colour=gold, bold=0.6))
    return [sheet]


@layout("bank_card", "heldback-b")
def bank_card_back(document: Document, rng: Random) -> list[Sheet]:
    """A flat card with the number in one block after 卡号 and the holder below it."""
    sheet = card(document, rng, line=(250, 232, 214), ground=(252, 242, 230))
    deep = (110, 44, 20)
    sheet.value(85, 12, "bank_name", Pen(size=8, colour=deep, bold=1.0), anchor="c")
    sheet.text(16, 46, "卡号", Pen(size=4.4, colour=deep))
    sheet.shown["card_number"] = document.facts["card_number"]
    sheet.text(30, 44, document.facts["card_number"], Pen(size=8.4, face=FACE_MONO, colour=deep, spacing=3))
    sheet.text(16, 64, "持卡人", Pen(size=4.4, colour=deep))
    sheet.value(34, 63, "holder_name", Pen(size=5.6, colour=deep))
    sheet.text(104, 64, "有效期", Pen(size=4.4, colour=deep))
    sheet.value(122, 63, "valid_thru", Pen(size=5.6, face=FACE_MONO, colour=deep))
    sheet.text(158, 88, "银联", Pen(size=6, colour=(190, 40, 50), bold=0.8), anchor="r")
    return [sheet]
