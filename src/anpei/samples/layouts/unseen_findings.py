"""Unseen reports of findings: pathology and laboratory, two forms each."""

from collections.abc import Mapping, Sequence
from random import Random

from anpei.samples.drawing.sheet import FACE_MONO, Column, Pen, Sheet
from anpei.samples.layouts.registry import layout
from anpei.samples.layouts.unseen_parts import (
    GREEN,
    GREY,
    MATRIX,
    RED,
    Cell,
    bars,
    centred,
    ruled,
    seal,
    start,
)
from anpei.samples.layouts.unseen_reports import FAINT, headed
from anpei.samples.world.documents import Document


@layout("pathology_report", "unseen-a")
def plain_pathology(document: Document, rng: Random) -> list[Sheet]:
    """A report in running lines: number at the right of the title, the diagnosis last and in larger print."""
    sheet = start(document, rng, (210, 270), label=Pen(size=3.5), value=Pen(size=3.6))
    sheet.value(105, 13, "hospital_name", Pen(size=5.2, spacing=3), anchor="c")
    centred(sheet, 22, "病理诊断报告书", Pen(size=6, bold=0.6))
    sheet.text(146, 33, "病理编号：")
    sheet.value(164.5, 32.6, "report_number", Pen(size=4.2, bold=0.3, face=FACE_MONO))
    sheet.line(18, 39.6, 192, 39.6)
    extra = document.extra
    for x, label, name, suffix in (
        (18, "姓名：", "patient_name", ""),
        (62, "性别：", "gender", ""),
        (92, "年龄：", "age", "岁"),
        (126, "送检科室：", "department", ""),
    ):
        sheet.pair(x, 43, label, name, suffix=suffix)
    sheet.text(18, 50, f"住院/门诊号：{extra['number']}　　床号：{extra['bed']}　　送检医师：{extra['doctor']}")
    sheet.text(18, 57, f"收到日期：{extra['received_on']}　　送检材料：{extra['specimen']}　　临床诊断：{extra['clinical']}")
    sheet.line(18, 63.4, 192, 63.4)
    y = headed(sheet, 68, "肉眼所见：", extra["gross"])
    y = headed(sheet, y + 4, "镜下所见：", extra["microscopic"])
    for place in range(2):
        left = 40 + place * 68
        sheet.box(left, y + 4, left + 58, y + 46, colour=FAINT, fill=(226 + place * 6, 206, 222))
    y += 54
    sheet.text(18, y, "病理诊断：", Pen(size=4, bold=0.6))
    sheet.value(24, y + 8, "pathology_diagnosis", Pen(size=4.2, bold=0.4))
    sheet.line(18, y + 40, 192, y + 40)
    sheet.text(18, y + 44, f"报告医师：{extra['reporter']}　　复核医师：{extra['reviewer']}")
    sheet.pair(138, y + 44, "报告日期：", "reported_on")
    sheet.text(18, y + 52, "本报告仅对送检标本负责，如有疑问请于一周内与病理科联系。", Pen(size=2.9, colour=GREY))
    seal(sheet, 140, y + 16, document.facts["hospital_name"], "病理诊断专用章", diameter=40)
    return [sheet]


@layout("pathology_report", "unseen-b")
def ruled_pathology(document: Document, rng: Random) -> list[Sheet]:
    """A ruled report with a bar code: the diagnosis stands first, right below the particulars, the descriptions follow."""
    sheet = start(document, rng, (195, 230), label=Pen(size=3.2, colour=(40, 70, 90)), value=Pen(size=3.4, date="slash"))
    sheet.value(14, 11, "hospital_name", Pen(size=4.8, bold=0.4))
    sheet.text(14, 19, "组织病理学检查报告单", Pen(size=4.6))
    sheet.paste(bars(document.facts["report_number"], 44, 8), 137, 9)
    sheet.text(137, 19, "病理号 ")
    sheet.value(148, 18.8, "report_number", Pen(size=3.6, face=FACE_MONO))
    extra = document.extra
    rows = (
        (
            Cell("患者姓名", "patient_name", 22, 30), Cell("性别", "gender", 14, 14), Cell("年龄", "age", 14, 18, suffix="岁"),
            Cell("申请科室", "department", 22, 33),
        ),
        (Cell("标本部位", "", 22, 58, extra=extra["specimen"]), Cell("病案号", "", 18, 69, extra=extra["number"])),
    )  # fmt: skip
    y = ruled(sheet, 14, 27, rows, height=8.4, colour=GREY)
    sheet.box(14, y + 3, 181, y + 27, colour=GREY, weight=4)
    sheet.text(17, y + 6, "诊断意见", Pen(size=3.8, bold=0.5))
    sheet.value(20, y + 14.5, "pathology_diagnosis", Pen(size=4))
    y += 33
    for head, key in (("大体描述", "gross"), ("显微镜下描述", "microscopic")):
        sheet.text(14, y, head, Pen(size=3.6, bold=0.4))
        y = sheet.paragraph(20, y + 6.4, 158, extra[key], Pen(size=3.5)) + 5
    sheet.text(14, y + 6, f"诊断医生：{extra['reporter']}　审核：{extra['reviewer']}")
    sheet.pair(128, y + 6, "报告时间 ", "reported_on")
    sheet.text(14, y + 14, "第1页/共1页", Pen(size=2.8, colour=GREY))
    seal(sheet, 124, y - 18, document.facts["hospital_name"], "病理科", diameter=38)
    return [sheet]


HALF_COLUMNS = (
    Column("项目", "name", 33),
    Column("结果", "result", 15, "r"),
    Column("", "", 5, "c"),
    Column("参考范围", "reference", 25, "c"),
    Column("单位", "unit", 17, "c"),
)


