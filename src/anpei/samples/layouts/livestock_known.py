"""Livestock loss sheets and photographed ear tags for development."""

from random import Random

import numpy as np
from PIL import Image, ImageFilter

from anpei.samples.drawing import marks
from anpei.samples.drawing.formats import capitals
from anpei.samples.drawing.sheet import DOTS_PER_MM, Colour, Column, Pen, Sheet
from anpei.samples.layouts.parts import title
from anpei.samples.layouts.registry import layout
from anpei.samples.world.documents import Document


def _ruled_head(sheet: Sheet, document: Document) -> None:
    """Two facts a line in a ruled head; those that are no field come from ``extra``."""
    extra = document.extra
    head = (
        (("被保险人（养殖户）", "farmer_name", 18, 52), ("联系电话", extra["phone"], 112, 142)),
        (("保险标的", "animal_kind", 18, 52), ("承保数量", extra["insured_count"], 112, 142)),
        (("出险日期", "occurred_on", 18, 52), ("死亡原因", "cause_of_death", 112, 142)),
        (("死亡数量（头）", "death_count", 18, 52), ("养殖地点", extra["address"], 112, 142)),
    )
    for index, cells in enumerate(head):
        y = 42 + index * 9
        sheet.box(16, y, 194, y + 9)
        for label, name, x, at in cells:
            sheet.text(x, y + 2.6, label)
            if name in document.facts:
                sheet.value(at, y + 2.6, name)
            else:
                sheet.text(at, y + 2.6, name, sheet.value_pen)
    for x in (50, 110, 140):
        sheet.line(x, 42, x, 78)


@layout("livestock_loss_sheet", "known-a")
def survey_sheet(document: Document, rng: Random) -> list[Sheet]:
    """养殖业保险查勘及损失清单: facts in a ruled head, one animal a row."""
    sheet = Sheet(210, 297, facts=document.facts, rng=rng)
    extra = document.extra
    sheet.label_pen, sheet.value_pen = Pen(size=3.8), Pen(size=3.9)
    title(sheet, 13, extra["insurer"], Pen(size=5.0))
    title(sheet, 21, "养殖业保险死亡标的查勘及损失清单", Pen(size=6.2, bold=0.9))
    sheet.text(18, 34, f"报案号：{extra['report_number']}")
    sheet.pair(112, 34, "保险单号：", "policy_number")
    _ruled_head(sheet, document)
    columns = [
        Column("序号", "", 18, "c"),
        Column("耳标号码", "ear_tag", 70, "c"),
        Column("重量（公斤）", "weight", 40, "c"),
        Column("备注", "", 50, "c"),
    ]
    sheet.grid(16, 84, columns, len(document.rows) + 1, 8)
    sheet.heading(16, 86.4, columns)
    for index, row in enumerate(document.rows):
        sheet.text(25, 94.4 + index * 8, str(index + 1), sheet.value_pen, anchor="c")
        sheet.row(16, 94.4 + index * 8, columns, row)
    y = 96 + len(document.rows) * 8
    sheet.text(18, y, f"损失金额合计：{extra['loss']}元（大写）{capitals(extra['loss'])}")
    sheet.text(18, y + 9, f"处理方式：{extra['disposal']}")
    sheet.text(18, y + 20, f"查勘员：{extra['surveyor']}")
    sheet.text(80, y + 20, f"防疫员：{extra['veterinarian']}")
    sheet.pair(136, y + 20, "查勘日期：", "issued_on", pen=Pen(size=3.9, date="cn_plain"))
    sheet.text(18, y + 30, "被保险人签字：")
    sheet.stamp(marks.seal(extra["insurer"], "理赔专用章", rng=rng, diameter=36), 142, y + 2)
    return [sheet]


