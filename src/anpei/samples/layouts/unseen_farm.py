"""Unseen livestock papers and photographed things: loss sheets, ear tags, plates, damage."""

from collections.abc import Sequence
from random import Random

from PIL import Image, ImageDraw, ImageFilter

from anpei.samples.drawing import marks
from anpei.samples.drawing.sheet import DOTS_PER_MM, FACE_MONO, FACE_SANS, Colour, Column, Mark, Pen, Sheet, font
from anpei.samples.layouts.registry import layout
from anpei.samples.layouts.unseen_parts import GREEN, GREY, WHITE, Cell, centred, fact, ruled, seal, start
from anpei.samples.world.documents import Document

INK: Colour = (26, 26, 30)
TAG_COLUMNS = (Column("序号", "", 14, "c"), Column("耳标号", "ear_tag", 46, "c"), Column("重量(kg)", "weight", 27, "c"))


@layout("livestock_loss_sheet", "unseen-a")
def ruled_losses(document: Document, rng: Random) -> list[Sheet]:
    """A ruled survey form, ear tags in two blocks side by side, three signatures at the foot."""
    extra = document.extra
    sheet = start(document, rng, (210, 260), label=Pen(size=3.4), value=Pen(size=3.5))
    centred(sheet, 11, "政策性养殖保险死亡查勘定损表", Pen(size=5.8, bold=0.6))
    sheet.text(18, 22, f"承保公司：{extra['insurer']}", Pen(size=3.3))
    sheet.text(192, 22, f"报案号：{extra['report_number']}", Pen(size=3.3), anchor="r")
    rows = (
        (Cell("被保险人", "farmer_name", 24, 58), Cell("保险单号", "policy_number", 24, 68)),
        (Cell("养殖地点", "", 24, 58, extra=extra["address"]), Cell("联系电话", "", 24, 68, extra=extra["phone"])),
        (
            Cell("畜种", "animal_kind", 24, 34), Cell("承保数量", "", 24, 34, extra=extra["insured_count"] + "头"),
            Cell("死亡数量", "death_count", 24, 34, suffix=" 头"),
        ),
        (
            Cell("出险时间", "occurred_on", 24, 34), Cell("死亡原因", "cause_of_death", 24, 34),
            Cell("处理方式", "", 24, 34, extra=extra["disposal"]),
        ),
    )  # fmt: skip
    y = ruled(sheet, 18, 29, rows, height=9) + 4
    deep = (len(document.rows) + 1) // 2
    for side in range(2):
        sheet.grid(18 + side * 87, y, TAG_COLUMNS, deep + 1, 7.4)
        sheet.heading(18 + side * 87, y + 1.8, TAG_COLUMNS)
    for index, row in enumerate(document.rows):
        left, top = 18 + index // deep * 87, y + 9.2 + index % deep * 7.4
        sheet.text(left + 7, top, str(index + 1), sheet.value_pen, anchor="c")
        sheet.row(left, top, TAG_COLUMNS, row)
    y += (deep + 1) * 7.4
    sheet.text(18, y + 5, f"核定损失金额（元）：{extra['loss']}　　每头保险金额：{extra['unit_sum']}")
    sheet.text(18, y + 15, f"查勘员：{extra['surveyor']}　　动物防疫员：{extra['veterinarian']}　　村协保员：{extra['villager']}")
    sheet.text(18, y + 24, "被保险人（签字按印）：")
    sheet.pair(134, y + 24, "查勘日期：", "issued_on")
    seal(sheet, 128, y + 4, extra["insurer"], "农险理赔专用章", diameter=40)
    return [sheet]


