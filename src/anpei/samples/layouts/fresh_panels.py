"""Further clinical papers of the fresh set: a discharge summary with a side panel, a record and a test report in dot matrix."""

from random import Random

from anpei.samples.drawing import formats, marks
from anpei.samples.drawing.sheet import FACE_SERIF, Colour, Column, Pen, Sheet
from anpei.samples.layouts.fresh_forms import dashes, fill, paper, signature, tractor
from anpei.samples.layouts.fresh_inpatient_receipts import days_of
from anpei.samples.layouts.registry import layout
from anpei.samples.world.documents import Document

PANEL: Colour = (236, 242, 240)
DEEP: Colour = (22, 92, 84)
NEEDLE: Colour = (46, 46, 58)


@layout("discharge_summary", "fresh-c")
def side_panel(document: Document, rng: Random) -> list[Sheet]:
    """出院小结 on A4 with a shaded panel at the left: labels above values there, sections with coloured names at the right."""
    label, value = Pen(size=3.0, colour=(96, 108, 106)), Pen(size=3.7, date="iso")
    sheet = paper((210, 297), document.facts, rng, label=label, value=value)
    extra = document.extra
    sheet.box(0, 0, 60, 297, colour=PANEL, fill=PANEL)
    sheet.value(70, 16, "hospital_name", Pen(size=5.6, colour=DEEP, bold=0.5))
    sheet.text(70, 25, "患者出院小结", Pen(size=4.6))
    sheet.line(70, 32.5, 196, 32.5, colour=DEEP, weight=4)
    _panel(sheet)
    y = 38.0
    for name, fact in (("入院诊断", "admission_diagnosis"), ("出院诊断", "discharge_diagnosis")):
        sheet.text(70, y, name, Pen(size=3.7, colour=DEEP, bold=0.5))
        sheet.value(74, y + 6.4, fact)
        y += 15
    for name, text in (
        ("入院情况", f"因“{extra['complaint']}”入院，入院时神志清楚，精神欠佳，生命体征平稳。"),
        ("诊治经过", extra["course"]),
        ("出院情况", "症状明显缓解，饮食睡眠可，大小便正常，切口及穿刺处无渗出。"),
        ("出院带药", "按门诊处方，遵医嘱服用。"),
        ("健康指导", extra["advice"]),
    ):
        sheet.text(70, y, name, Pen(size=3.7, colour=DEEP, bold=0.5))
        y = sheet.paragraph(74, y + 6.4, 120, text, value, leading=1.65) + 2.4
    sheet.text(130, y + 10, "医师签名")
    signature(sheet, 146, y + 8.4, extra["doctor"])
    sheet.text(130, y + 19, f"填写日期 {extra['issued_on']}")
    return [sheet]


def _panel(sheet: Sheet) -> None:
    """Labels above values, one below another, in the panel."""
    for number, (name, fact, suffix) in enumerate(
        (
            ("患者姓名", "patient_name", ""),
            ("性别", "gender", ""),
            ("年龄", "age", " 岁"),
            ("住院号", "admission_number", ""),
            ("出院科室", "department", ""),
            ("入院时间", "admitted_on", " 10:12"),
            ("出院时间", "discharged_on", " 09:30"),
            ("疾病编码", "diagnosis_code", ""),
        )
    ):
        sheet.text(10, 22 + number * 15, name)
        sheet.value(10, 27.5 + number * 15, fact, suffix=suffix)
    sheet.text(10, 142, "住院天数")
    sheet.text(10, 147.5, f"{days_of(sheet.facts)} 天", sheet.value_pen)