@layout("livestock_loss_sheet", "known-b")
def loss_list(document: Document, rng: Random) -> list[Sheet]:
    """A village's 死亡牲畜损失清单: labels with colons, two animals a line."""
    sheet = Sheet(210, 297, facts=document.facts, rng=rng, paper=(253, 252, 247))
    extra = document.extra
    sheet.label_pen, sheet.value_pen = Pen(size=4.0), Pen(size=4.0, date="cn")
    title(sheet, 16, "养殖业保险损失清单", Pen(size=7.0, bold=0.8), rules=1)
    sheet.pair(18, 36, "保单号：", "policy_number")
    sheet.text(130, 36, "单位：头、公斤")
    sheet.pair(18, 45, "农户姓名：", "farmer_name")
    sheet.pair(112, 45, "畜种：", "animal_kind")
    sheet.pair(18, 54, "出险时间：", "occurred_on")
    sheet.pair(112, 54, "死亡头数：", "death_count")
    sheet.pair(18, 63, "死亡原因：", "cause_of_death")
    sheet.text(112, 63, f"处理方式：{extra['disposal']}")
    columns = [Column("耳标号", "ear_tag", 56, "c"), Column("体重", "weight", 32, "c")]
    lines = (len(document.rows) + 1) // 2
    sheet.grid(17, 74, [*columns, *columns], lines + 1, 8.6)
    for group in (0, 1):
        sheet.heading(17 + 88 * group, 76.6, columns)
    for index, row in enumerate(document.rows):
        sheet.row(17 + 88 * (index % 2), 85.2 + index // 2 * 8.6, columns, row)
    y = 92 + lines * 8.6
    sheet.text(18, y, f"村委会证明人：{extra['villager']}")
    sheet.text(90, y, f"畜牧兽医：{extra['veterinarian']}")
    sheet.text(18, y + 10, f"保险公司查勘员：{extra['surveyor']}")
    sheet.pair(112, y + 10, "填表日期：", "issued_on")
    return [sheet]


def _hide(width: float, height: float, rng: Random, colour: Colour) -> Image.Image:
    """A soft, mottled ground like hair or straw."""
    noise = np.random.default_rng(rng.getrandbits(32)).integers(20, 236, (round(height * 2), round(width * 2)), dtype=np.uint8)
    size = (round(width * DOTS_PER_MM), round(height * DOTS_PER_MM))
    grain = Image.fromarray(noise).resize(size, Image.Resampling.BICUBIC).filter(ImageFilter.GaussianBlur(4))
    dark = Image.new("RGB", grain.size, tuple(round(value * 0.55) for value in colour))
    return Image.composite(Image.new("RGB", grain.size, colour), dark, grain)


def tag_shape(sheet: Sheet, *, colour: Colour, box: tuple[float, float, float, float]) -> None:
    """The plastic tag: a rounded plate with a neck and a hole."""
    x0, y0, x1, y1 = (round(value * DOTS_PER_MM) for value in box)
    middle, pencil = (x0 + x1) // 2, sheet.pencil
    edge = tuple(round(value * 0.72) for value in colour)
    pencil.rounded_rectangle([middle - 130, y0 - 230, middle + 130, y0 + 80], radius=110, fill=colour, outline=edge, width=4)
    pencil.rounded_rectangle([x0, y0, x1, y1], radius=70, fill=colour, outline=edge, width=5)
    pencil.rectangle([middle - 124, y0 - 40, middle + 124, y0 + 60], fill=colour)
    pencil.ellipse([middle - 62, y0 - 180, middle + 62, y0 - 56], fill=(70, 66, 60), outline=edge, width=6)


@layout("ear_tag", "known-a")
def yellow_tag(document: Document, rng: Random) -> list[Sheet]:
    """A yellow tag on an animal's hide: one digit and the county's six above, the animal's eight below."""
    colour = rng.choice(((150, 120, 96), (202, 176, 160), (92, 78, 66)))
    sheet = Sheet(120, 120, facts=document.facts, rng=rng)
    sheet.image.paste(_hide(120, 120, rng, colour), (0, 0))
    tag_shape(sheet, colour=(246, 205, 52), box=(24, 46, 96, 104))
    number = document.facts["ear_tag"]
    black = Pen(size=9.2, colour=(34, 30, 26), bold=1.2)
    sheet.text(60, 60, number[:7], black, anchor="c")
    sheet.text(60, 78, number[7:], Pen(size=11.4, colour=(34, 30, 26), bold=1.4), anchor="c")
    sheet.shown["ear_tag"] = number
    return [sheet]


@layout("ear_tag", "known-b")
def tag_with_square(document: Document, rng: Random) -> list[Sheet]:
    """A yellow tag with the square code between the two rows of digits' ends, on straw."""
    sheet = Sheet(130, 110, facts=document.facts, rng=rng)
    sheet.image.paste(_hide(130, 110, rng, (206, 182, 120)), (0, 0))
    tag_shape(sheet, colour=(250, 214, 70), box=(14, 42, 116, 98))
    number = document.facts["ear_tag"]
    sheet.paste(marks.qr(number, 26), 22, 56)
    pen = Pen(size=8.4, colour=(40, 34, 30), bold=1.0)
    sheet.text(53, 58, number[:7], pen)
    sheet.text(53, 73, number[7:], pen)
    sheet.shown["ear_tag"] = number
    return [sheet]
