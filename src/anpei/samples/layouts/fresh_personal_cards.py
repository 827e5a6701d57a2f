"""Fresh set: the resident identity card from both sides and as a copy, and bank cards."""

from dataclasses import dataclass, replace
from math import pi, sin
from random import Random

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from anpei.samples.drawing.marks import portrait, seal, waves
from anpei.samples.drawing.sheet import DOTS_PER_MM, FACE_MONO, FACE_SERIF, Colour, Pen, Sheet
from anpei.samples.layouts.fresh_pieces import Fact, flow, rosette, rounded
from anpei.samples.layouts.registry import layout
from anpei.samples.world.documents import Document

CARD = (85.6, 54.0)
INK: Colour = (20, 20, 24)


@dataclass(frozen=True, slots=True)
class Tones:
    """The inks of a card: what is printed in blue, the pattern, the ground, the red of the emblem."""

    label: Colour = (44, 106, 160)
    pattern: Colour = (186, 208, 224)
    ground: Colour = (233, 240, 244)
    red: Colour = (190, 44, 40)
    figure: Colour = (226, 230, 236)


GREYS = Tones(label=(92, 92, 92), pattern=(206, 206, 206), ground=(232, 232, 232), red=(70, 70, 70), figure=(218, 218, 218))


def _ground(sheet: Sheet, x: float, y: float, tones: Tones) -> None:
    size = (round(CARD[0] * DOTS_PER_MM), round(CARD[1] * DOTS_PER_MM))
    sheet.paste(waves(*size, tones.pattern, tones.ground), x, y)


def _front(sheet: Sheet, x: float, y: float, tones: Tones) -> None:
    """The side with the portrait."""
    _ground(sheet, x, y, tones)
    sheet.stamp(rosette(40, 34, colour=tones.pattern), x + 20, y + 8)
    words = Pen(size=2.7, colour=tones.label)
    own = Pen(size=3.3, colour=INK)
    for top, text in ((7.2, "姓名"), (14.2, "性别"), (21.0, "出生"), (28.0, "住址")):
        sheet.text(x + 6.0, y + top, text, words)
    sheet.value(x + 14.6, y + 6.6, "name", replace(own, size=3.9))
    sheet.value(x + 14.6, y + 13.8, "gender", own)
    sheet.text(x + 24.2, y + 14.2, "民族", words)
    sheet.value(x + 32.2, y + 13.8, "ethnicity", own)
    _birth(sheet, x, y + 20.6, own, words)
    flow(sheet, x + 14.6, y + 27.6, 37.2, (Fact("address", own),), pen=own, leading=1.38)
    sheet.text(x + 6.0, y + 45.6, "公民身份号码", words)
    sheet.value(x + 29.5, y + 44.8, "id_number", Pen(size=4.3, colour=INK, face=FACE_MONO, bold=0.5, spacing=3.5))
    sheet.paste(portrait(21, 26.5, ground=tones.figure), x + 59, y + 9)


def _birth(sheet: Sheet, x: float, y: float, own: Pen, words: Pen) -> None:
    """Year, month and day at their places, without leading noughts."""
    year, month, day = (str(int(part)) for part in sheet.facts["birth_on"].split("-"))
    at = sheet.text(x + 14.6, y, year, own)
    sheet.fact_marks.append(sheet.marks[-1])
    sheet.text(at + 0.8, y + 0.4, "年", words)
    sheet.text(x + 28.6, y, month, own, anchor="c")
    sheet.text(x + 31.0, y + 0.4, "月", words)
    sheet.text(x + 37.4, y, day, own, anchor="c")
    sheet.text(x + 39.8, y + 0.4, "日", words)
    sheet.shown["birth_on"] = sheet.facts["birth_on"]