@layout("outpatient_record", "fresh-c")
def needle_record(document: Document, rng: Random) -> list[Sheet]:
    """A record of 241 by 139.7 mm in dot matrix, Song: short labels, nothing ruled, code and name of the disease in one line."""
    pen = Pen(size=3.8, face=FACE_SERIF, dots=True, colour=NEEDLE, date="dots")
    sheet = paper((241, 139.7), document.facts, rng, label=pen, value=pen)
    tractor(sheet)
    extra = document.extra
    sheet.value(120, 9, "hospital_name", Pen(size=5.4, face=FACE_SERIF, dots=True, colour=NEEDLE), anchor="c", suffix="门诊病历")
    fill(sheet, 20, 20, "姓名 ", "patient_name")
    fill(sheet, 64, 20, "性别 ", "gender")
    fill(sheet, 92, 20, "年龄 ", "age", suffix="岁")
    fill(sheet, 124, 20, "科别 ", "department")
    fill(sheet, 174, 20, "日期 ", "visit_on")
    dashes(sheet, 20, 26, 221)
    fill(sheet, 20, 29, "主  诉：", "chief_complaint", gap=0)
    y = 36.5
    for text in (
        f"现病史：{extra['complaint']}，无加重缓解因素，饮食睡眠可，二便正常，体重无明显变化。",
        "过敏史：无。既往史：体健。",
        "查  体：一般可，心肺无异常，腹软无压痛，双下肢无水肿。",
    ):
        y = sheet.paragraph(20, y, 200, text, leading=1.75) + 0.8
    after = fill(sheet, 20, y, "诊  断：", "diagnosis_code", gap=0)
    sheet.value(after + 3, y, "diagnosis")
    y = sheet.paragraph(20, y + 7.5, 200, f"处  理：{extra['advice']}", leading=1.75)
    fill(sheet, 150, y + 8, "医师：", "", text=extra["doctor"])
    sheet.stamp(marks.seal(document.facts["hospital_name"], "门诊部", rng=rng, diameter=30), 178, y + 2)
    return [sheet]


@layout("laboratory_report", "fresh-c")
def needle_report(document: Document, rng: Random) -> list[Sheet]:
    """化验单 on A5 in dot matrix: the range before the result, the mark before the number, no ruling but dashes."""
    pen = Pen(size=3.4, face=FACE_SERIF, dots=True, colour=NEEDLE, date="slash")
    sheet = paper((148, 210), document.facts, rng, label=pen, value=pen)
    extra = document.extra
    sheet.value(74, 9, "hospital_name", Pen(size=5.0, face=FACE_SERIF, dots=True, colour=NEEDLE), anchor="c")
    sheet.text(74, 17, f"检验报告（{extra['panel']}）", Pen(size=4.2, face=FACE_SERIF, dots=True, colour=NEEDLE), anchor="c")
    fill(sheet, 10, 26, "姓名:", "patient_name")
    fill(sheet, 48, 26, "性别:", "gender")
    fill(sheet, 74, 26, "年龄:", "age")
    fill(sheet, 98, 26, "标本:", "specimen")
    fill(sheet, 10, 32, "科别:", "department")
    fill(sheet, 48, 32, "医生:", "", text=extra["doctor"])
    fill(sheet, 98, 32, "标本号:", "report_number")
    columns = [
        Column("检验项目", "name", 46),
        Column("参考值", "reference", 30, "c"),
        Column("结果", "result", 24, "r"),
        Column("单位", "unit", 28, "c"),
    ]
    dashes(sheet, 10, 38, 138)
    sheet.heading(10, 39.6, columns)
    dashes(sheet, 10, 44.8, 138)
    y = 46.6
    for row in document.rows:
        sheet.row(10, y, columns, row)
        sheet.text(89, y, row["flag"], Pen(size=3.2, colour=NEEDLE))
        y += 6.6
    dashes(sheet, 10, y, 138)
    fill(sheet, 10, y + 3, "检验:", "", text=extra["tester"])
    fill(sheet, 48, y + 3, "核对:", "", text=extra["reviewer"])
    fill(sheet, 98, y + 3, "报告:", "reported_on")
    sheet.text(10, y + 10, f"采样 {formats.day(extra['sampled_at'][:10], 'slash')}{extra['sampled_at'][10:]}  此结果仅对本标本负责")
    return [sheet]