@layout("laboratory_report", "unseen-a")
def two_blocks(document: Document, rng: Random) -> list[Sheet]:
    """A half sheet with two blocks of tests side by side, marks behind the results, needle print on pre-printed green lines."""
    pen = Pen(size=3.3, colour=MATRIX.colour, face=FACE_MONO, dots=True)
    sheet = start(document, rng, (210, 140), label=Pen(size=3.2, colour=GREEN), value=pen, paper=(250, 252, 249))
    sheet.value(105, 7, "hospital_name", Pen(size=4.8, colour=GREEN, bold=0.4), anchor="c")
    sheet.text(105, 14.6, f"检验报告单（{document.extra['panel']}）", Pen(size=4.2, colour=GREEN), anchor="c")
    for x, y, label, name in (
        *((10, 23, "姓名", "patient_name"), (54, 23, "性别", "gender"), (84, 23, "年龄", "age"), (114, 23, "科室", "department")),
        *((54, 29.4, "标本", "specimen"), (114, 29.4, "样本号", "report_number")),
    ):
        sheet.pair(x, y, label, name, gap=2)
    sheet.text(10, 29.4, f"床号　{document.extra['bed']}")
    deep = (len(document.rows) + 1) // 2
    for side in range(2):
        left = 10 + side * 97
        sheet.line(left, 35.4, left + 93, 35.4, colour=GREEN)
        sheet.heading(left, 37, HALF_COLUMNS)
        sheet.line(left, 42.4, left + 93, 42.4, colour=GREEN)
    for index, row in enumerate(document.rows):
        left, top = 10 + index // deep * 97, 44.4 + index % deep * 6
        sheet.row(left, top, HALF_COLUMNS, row, pen=pen)
        if row["flag"]:
            sheet.text(left + 50.5, top, row["flag"], Pen(size=3.3, colour=RED), anchor="c")
    _laboratory_foot(sheet, document)
    return [sheet]


def _laboratory_foot(sheet: Sheet, document: Document) -> None:
    extra = document.extra
    sheet.line(10, 114, 200, 114, colour=GREEN)
    sheet.text(10, 117, f"采样时间 {extra['sampled_at']}")
    x = sheet.pair(84, 117, "报告日期", "reported_on", gap=2)
    sheet.text(x + 1.5, 117, extra["reported_at"], sheet.value_pen)
    sheet.text(10, 124, f"送检医师 {extra['doctor']}　检验者 {extra['tester']}　审核者 {extra['reviewer']}")
    sheet.text(200, 124, "结果仅对本标本负责", Pen(size=2.8, colour=GREEN), anchor="r")


LONG_COLUMNS = (
    Column("No", "", 10, "c"),
    Column("项目代号", "", 22, "c"),
    Column("检验项目", "name", 46),
    Column("检测结果", "result", 22, "r"),
    Column("提示", "", 12, "c"),
    Column("单位", "unit", 24, "c"),
    Column("参考区间", "reference", 32, "c"),
)


@layout("laboratory_report", "unseen-b")
def numbered_tests(document: Document, rng: Random) -> list[Sheet]:
    """A full page: numbered tests with abbreviations, single lines under the head only, bar code number above the name."""
    sheet = start(document, rng, (210, 270), label=Pen(size=3.3), value=Pen(size=3.4))
    centred(sheet, 11, "临床检验报告", Pen(size=6, bold=0.6))
    sheet.value(105, 20, "hospital_name", Pen(size=4), anchor="c")
    sheet.paste(bars(document.facts["report_number"], 40, 7), 156, 9)
    sheet.pair(156, 18, "条码：", "report_number", pen=Pen(size=3.1, face=FACE_MONO))
    extra = document.extra
    rows = (
        (("患者姓名：", "patient_name"), ("患者性别：", "gender"), ("患者年龄：", "age")),
        (("申请科室：", "department"), ("标本类型：", "specimen"), (f"病历号：{extra['number']}", "")),
    )
    for line, row in enumerate(rows):
        for place, (label, name) in enumerate(row):
            x = sheet.text(18 + place * 62, 29 + line * 7, label)
            if name:
                sheet.value(x + 0.6, 29 + line * 7, name, suffix=" 岁" if name == "age" else "")
    sheet.text(18, 43, f"检验目的：{extra['panel']}　　临床诊断：{extra['clinical']}")
    sheet.line(18, 49, 192, 49, weight=4)
    sheet.heading(21, 51, LONG_COLUMNS)
    sheet.line(18, 56.6, 192, 56.6)
    _tests(sheet, document.rows)
    y = 62 + len(document.rows) * 7.2
    sheet.line(18, y, 192, y, weight=4)
    sheet.text(18, y + 4, f"送检：{extra['doctor']}　检验：{extra['tester']}　审核：{extra['reviewer']}")
    sheet.text(18, y + 11, f"采集时间：{extra['sampled_at']}")
    sheet.pair(118, y + 11, "报告时间：", "reported_on")
    seal(sheet, 132, y - 10, document.facts["hospital_name"], "检验科", diameter=36)
    sheet.text(105, 258, "第 1 页，共 1 页", Pen(size=2.9, colour=GREY), anchor="c")
    return [sheet]


def _tests(sheet: Sheet, rows: Sequence[Mapping[str, str]]) -> None:
    for index, row in enumerate(rows):
        y = 59 + index * 7.2
        for x, text in ((26, str(index + 1)), (42, row["short"]), (127, row["flag"])):
            if text:
                sheet.text(x, y, text, sheet.value_pen, anchor="c")
        sheet.row(21, y, LONG_COLUMNS, row)
