"""Pathology and laboratory reports of the fresh set: with pictures or ruled, in two halves or in one long table."""

from random import Random

import numpy as np
from PIL import Image

from anpei.samples.drawing import formats, marks
from anpei.samples.drawing.sheet import DOTS_PER_MM, Colour, Column, Pen, Sheet
from anpei.samples.layouts.fresh_forms import Box, bars, beside, emblem, fill, paper, parts_of, ruled, signature, song, tall
from anpei.samples.layouts.registry import layout
from anpei.samples.world.documents import Document

MAROON: Colour = (120, 30, 52)
SHADE: Colour = (236, 240, 236)


def micrograph(rng: Random, width: float, height: float) -> Image.Image:
    """Pink and violet clouds with dark dots: what stained tissue looks like from afar."""
    chance = np.random.default_rng(rng.getrandbits(32))
    size = (round(width * DOTS_PER_MM), round(height * DOTS_PER_MM))
    coarse = Image.fromarray((chance.random((14, 18)) * 255).astype(np.uint8)).resize(size, Image.Resampling.BICUBIC)
    weight = np.asarray(coarse, np.float32)[..., None] / 255
    picture = np.array([236, 170, 200], np.float32) * (1 - weight) + np.array([176, 120, 186], np.float32) * weight
    for x, y in zip(chance.integers(3, size[0] - 3, 620), chance.integers(3, size[1] - 3, 620), strict=True):
        picture[y - 2 : y + 3, x - 2 : x + 3] = (96, 52, 128)
    return Image.fromarray(picture.astype(np.uint8))


@layout("pathology_report", "fresh-a")
def with_pictures(document: Document, rng: Random) -> list[Sheet]:
    """病理检查报告单 on A4, Song: running labels between rules, two pictures, the diagnosis in larger print on its own line."""
    sheet = paper((210, 297), document.facts, rng, label=song(3.6), value=song(3.7, date="iso"))
    extra = document.extra
    sheet.value(105, 13, "hospital_name", song(5.8, bold=0.5), anchor="c")
    sheet.text(105, 22, "病理检查报告单", song(5.4), anchor="c")
    fill(sheet, 146, 30, "病理号：", "report_number", gap=0)
    sheet.line(18, 36, 192, 36, weight=3)
    _sent(sheet, document)
    sheet.text(18, 61, "肉眼所见：", song(3.7, bold=0.5))
    y = sheet.paragraph(26, 67.4, 164, extra["gross"], leading=1.8)
    for place in range(2):
        sheet.paste(micrograph(rng, 74, 52), 22 + place * 88, y + 3)
        sheet.text(59 + place * 88, y + 57, f"HE×{(100, 200)[place]}", song(3.0), anchor="c")
    y += 66
    sheet.text(18, y, "光镜所见：", song(3.7, bold=0.5))
    y = sheet.paragraph(26, y + 6.4, 164, extra["microscopic"], leading=1.8) + 4
    sheet.text(18, y, "病理诊断：", song(4.2, bold=0.6))
    sheet.value(26, y + 8, "pathology_diagnosis", song(4.4, bold=0.4))
    sheet.line(18, 262, 192, 262, weight=1)
    fill(sheet, 18, 265, "诊断医生：", "")
    signature(sheet, 37, 263.4, extra["reporter"])
    fill(sheet, 76, 265, "审核医生：", "", text=extra["reviewer"], gap=0)
    fill(sheet, 138, 265, "报告日期：", "reported_on", gap=0)
    sheet.text(18, 273, "本报告仅对送检标本负责，如有疑问请于一周内与病理科联系。", song(3.0))
    return [sheet]


def _sent(sheet: Sheet, document: Document) -> None:
    """Who sent what, in three lines between rules."""
    extra = document.extra
    first = (("姓名：", "patient_name", ""), ("性别：", "gender", ""), ("年龄：", "age", ""), ("住院号：", "", extra["number"]))
    second = (
        ("送检科室：", "department", ""),
        ("床号：", "", extra["bed"]),
        ("送检医生：", "", extra["doctor"]),
        ("收到日期：", "", extra["received_on"]),
    )
    for down, line in enumerate((first, second)):
        for x, (label, fact, text) in zip((18, 70, 98, 146), line, strict=True):
            fill(sheet, x, 38.4 + down * 6.8, label, fact, text=text, suffix="岁" if fact == "age" else "", gap=0)
    fill(sheet, 18, 52, "送检标本：", "", text=extra["specimen"], gap=0)
    fill(sheet, 98, 52, "临床诊断：", "", text=extra["clinical"], gap=0)
    sheet.line(18, 58, 192, 58, weight=3)


