"""Clinical papers held back from development: other words, prose certificates, two-column heads."""

from random import Random

from anpei.samples.drawing.sheet import FACE_MONO, Pen, Sheet
from anpei.samples.layouts.parts import Pair, hospital_seal, pairs, title
from anpei.samples.layouts.registry import layout
from anpei.samples.world.documents import Document


@layout("discharge_summary", "heldback-a")
def summary_two_columns(document: Document, rng: Random) -> list[Sheet]:
    """出院小结 with a two-column head, times after the dates, numbered diagnoses and section titles on their own lines."""
    sheet = Sheet(210, 297, facts=document.facts, rng=rng)
    sheet.label_pen = Pen(size=3.7)
    sheet.value_pen = Pen(size=3.7, date="cn")
    section = Pen(size=3.9, bold=0.7)
    sheet.value(105, 14, "hospital_name", Pen(size=5.8, bold=0.8), anchor="c")
    title(sheet, 24, "出院小结（记录）", Pen(size=5.2, bold=0.6))
    head: list[list[Pair]] = [
        [(18, "患者姓名：", "patient_name"), (112, "住院号码：", "admission_number")],
        [(18, "患者性别：", "gender"), (112, "所在科室：", "department")],
        [(18, "患者年龄：", "age"), (112, "床　　位：", "")],
    ]
    y = pairs(sheet, 38, 7.2, head)
    sheet.text(sheet.pair(18, y, "入院时间：", "admitted_on") + 1, y, "10时25分")
    sheet.text(sheet.pair(112, y, "出院时间：", "discharged_on") + 1, y, "09时40分")
    sheet.line(16, y + 8, 194, y + 8, weight=3)
    y += 13
    sheet.text(18, y, "一、入院诊断", section)
    sheet.value(sheet.text(24, y + 7, "1. "), y + 7, "admission_diagnosis")
    sheet.text(18, y + 17, "二、入院时情况", section)
    y = sheet.paragraph(24, y + 24, 164, f"因“{document.extra['complaint']}”收入我科，查体合作，一般情况可，专科检查见病程记录。")
    sheet.text(18, y + 3, "三、住院经过", section)
    y = sheet.paragraph(24, y + 10, 164, document.extra["course"])
    sheet.text(18, y + 3, "四、出院诊断", section)
    x = sheet.value(sheet.text(24, y + 10, "1. "), y + 10, "discharge_diagnosis")
    sheet.text(sheet.value(sheet.text(x, y + 10, " ["), y + 10, "diagnosis_code"), y + 10, "]")
    sheet.text(18, y + 20, "五、出院医嘱", section)
    y = sheet.paragraph(24, y + 27, 164, document.extra["advice"])
    sheet.text(128, y + 18, f"经管医师：{document.extra['doctor']}")
    hospital_seal(sheet, 130, y + 4, document, "出入院管理专用章", rng=rng)
    return [sheet]


@layout("discharge_summary", "heldback-b")
def summary_certificate(document: Document, rng: Random) -> list[Sheet]:
    """出院证 as a half-page form with blanks to fill and the diagnosis code in brackets."""
    sheet = Sheet(210, 170, facts=document.facts, rng=rng, paper=(252, 252, 248))
    sheet.label_pen = Pen(size=3.9)
    sheet.value_pen = Pen(size=3.9, face=FACE_MONO, date="dots")
    title(sheet, 10, document.facts["hospital_name"] + "出院记录", Pen(size=5.8, bold=0.8), rules=2)
    sheet.shown["hospital_name"] = document.facts["hospital_name"]
    head: list[list[Pair]] = [
        [(18, "科室 ", "department"), (84, "住院号 ", "admission_number"), (150, "床号 12", "")],
        [(18, "姓名 ", "patient_name"), (84, "性别 ", "gender"), (120, "年龄 ", "age")],
    ]
    pairs(sheet, 26, 9, head)
    x = sheet.pair(18, 44, "住院日期 自 ", "admitted_on")
    x = sheet.pair(x, 44, " 至 ", "discharged_on")
    sheet.text(x, 44, " 止")
    sheet.box(16, 52, 194, 140)
    sheet.pair(20, 57, "入院诊断 ", "admission_diagnosis")
    sheet.pair(20, 66, "出院诊断 ", "discharge_diagnosis")
    sheet.pair(126, 66, "ICD-10 ", "diagnosis_code")
    y = sheet.paragraph(20, 76, 168, f"治疗情况 {document.extra['course']}")
    sheet.paragraph(20, y + 3, 168, f"出院注意事项 {document.extra['advice']}")
    sheet.text(20, 148, f"医师 {document.extra['doctor']}")
    hospital_seal(sheet, 140, 116, document, "住院部", rng=rng, diameter=38)
    return [sheet]