def _emblem(size: float, colour: Colour) -> Image.Image:
    """A round emblem on white: a ring, a large star and four small ones over a gate."""
    side = round(size * DOTS_PER_MM)
    picture = Image.new("RGB", (side, side), (255, 255, 255))
    pencil = ImageDraw.Draw(picture)
    pencil.ellipse((2, 2, side - 3, side - 3), outline=colour, width=max(3, side // 16))
    for cx, cy, reach in ((0.5, 0.3, 0.1), (0.33, 0.44, 0.045), (0.43, 0.48, 0.045), (0.57, 0.48, 0.045), (0.67, 0.44, 0.045)):
        points = []
        for k in range(10):
            r = reach * (1 if k % 2 == 0 else 0.4) * side
            points.append((cx * side + r * sin(pi * k / 5), cy * side - r * sin(pi / 2 - pi * k / 5)))
        pencil.polygon(points, fill=colour)
    pencil.polygon([(side * a, side * b) for a, b in ((0.3, 0.6), (0.7, 0.6), (0.76, 0.66), (0.24, 0.66))], fill=colour)
    pencil.rectangle((side * 0.3, side * 0.68, side * 0.7, side * 0.76), fill=colour)
    pencil.arc((side * 0.15, side * 0.35, side * 0.85, side * 0.94), 20, 160, fill=colour, width=max(3, side // 18))
    return picture.filter(ImageFilter.GaussianBlur(0.8))


def _wall(tones: Tones) -> Image.Image:
    """The wall over hills, faint on white."""
    w, h = round(80 * DOTS_PER_MM), round(24 * DOTS_PER_MM)
    picture = Image.new("RGB", (w, h), (255, 255, 255))
    pencil = ImageDraw.Draw(picture)
    for shift in range(6):
        ridge = [(x, h * (0.35 + 0.09 * shift) + 26 * sin(x / 70 + shift) + 12 * sin(x / 23 + 2 * shift)) for x in range(0, w, 4)]
        pencil.line(ridge, fill=tones.pattern, width=3)
        for x, y in ridge[::6]:
            pencil.rectangle((x - 4, y - 9, x + 4, y), fill=tones.pattern)
    return picture


def _back(sheet: Sheet, x: float, y: float, tones: Tones) -> None:
    """The side with the emblem."""
    _ground(sheet, x, y, tones)
    sheet.stamp(_wall(tones), x + 3, y + 21)
    sheet.stamp(_emblem(15.5, tones.red), x + 6.5, y + 5.5)
    sheet.text(x + 53, y + 7.6, "中华人民共和国", Pen(size=4.6, colour=INK, face=FACE_SERIF, bold=0.6, spacing=7), anchor="c")
    sheet.text(x + 53, y + 15.6, "居民身份证", Pen(size=6.6, colour=INK, face=FACE_SERIF, bold=0.9, spacing=14), anchor="c")
    words, own = Pen(size=2.8, colour=INK, bold=0.4), Pen(size=3.1, colour=INK, date="dots")
    sheet.text(x + 21.5, y + 38.2, "签发机关", words)
    sheet.value(x + 36.5, y + 38.0, "issuer", own)
    sheet.text(x + 21.5, y + 45.4, "有效期限", words)
    sheet.value(sheet.text(sheet.value(x + 36.5, y + 45.2, "valid_from", own), y + 45.2, "-", own), y + 45.2, "valid_to", own)


@layout("id_card", "fresh-a")
def front(document: Document, rng: Random) -> list[Sheet]:
    """The card itself from the front."""
    sheet = Sheet(*CARD, facts=document.facts, rng=rng)
    _front(sheet, 0, 0, Tones())
    rounded(sheet, 3.2)
    return [sheet]


@layout("id_card", "fresh-b")
def back(document: Document, rng: Random) -> list[Sheet]:
    """The card itself from the back."""
    sheet = Sheet(*CARD, facts=document.facts, rng=rng)
    _back(sheet, 0, 0, Tones(pattern=(226, 200, 198), ground=(240, 240, 240)))
    rounded(sheet, 3.2)
    return [sheet]


@layout("id_card", "fresh-c")
def copied(document: Document, rng: Random) -> list[Sheet]:
    """Both sides copied in grey onto one A4 sheet, the emblem above, with the note for what the copy is good for."""
    sheet = Sheet(210, 297, facts=document.facts, rng=rng, paper=(250, 250, 248))
    _back(sheet, 63, 52, GREYS)
    _front(sheet, 62, 128, GREYS)
    _specks(sheet)
    pen = Pen(size=4.4, face=FACE_SERIF)
    sheet.text(40, 214, "复印件与原件核对无误，仅供办理保险理赔使用，再次复印无效。", pen)
    sheet.text(118, 228, "经办人：", pen)
    sheet.line(136, 233, 176, 233, weight=1)
    sheet.stamp(seal("东屿财产保险理赔服务部", "核对专用", rng=rng, diameter=34), 136, 212)
    return [sheet]


def _specks(sheet: Sheet) -> None:
    """Dirt of the copier's glass."""
    for _ in range(90):
        x, y = sheet.rng.uniform(6, 204), sheet.rng.uniform(6, 290)
        sheet.line(x, y, x + sheet.rng.uniform(0.05, 0.4), y + sheet.rng.uniform(0, 0.2), colour=(110, 110, 110), weight=1)


def _sheen(width: float, height: float, light: Colour, deep: Colour, *, bend: float) -> Image.Image:
    """A ground that runs from light to deep with a swung band."""
    w, h = round(width * DOTS_PER_MM), round(height * DOTS_PER_MM)
    y, x = np.mgrid[0:h, 0:w].astype(np.float32)
    weight = np.clip(0.15 + 0.75 * (x / w * 0.6 + y / h * 0.4) + 0.1 * np.sin(bend * x / w + 4 * y / h), 0, 1)
    weight += 0.16 * (np.sin((x + 0.4 * y) / w * 9 + bend) > 0.35)
    weight = np.clip(weight, 0, 1)[..., None]
    mixed = np.array(light, np.float32) * (1 - weight) + np.array(deep, np.float32) * weight
    return Image.fromarray(mixed.astype(np.uint8))


def _chip(sheet: Sheet, x: float, y: float, width: float = 12, height: float = 9.2) -> None:
    gold, dark = (214, 186, 118), (132, 104, 52)
    sheet.box(x, y, x + width, y + height, colour=dark, weight=2, fill=gold)
    for part in (0.33, 0.67):
        sheet.line(x, y + height * part, x + width * 0.33, y + height * part, colour=dark)
        sheet.line(x + width * 0.67, y + height * part, x + width, y + height * part, colour=dark)
    sheet.box(x + width * 0.33, y + height * 0.2, x + width * 0.67, y + height * 0.8, colour=dark)


def _scheme(sheet: Sheet, x: float, y: float) -> None:
    """The mark of the card scheme: three leaning fields."""
    for shift, colour in ((0.0, (196, 40, 50)), (4.2, (30, 82, 146)), (8.4, (24, 122, 112))):
        sheet.box(x + shift, y, x + shift + 4.6, y + 8, colour=colour, fill=colour)
    sheet.text(x + 6.5, y + 4.3, "银联", Pen(size=2.6, colour=(250, 250, 250), bold=0.4), anchor="c")
    sheet.text(x + 6.5, y + 1.4, "UnionPay", Pen(size=2.2, colour=(250, 250, 250), bold=0.3), anchor="c")


def _number(sheet: Sheet, x: float, y: float, pen: Pen, *, gap: float) -> float:
    """The card number in groups of four; returns the x after it."""
    number = sheet.facts["card_number"]
    for start in range(0, len(number), 4):
        x = sheet.text(x, y, number[start : start + 4], pen) + gap
        if not start:
            sheet.fact_marks.append(sheet.marks[-1])
    sheet.shown["card_number"] = number
    return x


@layout("bank_card", "fresh-a")
def debit_front(document: Document, rng: Random) -> list[Sheet]:
    """A flat printed debit card from the front: light letters on deep green."""
    sheet = Sheet(*CARD, facts=document.facts, rng=rng)
    sheet.paste(_sheen(*CARD, (38, 138, 118), (10, 66, 70), bend=6), 0, 0)
    white: Colour = (244, 246, 240)
    sheet.text(6, 6.5, "◎", Pen(size=6, colour=white))
    sheet.value(13.2, 6.6, "bank_name", Pen(size=4.8, colour=white, face=FACE_SERIF, bold=0.7))
    sheet.text(79, 7.2, "借记卡 DEBIT", Pen(size=2.6, colour=white), anchor="r")
    _chip(sheet, 8, 18.6)
    for index in range(3):
        sheet.pencil.arc((178 - index * 6, 156 - index * 10, 198 + index * 8, 216 + index * 10), -45, 45, fill=white, width=3)
    _number(sheet, 8, 31.6, Pen(size=5.4, colour=white, face=FACE_MONO, bold=0.6), gap=2.6)
    sheet.text(34, 40.4, "有效期至", Pen(size=1.9, colour=white))
    sheet.text(34, 43.0, "VALID THRU", Pen(size=1.7, colour=white))
    sheet.value(45.5, 41.0, "valid_thru", Pen(size=3.4, colour=white, face=FACE_MONO))
    sheet.text(8, 47.6, "ATM", Pen(size=2.4, colour=white))
    _scheme(sheet, 67, 41.5)
    rounded(sheet, 3.2)
    return [sheet]


@layout("bank_card", "fresh-b")
def debit_back(document: Document, rng: Random) -> list[Sheet]:
    """A card whose number stands on the back, under the magnetic stripe."""
    sheet = Sheet(*CARD, facts=document.facts, rng=rng)
    sheet.paste(_sheen(*CARD, (236, 232, 224), (206, 202, 198), bend=3), 0, 0)
    sheet.box(0, 5, 85.6, 16.5, colour=(34, 30, 30), fill=(34, 30, 30))
    sheet.box(6, 20, 58, 27.4, colour=(180, 176, 170), fill=(250, 250, 248), weight=1)
    for row in range(5):
        sheet.line(6.4, 21 + row * 1.4, 57.6, 21 + row * 1.4, colour=(214, 220, 232), weight=1)
    tiny = Pen(size=1.9, colour=(60, 58, 56))
    sheet.text(6, 17.4, "持卡人签名 AUTHORIZED SIGNATURE    未经签名无效 NOT VALID UNLESS SIGNED", replace(tiny, size=1.6))
    _number(sheet, 6, 30.2, Pen(size=4.2, colour=(40, 38, 38), face=FACE_MONO, bold=0.4), gap=1.9)
    sheet.text(60, 30.6, "有效期", tiny)
    sheet.value(66.8, 30.2, "valid_thru", Pen(size=2.8, colour=(40, 38, 38), face=FACE_MONO))
    sheet.value(sheet.text(6, 37.4, "1.本卡由", tiny), 37.4, "bank_name", tiny, suffix="发行，使用本卡须遵守发卡银行章程。")
    sheet.text(6, 40.5, "2.本卡仅限本人使用，如有遗失请立即致电发卡银行办理挂失。", tiny)
    sheet.text(6, 43.6, "3.请妥善保管密码，切勿泄露给他人。", tiny)
    sheet.text(6, 47.4, "24小时客户服务热线：9600888", Pen(size=2.4, colour=(40, 38, 38), bold=0.3))
    _scheme(sheet, 67, 42.5)
    rounded(sheet, 3.2)
    return [sheet]


@layout("bank_card", "fresh-c")
def upright_front(document: Document, rng: Random) -> list[Sheet]:
    """An upright card: bank above, chip in the middle, number and holder in small letters at the foot."""
    sheet = Sheet(CARD[1], CARD[0], facts=document.facts, rng=rng)
    sheet.paste(_sheen(CARD[1], CARD[0], (246, 214, 196), (214, 120, 96), bend=5), 0, 0)
    dark: Colour = (70, 26, 20)
    sheet.value(27, 7, "bank_name", Pen(size=4.4, colour=dark, bold=0.6), anchor="c")
    sheet.text(27, 13, "借记卡", Pen(size=2.4, colour=dark, spacing=5), anchor="c")
    _chip(sheet, 21.5, 24, 11, 9)
    _number(sheet, 5.2, 59, Pen(size=3.4, colour=dark, face=FACE_MONO, bold=0.4), gap=1.0)
    sheet.text(5.2, 64.8, "VALID THRU", Pen(size=1.8, colour=dark))
    sheet.value(16, 64.2, "valid_thru", Pen(size=2.8, colour=dark, face=FACE_MONO))
    sheet.value(5.2, 69, "holder_name", Pen(size=3.0, colour=dark))
    _scheme(sheet, 37, 74)
    rounded(sheet, 3.2)
    return [sheet]