@layout("pathology_report", "fresh-b")
def ruled_pathology(document: Document, rng: Random) -> list[Sheet]:
    """病理诊断报告 on A5 across, ruled in maroon: particulars in boxes, three tall boxes, days in Chinese, a seal of the department."""
    sheet = paper((210, 148), document.facts, rng, label=Pen(size=3.2, colour=MAROON), value=Pen(size=3.4, date="cn_plain"))
    extra = document.extra
    sheet.value(105, 7, "hospital_name", Pen(size=4.8, colour=MAROON, bold=0.5), anchor="c", suffix="病理诊断报告")
    sheet.paste(bars(document.facts["report_number"], 36, 6), 12, 7)
    y = 16.0
    for widths, cells in (
        ("18 30 14 14 14 18 20 58", "患者姓名:patient_name;性别:gender;年龄:age;病理编号:report_number"),
        ("18 44 14 14 18 78", f"申请科室:department;床号:{extra['bed']};住院号:{extra['number']}"),
        ("18 72 18 78", f"标本名称:{extra['specimen']};接收日期:{formats.day(extra['received_on'], 'cn_plain')}"),
    ):
        y = ruled(sheet, 12, y, 8, beside(sheet, widths, cells, suffixes={"age": "岁"}), colour=MAROON)
    for words in (("巨检", extra["gross"]), ("镜检", extra["microscopic"])):
        y = tall(sheet, 12, y, height=21, widths=(18, 168), words=words, colour=MAROON)
    y = ruled(sheet, 12, y, 24, [Box(18, "病理|诊断"), Box(168, fact="pathology_diagnosis")], colour=MAROON)
    for x, label, name in ((14, "报告医师：", extra["reporter"]), (62, "复核医师：", extra["reviewer"])):
        fill(sheet, x, y + 5, label, "", text=name)
    fill(sheet, 110, y + 5, "报告日期：", "reported_on")
    sheet.stamp(marks.seal("病理科", "报告专用章", rng=rng, diameter=25, flat=0.75), 166, y + 1)
    sheet.text(14, y + 14, "※ 病理诊断须结合临床，涂改及复印无效。", Pen(size=2.8, colour=MAROON))
    return [sheet]


@layout("laboratory_report", "fresh-a")
def two_halves(document: Document, rng: Random) -> list[Sheet]:
    """检验报告单 on A5 across, Song: tests in two halves, marks as arrows after the result, ranges with a wave."""
    sheet = paper((210, 148), document.facts, rng, label=song(3.2), value=song(3.3))
    extra = document.extra
    sheet.value(105, 6, "hospital_name", song(5.0, bold=0.4), anchor="c", suffix="检验报告单")
    fill(sheet, 12, 9, "", "", text=extra["panel"])
    fill(sheet, 156, 9, "样本号：", "report_number", gap=0)
    sheet.line(10, 14.4, 200, 14.4)
    lines = (
        (
            ("姓名：", "patient_name", "", ""),
            ("性别：", "gender", "", ""),
            ("年龄：", "age", "", "岁"),
            ("门诊号：", "", extra["number"], ""),
        ),
        (
            ("科室：", "department", "", ""),
            ("床号：", "", "", ""),
            ("标本种类：", "specimen", "", ""),
            ("临床诊断：", "", extra["clinical"], ""),
        ),
    )
    for down, line in enumerate(lines):
        for x, (label, fact, text, suffix) in zip((12, 62, 98, 146), line, strict=True):
            fill(sheet, x, 16.4 + down * 5.8, label, fact, text=text, suffix=suffix, gap=0)
    sheet.line(10, 27.6, 200, 27.6)
    _halves(sheet, document)
    sheet.line(10, 124, 200, 124)
    fill(sheet, 12, 126, "送检医生：", "", text=extra["doctor"], gap=0)
    fill(sheet, 62, 126, "采样时间：", "", text=extra["sampled_at"], gap=0)
    fill(sheet, 130, 126, "报告时间：", "reported_on", suffix=" " + extra["reported_at"], gap=0)
    fill(sheet, 12, 132, "检验者：", "", text=extra["tester"], gap=0)
    sheet.text(62, 132, "审核者：")
    signature(sheet, 75, 130.8, extra["reviewer"], size=4.6)
    sheet.text(12, 139, "注：本报告仅对所检测的标本负责，结果供临床参考。", song(2.9))
    return [sheet]