@layout("outpatient_record", "heldback-a")
def record_electronic(document: Document, rng: Random) -> list[Sheet]:
    """门诊电子病历 with the visit in a shaded strip and labels in square brackets."""
    sheet = Sheet(210, 250, facts=document.facts, rng=rng)
    sheet.label_pen = Pen(size=3.8)
    sheet.value_pen = Pen(size=3.8, date="slash")
    title(sheet, 12, document.facts["hospital_name"] + "　门诊电子病历", Pen(size=5.4, bold=0.7))
    sheet.shown["hospital_name"] = document.facts["hospital_name"]
    sheet.box(14, 24, 196, 42, fill=(236, 240, 244), colour=(170, 180, 190))
    head: list[list[Pair]] = [
        [(18, "姓　名：", "patient_name"), (72, "性　别：", "gender"), (112, "年　龄：", "age"), (146, "费别：医保", "")],
        [(18, "科　别：", "department"), (72, "接诊日期：", "visit_on"), (146, "卡号：" + document.extra["number"], "")],
    ]
    pairs(sheet, 27.5, 7.5, head)
    sheet.pair(18, 50, "【主　诉】", "chief_complaint")
    y = sheet.paragraph(18, 59, 172, f"【现病史】患者诉{document.extra['complaint']}，自行休息后无缓解，遂来就诊。")
    y = sheet.paragraph(18, y + 3, 172, "【既往史】无特殊。【过敏史】无。")
    y = sheet.paragraph(18, y + 3, 172, "【查　体】一般情况可，生命体征平稳。")
    x = sheet.pair(18, y + 3, "【诊　断】", "diagnosis")
    sheet.text(sheet.value(sheet.text(x, y + 3, "("), y + 3, "diagnosis_code"), y + 3, ")")
    y = sheet.paragraph(18, y + 13, 172, f"【处　理】{document.extra['advice']}")
    sheet.text(136, y + 18, f"接诊医生：{document.extra['doctor']}")
    return [sheet]


@layout("outpatient_record", "heldback-b")
def record_table(document: Document, rng: Random) -> list[Sheet]:
    """门诊就诊记录单 as a ruled form, labels in the left cell of each row."""
    sheet = Sheet(180, 200, facts=document.facts, rng=rng)
    sheet.label_pen = Pen(size=3.7)
    sheet.value_pen = Pen(size=3.7, face=FACE_MONO, date="cn_plain")
    sheet.value(90, 9, "hospital_name", Pen(size=5.4, bold=0.7), anchor="c")
    title(sheet, 18, "门诊就诊记录单", Pen(size=4.8))
    single = [("主诉", "chief_complaint"), ("诊断结果", "diagnosis"), ("诊断编码", "diagnosis_code")]
    double = [
        [("患者", "patient_name"), ("性别", "gender")],
        [("年龄(岁)", "age"), ("就诊科别", "department")],
        [("日期", "visit_on"), ("医师", "")],
    ]
    y = 30.0
    for row in double:
        for column, (label, name) in enumerate(row):
            x = 14 + column * 76
            sheet.box(x, y, x + 26, y + 9)
            sheet.box(x + 26, y, x + 76, y + 9)
            sheet.text(x + 13, y + 2.6, label, anchor="c")
            if name:
                sheet.value(x + 28, y + 2.6, name)
            else:
                sheet.text(x + 28, y + 2.6, document.extra["doctor"])
        y += 9
    for label, name in single:
        sheet.box(14, y, 40, y + 12)
        sheet.box(40, y, 166, y + 12)
        sheet.text(27, y + 4, label, anchor="c")
        sheet.value(42, y + 4, name)
        y += 12
    sheet.box(14, y, 166, y + 60)
    sheet.paragraph(16, y + 4, 146, f"病情摘要与处理：{document.extra['complaint']}。{document.extra['advice']}")
    return [sheet]


