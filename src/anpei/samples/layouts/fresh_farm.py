"""Fresh set: the survey of dead livestock and the list of the animals."""

from collections.abc import Mapping, Sequence
from random import Random

from anpei.samples.drawing.marks import seal
from anpei.samples.drawing.sheet import FACE_SERIF, Column, Pen, Sheet
from anpei.samples.layouts.fresh_pieces import Cell, Fact, blank, choices, label, sign, strip, title
from anpei.samples.layouts.registry import layout
from anpei.samples.world.documents import Document

WAYS = ("集中无害化处理", "深埋", "焚烧")


def _survey_heads(document: Document, own: Pen) -> list[list[Cell]]:
    extra = document.extra
    return [
        [label(28, "报案号"), blank(58, text=extra["report_number"], pen=own), label(24, "保单号"), blank(64, "policy_number", pen=own)],
        [label(28, "被保险人"), blank(58, "farmer_name", pen=own), label(24, "联系电话"), blank(64, text=extra["phone"], pen=own)],
        [label(28, "养殖地点"), blank(58, text=extra["address"], pen=own), label(24, "承保数量"),
         blank(64, text=extra["insured_count"] + "头(只)", pen=own)],
        [label(28, "标的名称"), blank(58, "animal_kind", pen=own), label(24, "出险日期"), blank(64, "occurred_on", pen=own)],
        [label(28, "出险原因"), blank(58, "cause_of_death", pen=own), label(24, "死亡数量"),
         Cell(64, (Fact("death_count", own, after="头(只)"),), "l", own)],
    ]  # fmt: skip