@layout("livestock_loss_sheet", "unseen-b")
def listed_losses(document: Document, rng: Random) -> list[Sheet]:
    """A half-page list in running lines on greenish paper: the tags as a numbered list of lines with dotted leaders."""
    extra = document.extra
    sheet = start(document, rng, (190, 235), label=Pen(size=3.6, colour=GREEN), value=Pen(size=3.7, date="cn"), paper=(246, 251, 244))
    centred(sheet, 12, "死亡畜禽损失清单", Pen(size=6, colour=GREEN, bold=0.6, spacing=4))
    sheet.pair(16, 26, "保单号码：", "policy_number")
    sheet.pair(116, 26, "养殖户：", "farmer_name")
    sheet.pair(16, 34, "标的名称：", "animal_kind")
    sheet.text(sheet.pair(72, 34, "死亡头数：", "death_count") + 1, 34, "头（只）")
    sheet.pair(116, 34, "死因：", "cause_of_death")
    sheet.pair(16, 42, "出险日期：", "occurred_on")
    sheet.text(116, 42, f"无害化处理：{extra['disposal']}")
    sheet.line(16, 49, 174, 49, colour=GREEN, weight=4)
    for x, word in ((26, "编号"), (70, "免疫耳标号码"), (140, "尸重（公斤）")):
        sheet.text(x, 51.6, word, anchor="c" if x > 26 else "l")
    y = 60.0
    for number, row in enumerate(document.rows, start=1):
        sheet.text(26, y, f"{number:02d}", sheet.value_pen)
        sheet.text(70, y, row["ear_tag"], Pen(size=3.9, face=FACE_MONO), anchor="c")
        sheet.text(140, y, row["weight"], sheet.value_pen, anchor="c")
        sheet.shown_rows.append({"ear_tag": row["ear_tag"], "weight": row["weight"]})
        sheet.line(16, y + 5.4, 174, y + 5.4, colour=(196, 214, 196), weight=1)
        y += 7.6
    sheet.text(16, y + 6, f"以上情况属实，养殖户签字：{document.facts['farmer_name']}")
    sheet.text(16, y + 15, f"查勘人员：{extra['surveyor']}")
    sheet.pair(110, y + 15, "填单日期：", "issued_on")
    sheet.text(95, 226, "白联：公司　红联：农户", Pen(size=2.9, colour=GREY), anchor="c")
    return [sheet]