def _halves(sheet: Sheet, document: Document) -> None:
    """Half of the tests on the left, half on the right; the mark and the abbreviation are printed beside the cells."""
    columns = [Column("", "", 11), Column("项目", "name", 33), Column("结果", "result", 13, "r"), Column("", "", 5)]
    columns += [Column("参考区间", "", 17, "c"), Column("单位", "unit", 15)]
    half = (len(document.rows) + 1) // 2
    sheet.line(105, 28.4, 105, 123, weight=1)
    sheet.line(10, 34.4, 200, 34.4, weight=1)
    for left, part in zip((10, 105.5), parts_of(document.rows, half), strict=False):
        sheet.heading(left, 29.6, columns)
        for number, row in enumerate(part):
            y = 37 + number * 7.6
            sheet.row(left, y, columns, row)
            sheet.cell(left, y, columns[0], row["short"], pen=song(2.9))
            sheet.text(left + 58, y, row["flag"], Pen(size=3.3))
            sheet.cell(left + 62, y, columns[4], row["reference"].replace("-", "～"), pen=sheet.value_pen)
            sheet.shown_rows[-1]["reference"] = row["reference"]


@layout("laboratory_report", "fresh-b")
def long_table(document: Document, rng: Random) -> list[Sheet]:
    """检验报告 on A4: a sign and a bar code in the head, one ruled table with shaded lines, H and L as marks, μmol/L."""
    sheet = paper((210, 297), document.facts, rng, label=Pen(size=3.3), value=Pen(size=3.5, date="slash"))
    extra = document.extra
    sheet.paste(emblem(15, (34, 110, 74)), 16, 10)
    sheet.value(34, 11, "hospital_name", Pen(size=5.4, bold=0.5))
    sheet.text(34, 19.4, f"医学检验中心　{extra['panel']}检验报告", Pen(size=3.8, colour=(34, 110, 74)))
    sheet.paste(bars(document.facts["report_number"], 40, 9), 152, 10)
    fill(sheet, 152, 21, "条码号 ", "report_number")
    y = 30.0
    for cells in (
        "患者姓名:patient_name;性别:gender;年龄:age;科室:department",
        f"门诊号:{extra['number']};标本:specimen;状态:合格;申请者:{extra['doctor']}",
    ):
        boxes = beside(sheet, "20 38 14 18 14 22 16 36", cells, suffixes={"age": " 岁"})
        y = ruled(sheet, 16, y, 8, boxes, shade=SHADE, colour=(150, 158, 152), weight=1)
    y = _long_rows(sheet, document, y + 5)
    fill(sheet, 16, y + 8, "采集时间 ", "", text=extra["sampled_at"].replace("-", "/"))
    fill(sheet, 80, y + 8, "报告日期 ", "reported_on")
    fill(sheet, 16, y + 15, "检验 ", "", text=extra["tester"])
    fill(sheet, 80, y + 15, "审核 ", "", text=extra["reviewer"])
    sheet.stamp(marks.seal("医学检验中心", "检验报告章", rng=rng, diameter=28), 152, y + 3)
    sheet.text(
        16, 284, "结果仅对该标本负责；H表示偏高，L表示偏低。如有疑问请在24小时内与检验中心联系。", Pen(size=2.8, colour=(120, 124, 120))
    )
    return [sheet]


def _long_rows(sheet: Sheet, document: Document, y: float) -> float:
    """The table; the mark stands in the space before the unit. Returns the y below it."""
    columns = [
        Column("项目名称", "name", 62),
        Column("结果", "result", 30, "c"),
        Column("", "", 14),
        Column("单位", "", 32, "c"),
        Column("参考范围", "", 40, "c"),
    ]
    ruled(sheet, 16, y, 8, [Box(178, " ", align="l")], shade=SHADE, colour=(150, 158, 152))
    sheet.heading(16, y + 2.2, columns)
    y += 8
    for number, row in enumerate(document.rows):
        if number % 2:
            sheet.box(16, y, 194, y + 8.2, colour=(246, 249, 246), fill=(246, 249, 246))
        sheet.row(16, y + 2.2, columns, row)
        sheet.cell(108, y + 2.2, columns[2], {"↑": "H", "↓": "L"}.get(row["flag"], ""), pen=Pen(size=3.5, bold=0.5))
        unit = row.get("unit", "")
        sheet.cell(122, y + 2.2, columns[3], unit.replace("umol", "μmol"), pen=sheet.value_pen)
        sheet.cell(154, y + 2.2, columns[4], row["reference"].replace("-", " -- "), pen=sheet.value_pen)
        sheet.shown_rows[-1] |= {"reference": row["reference"], **({"unit": unit} if unit else {})}
        y += 8.2
    sheet.line(16, y, 194, y, colour=(150, 158, 152))
    return y