def _tags_in_two_blocks(sheet: Sheet, x: float, y: float, rows: Sequence[Mapping[str, str]], *, own: Pen, height: float) -> float:
    """Number, ear tag and weight, twice side by side; the first half at the left. Returns the y below."""
    half = max(4, (len(rows) + 1) // 2)
    columns = (Column("序号", "", 14, "c"), Column("耳标号", "ear_tag", 47, "c"), Column("体重(kg)", "weight", 26, "c"))
    for block in (0, 1):
        left = x + block * 87
        sheet.grid(left, y, columns, half + 1, height)
        sheet.heading(left, y + (height - 3.3) / 2, columns)
        for index, row in enumerate(rows[block * half : (block + 1) * half]):
            top = y + (index + 1) * height + (height - 3.4) / 2
            sheet.cell(left, top, Column("", "", 14, "c"), str(block * half + index + 1), pen=own)
            sheet.row(left, top, columns, row, pen=own)
    return y + (half + 1) * height


def _signer(document: Document) -> str:
    """The farmer, or somebody of the farm."""
    name = document.facts["farmer_name"]
    return name if len(name) <= 4 else document.extra["villager"]


@layout("livestock_loss_sheet", "fresh-a")
def survey(document: Document, rng: Random) -> list[Sheet]:
    """The survey of the loss: ruled cells in Song, tags in two blocks, ways of disposal to tick, three who sign."""
    sheet = Sheet(210, 297, facts=document.facts, rng=rng)
    extra, own = document.extra, Pen(size=3.5, date="cn_plain")
    sheet.label_pen = Pen(size=3.5, face=FACE_SERIF)
    title(sheet, 14, extra["insurer"], 4.8)
    title(sheet, 22, "养殖业保险查勘记录表", 7.2)
    y = 35.0
    for cells in _survey_heads(document, own):
        y = strip(sheet, 18, y, 9, cells)
    y = strip(sheet, 18, y, 8, [label(174, "死 亡 标 的 明 细")])
    y = _tags_in_two_blocks(sheet, 18, y, document.rows, own=own, height=8)
    top = y
    y = strip(sheet, 18, y, 10, [label(28, "无害化处理"), blank(146)])
    choices(sheet, 49, top + 3.2, WAYS, ticked=extra["disposal"], pen=own)
    y = strip(sheet, 18, y, 26, [label(28, "查勘情况及意见"), blank(146)])
    words = f"经现场查勘，死亡标的耳标与承保清单相符，尸体已按规定处理。单位保额{extra['unit_sum']}元，初步核损{extra['loss']}元。"
    sheet.paragraph(49, y - 22, 140, words, own, leading=1.6)
    sheet.text(22, y + 6, "查勘员：")
    sign(sheet, 38, y + 10.6, extra["surveyor"], size=5)
    sheet.text(76, y + 6, "兽医/协保员：")
    sign(sheet, 101, y + 10.6, extra["veterinarian"], size=5)
    sheet.text(138, y + 6, "被保险人：")
    sign(sheet, 157, y + 10.6, _signer(document), size=5)
    sheet.value(sheet.text(22, y + 15, "查勘日期："), y + 15, "issued_on", own)
    sheet.stamp(seal(extra["insurer"], "查勘理赔专用章", rng=rng, diameter=38), 132, y - 20)
    return [sheet]


@layout("livestock_loss_sheet", "fresh-b")
def list_of_the_village(document: Document, rng: Random) -> list[Sheet]:
    """A list across the sheet: particulars in one line of words above, a row an animal below, sum and signatures at the foot."""
    sheet = Sheet(297, 210, facts=document.facts, rng=rng, paper=(252, 251, 246))
    extra = document.extra
    own = Pen(size=3.7, face=FACE_SERIF, date="dots")
    sheet.label_pen, sheet.value_pen = Pen(size=3.7), own
    title(sheet, 14, "政策性养殖保险死亡畜禽损失清单", 7, pen=Pen())
    sheet.text(20, 28, "承保公司：" + extra["insurer"])
    sheet.pair(150, 28, "保险单号：", "policy_number")
    sheet.pair(20, 36, "养殖户(场)：", "farmer_name")
    sheet.pair(112, 36, "畜种：", "animal_kind")
    sheet.pair(150, 36, "死亡时间：", "occurred_on")
    sheet.pair(206, 36, "死亡原因：", "cause_of_death")
    columns = (
        Column("序号", "", 18, "c"), Column("耳标号码", "ear_tag", 66, "c"), Column("畜种", "", 34, "c"),
        Column("重量(公斤)", "weight", 36, "c"),
        Column("处理方式", "", 50, "c"), Column("备注", "", 53, "c"),
    )  # fmt: skip
    height, count = 8.4, max(8, len(document.rows))
    sheet.grid(20, 44, columns, count + 1, height, weight=2)
    sheet.heading(20, 46.3, columns)
    for index, row in enumerate(document.rows, start=1):
        y = 44 + index * height + 2.3
        sheet.row(20, y, columns, row)
        sheet.cell(20, y, columns[0], str(index), pen=own)
        sheet.cell(104, y, columns[2], document.facts["animal_kind"], pen=own)
        sheet.cell(174, y, columns[4], extra["disposal"], pen=own)
    y = 44 + (count + 1) * height + 4
    at = sheet.value(sheet.text(20, y, "合计死亡："), y, "death_count", own)
    sheet.text(at + 1, y, f"头(只)，每头保险金额{extra['unit_sum']}元，损失金额{extra['loss']}元。")
    sheet.text(20, y + 10, "养殖户签字：")
    sign(sheet, 44, y + 14.6, _signer(document))
    sheet.text(94, y + 10, "村级协保员：")
    sign(sheet, 118, y + 14.6, extra["villager"])
    sheet.text(164, y + 10, "防疫员：")
    sign(sheet, 180, y + 14.6, extra["veterinarian"])
    sheet.pair(218, y + 10, "填表日期：", "issued_on")
    sheet.stamp(seal(extra["address"][3:9] + "畜牧兽医站", "业务专用章", rng=rng, diameter=36), 222, y - 14)
    return [sheet]