@layout("diagnosis_certificate", "heldback-a")
def certificate_prose(document: Document, rng: Random) -> list[Sheet]:
    """医学诊断证明 in prose: 兹证明 … 诊断为 …"""
    sheet = Sheet(210, 160, facts=document.facts, rng=rng)
    pen = Pen(size=4.2)
    sheet.label_pen, sheet.value_pen = pen, Pen(size=4.2, date="cn_plain")
    title(sheet, 14, "医学诊断证明书", Pen(size=6.4, bold=1.0))
    x = sheet.pair(34, 38, "兹证明患者 ", "patient_name")
    x = sheet.value(sheet.text(x, 38, "，"), 38, "gender")
    x = sheet.value(sheet.text(x, 38, "，年龄 "), 38, "age")
    x = sheet.value(sheet.text(x, 38, " 岁，因病到我院 "), 38, "department")
    sheet.text(x, 38, " 就诊，")
    sheet.text(24, 49, "经检查，")
    x = sheet.pair(42, 49, "诊断为：", "diagnosis")
    sheet.text(sheet.value(sheet.text(x, 49, "（编码 "), 49, "diagnosis_code"), 49, "）。")
    sheet.text(24, 60, "建议：全休叁天，门诊随诊。")
    sheet.text(34, 72, "特此证明。")
    sheet.value(120, 100, "hospital_name")
    sheet.text(120, 110, f"医师：{document.extra['doctor']}")
    sheet.value(120, 120, "issued_on")
    hospital_seal(sheet, 122, 92, document, "疾病证明专用章", rng=rng)
    return [sheet]


@layout("diagnosis_certificate", "heldback-b")
def certificate_form(document: Document, rng: Random) -> list[Sheet]:
    """疾病证明书 as a ruled form with a serial number and the date in the head."""
    sheet = Sheet(190, 130, facts=document.facts, rng=rng, paper=(250, 252, 250))
    sheet.label_pen = Pen(size=3.7)
    sheet.value_pen = Pen(size=3.7, date="slash")
    sheet.value(95, 8, "hospital_name", Pen(size=5.4, bold=0.7), anchor="c")
    title(sheet, 17, "疾病证明书", Pen(size=5.2, bold=0.7))
    sheet.text(14, 27, f"编号：{document.extra['number']}")
    sheet.pair(124, 27, "开立时间：", "issued_on")
    rows = [[("姓名", "patient_name"), ("性别", "gender")], [("年龄", "age"), ("就诊科室", "department")]]
    for index, row in enumerate(rows):
        for column, (label, name) in enumerate(row):
            x, y = 14 + column * 81, 34 + index * 9
            sheet.box(x, y, x + 26, y + 9)
            sheet.box(x + 26, y, x + 81, y + 9)
            sheet.text(x + 13, y + 2.6, label, anchor="c")
            sheet.value(x + 28, y + 2.6, name)
    for index, (label, name) in enumerate((("疾病诊断", "diagnosis"), ("ICD-10", "diagnosis_code"))):
        y = 52 + index * 12
        sheet.box(14, y, 40, y + 12)
        sheet.box(40, y, 176, y + 12)
        sheet.text(27, y + 4, label, anchor="c")
        sheet.value(42, y + 4, name)
    sheet.box(14, 76, 176, 104)
    sheet.paragraph(16, 79, 156, f"处理意见：{document.extra['advice']}")
    sheet.text(16, 110, f"诊断医师：{document.extra['doctor']}")
    hospital_seal(sheet, 130, 84, document, "门诊部", rng=rng, diameter=36)
    return [sheet]