def _backdrop(sheet: Sheet, tones: Sequence[Colour], rng: Random) -> None:
    """Blurred patches: hide, straw, road, whatever lies behind the thing."""
    layer = Image.new("RGB", (sheet.image.width // 8, sheet.image.height // 8), tones[0])
    pencil = ImageDraw.Draw(layer)
    for _ in range(160):
        x, y, size = rng.uniform(0, layer.width), rng.uniform(0, layer.height), rng.uniform(8, layer.width / 5)
        pencil.ellipse([x - size, y - size / 2, x + size, y + size / 2], fill=rng.choice(tones))
    smooth = layer.filter(ImageFilter.GaussianBlur(7)).resize(sheet.image.size, Image.Resampling.BICUBIC)
    sheet.image.paste(smooth, (0, 0))


def _disc(sheet: Sheet, middle: tuple[float, float], radius: float, fill: Colour, edge: Colour = (120, 110, 60)) -> None:
    box = [(middle[0] - radius) * DOTS_PER_MM, (middle[1] - radius) * DOTS_PER_MM]
    sheet.pencil.ellipse([*box, box[0] + 2 * radius * DOTS_PER_MM, box[1] + 2 * radius * DOTS_PER_MM], fill=fill, outline=edge, width=4)


@layout("ear_tag", "unseen-a")
def round_tag(document: Document, rng: Random) -> list[Sheet]:
    """A round tag on a hide: the kind and county in the upper line, the animal's number below, a code square between."""
    sheet = start(document, rng, (150, 130), label=Pen(), value=Pen(size=8.4, colour=INK, face=FACE_MONO, bold=0.5))
    _backdrop(sheet, ((206, 170, 156), (224, 190, 176), (186, 148, 136), (214, 182, 170)), rng)
    colour: Colour = rng.choice(((238, 196, 180), (246, 222, 120), (242, 160, 84)))
    _disc(sheet, (75, 65), 48, colour)
    tag = document.facts["ear_tag"]
    sheet.shown["ear_tag"] = tag
    sheet.text(75, 34, tag[:7], sheet.value_pen, anchor="c")
    sheet.text(75, 82, tag[7:], sheet.value_pen, anchor="c")
    code = marks.qr(tag, 26)
    sheet.stamp(code, 62, 49)
    _disc(sheet, (75, 103), 3.4, (90, 84, 76))
    return [sheet]


@layout("ear_tag", "unseen-b")
def hanging_tag(document: Document, rng: Random) -> list[Sheet]:
    """A large hanging tag: all fifteen digits in one line under a coarse working number of the farm."""
    sheet = start(document, rng, (140, 150), label=Pen(), value=Pen(size=7.2, colour=INK, face=FACE_SANS, bold=0.4))
    _backdrop(sheet, ((96, 72, 54), (122, 94, 70), (70, 54, 42), (150, 128, 104)), rng)
    colour: Colour = rng.choice(((250, 214, 60), (244, 226, 130)))
    corners = [(28, 46), (50, 24), (90, 24), (112, 46), (118, 132), (22, 132)]
    sheet.pencil.polygon([(x * DOTS_PER_MM, y * DOTS_PER_MM) for x, y in corners], fill=colour, outline=(120, 100, 30), width=6)
    _disc(sheet, (70, 36), 6, (60, 52, 40))
    sheet.text(70, 52, "动物检疫", Pen(size=5.4, colour=INK), anchor="c")
    fact(sheet, 70, 72, "ear_tag", document.facts["ear_tag"], anchor="c")
    sheet.stamp(marks.qr(document.facts["ear_tag"], 30), 55, 92)
    return [sheet]


def _plate(sheet: Sheet, at: tuple[float, float], size: tuple[float, float], document: Document) -> None:
    """The plate at (x, y): a letter of the province, the city's letter, a dot, the rest; blue, or green fading to white."""
    (x, y), (width, height) = at, size
    green = document.extra["colour"] == "green"
    top, low = ((238, 246, 240), (96, 196, 130)) if green else ((22, 72, 168), (22, 72, 168))
    strip = Image.new("RGB", (1, 2))
    strip.putdata([top, low])
    sheet.image.paste(
        strip.resize((round(width * DOTS_PER_MM), round(height * DOTS_PER_MM)), Image.Resampling.BICUBIC),
        (round(x * DOTS_PER_MM), round(y * DOTS_PER_MM)),
    )
    ink: Colour = INK if green else (246, 248, 250)
    sheet.box(x + 1.2, y + 1.2, x + width - 1.2, y + height - 1.2, colour=ink, weight=5)
    number = document.facts["plate_number"]
    sheet.shown["plate_number"] = number
    step = (width - 10) / (len(number) + 0.5)
    for index, char in enumerate(number):
        left = x + 5 + step * (index + 0.1 + (0.5 if index > 1 else 0))
        _embossed(sheet, char, (left, y + height * 0.16, step * 0.8, height * 0.68), ink)
    if not green:
        _disc(sheet, (x + 5 + step * 2.25, y + height / 2), height * 0.04, ink, ink)


def _embossed(sheet: Sheet, char: str, box: tuple[float, float, float, float], ink: Colour) -> None:
    """One character stretched to its place (x, y, width, height), narrow and tall as plates have them."""
    x, y, wide, tall = box
    if char == "1":
        x, wide = x + wide * 0.28, wide * 0.44
    glyph = Image.new("L", (260, 260), 0)
    ImageDraw.Draw(glyph).text((130, 130), char, 255, font=font(200, FACE_SANS), anchor="mm", stroke_width=5)
    shape = glyph.crop(glyph.getbbox()).resize((round(wide * DOTS_PER_MM), round(tall * DOTS_PER_MM)), Image.Resampling.BICUBIC)
    sheet.image.paste(ink, (round(x * DOTS_PER_MM), round(y * DOTS_PER_MM)), shape)
    sheet.marks.append(Mark("text", x, y, text=char, pen=Pen(size=wide * 0.95, colour=ink)))


@layout("plate_photo", "unseen-a")
def plate_on_bumper(document: Document, rng: Random) -> list[Sheet]:
    """A plate on the bumper of a pale car, with lamps at both sides."""
    sheet = start(document, rng, (240, 150), label=Pen(), value=Pen())
    _backdrop(sheet, ((150, 154, 158), (168, 172, 176), (140, 144, 150)), rng)
    sheet.box(0, 20, 240, 66, colour=(206, 208, 212), fill=(206, 208, 212))
    sheet.box(0, 112, 240, 150, colour=(46, 46, 50), fill=(46, 46, 50))
    for x in (10, 200):
        sheet.box(x, 30, x + 30, 50, colour=(236, 240, 246), fill=(236, 240, 246), weight=6)
    _plate(sheet, (54, 70), (132, 42), document)
    return [sheet]


@layout("plate_photo", "unseen-b")
def plate_behind(document: Document, rng: Random) -> list[Sheet]:
    """A plate in a black frame on a dark boot lid, the dealer's name on the frame."""
    sheet = start(document, rng, (200, 160), label=Pen(), value=Pen())
    _backdrop(sheet, ((44, 48, 58), (58, 62, 74), (34, 36, 44)), rng)
    sheet.box(36, 58, 164, 112, colour=(16, 16, 18), fill=(16, 16, 18))
    sheet.text(100, 104, "东屿汽车销售服务", Pen(size=4.4, colour=(196, 198, 202)), anchor="c")
    _plate(sheet, (40, 62), (120, 38), document)
    for x in (6, 172):
        sheet.box(x, 40, x + 22, 64, colour=(150, 24, 26), fill=(150, 24, 26))
    return [sheet]


def _panel(document: Document) -> Colour:
    return {"silver": (192, 196, 202), "red": (168, 36, 40), "navy": (36, 52, 92), "white": (232, 234, 236)}[document.extra["colour"]]


@layout("damage_photo", "unseen-a")
def dented_door(document: Document, rng: Random) -> list[Sheet]:
    """A dented door with long scratches: a scene, no words."""
    sheet = Sheet(220, 160, facts={}, rng=rng, paper=WHITE)
    tone = _panel(document)
    darker = tuple(max(part - 46, 0) for part in tone)
    lighter = tuple(min(part + 18, 255) for part in tone)
    _backdrop(sheet, (tone, lighter), rng)  # type: ignore[arg-type]
    sheet.box(0, 0, 220, 34, colour=(30, 34, 40), fill=(30, 34, 40))
    sheet.line(70, 34, 78, 160, colour=(40, 40, 44), weight=10)
    sheet.box(92, 62, 122, 69, colour=(70, 72, 78), fill=(70, 72, 78))
    for _ in range(9):
        x, y, size = rng.uniform(110, 180), rng.uniform(84, 128), rng.uniform(5, 16)
        box = [value * DOTS_PER_MM for value in (x - size, y - size / 2, x + size, y + size / 2)]
        sheet.pencil.ellipse(box, fill=darker if rng.random() < 0.6 else lighter)
    for _ in range(14):
        y = rng.uniform(84, 134)
        sheet.line(rng.uniform(96, 130), y, rng.uniform(150, 208), y + rng.uniform(-9, 9), colour=(240, 240, 238), weight=rng.randint(2, 6))
    sheet.image.paste(sheet.image.filter(ImageFilter.GaussianBlur(3)), (0, 0))
    return [sheet]


@layout("damage_photo", "unseen-b")
def broken_lamp(document: Document, rng: Random) -> list[Sheet]:
    """A broken lamp over a torn bumper on a road: a scene, no words."""
    sheet = Sheet(200, 150, facts={}, rng=rng, paper=WHITE)
    _backdrop(sheet, ((112, 112, 114), (128, 128, 128), (98, 98, 102)), rng)
    tone = _panel(document)
    hood = [(0, 12), (150, 6), (196, 44), (190, 104), (0, 118)]
    sheet.pencil.polygon([(x * DOTS_PER_MM, y * DOTS_PER_MM) for x, y in hood], fill=tone, outline=(40, 40, 44), width=8)
    lamp = [(112, 36), (170, 44), (182, 62), (120, 62)]
    sheet.pencil.polygon([(x * DOTS_PER_MM, y * DOTS_PER_MM) for x, y in lamp], fill=(222, 228, 234), outline=(30, 30, 34), width=8)
    for _ in range(12):
        x, y = rng.uniform(118, 172), rng.uniform(42, 60)
        sheet.line(x, y, x + rng.uniform(-16, 16), y + rng.uniform(-10, 10), colour=(50, 54, 60), weight=3)
    tear = [(96, 84), (128, 76), (150, 92), (186, 82), (172, 104), (110, 108)]
    sheet.pencil.polygon([(x * DOTS_PER_MM, y * DOTS_PER_MM) for x, y in tear], fill=(20, 20, 22))
    for _ in range(26):
        x, y, size = rng.uniform(20, 190), rng.uniform(122, 146), rng.uniform(0.6, 2.6)
        sheet.box(x, y, x + size, y + size * 0.7, colour=(226, 232, 238), fill=(226, 232, 238))
    sheet.image.paste(sheet.image.filter(ImageFilter.GaussianBlur(2)), (0, 0))
    return [sheet]
