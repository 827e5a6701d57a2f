"""Clinical papers for development: discharge summaries, out-patient records and diagnosis certificates."""

from random import Random

from anpei.samples.drawing.sheet import FACE_MONO, Pen, Sheet
from anpei.samples.layouts.parts import Pair, hospital_seal, pairs, title
from anpei.samples.layouts.registry import layout
from anpei.samples.world.documents import Document


def _a4(document: Document, rng: Random, *, height: float = 297, size: float = 3.8, date: str = "iso") -> Sheet:
    sheet = Sheet(210, height, facts=document.facts, rng=rng)
    sheet.label_pen = Pen(size=size)
    sheet.value_pen = Pen(size=size, date=date)
    return sheet


@layout("discharge_summary", "known-a")
def summary_open(document: Document, rng: Random) -> list[Sheet]:
    """出院小结 without rules: a head line, then sections."""
    sheet = _a4(document, rng)
    sheet.value(105, 18, "hospital_name", Pen(size=6.4, bold=0.8), anchor="c")
    title(sheet, 29, "出 院 小 结", Pen(size=6, bold=0.8))
    head: list[list[Pair]] = [
        [(20, "姓名：", "patient_name"), (62, "性别：", "gender"), (92, "年龄：", "age"), (130, "住院号：", "admission_number")],
        [(20, "科室：", "department"), (92, "入院日期：", "admitted_on"), (146, "出院日期：", "discharged_on")],
    ]
    pairs(sheet, 45, 8, head)
    sheet.text(111, 45, "岁")
    sheet.line(18, 62, 192, 62)
    sheet.pair(20, 68, "入院诊断：", "admission_diagnosis")
    y = sheet.paragraph(
        20,
        80,
        168,
        f"入院情况：患者因“{document.extra['complaint']}”入院。查体：T 36.8℃，P 78次/分，R 18次/分，BP 124/78mmHg，神清，精神可。",
    )
    y = sheet.paragraph(20, y + 4, 168, f"诊疗经过：{document.extra['course']}")
    x = sheet.pair(20, y + 4, "出院诊断：", "discharge_diagnosis")
    sheet.value(x + 4, y + 4, "diagnosis_code")
    sheet.paragraph(20, y + 16, 168, "出院情况：治愈/好转，切口愈合良好，无特殊不适。")
    sheet.paragraph(20, y + 28, 168, f"出院医嘱：{document.extra['advice']}")
    sheet.text(130, y + 58, f"医师签名：{document.extra['doctor']}")
    hospital_seal(sheet, 132, y + 40, document, "病案专用章", rng=rng)
    return [sheet]


@layout("discharge_summary", "known-b")
def summary_ruled(document: Document, rng: Random) -> list[Sheet]:
    """出院记录 in a ruled table, labels in their own cells."""
    sheet = _a4(document, rng, size=3.7, date="cn")
    title(sheet, 16, document.facts["hospital_name"], Pen(size=6, bold=0.8))
    sheet.shown["hospital_name"] = document.facts["hospital_name"]
    title(sheet, 27, "出院记录", Pen(size=5.6, bold=0.6))
    cells = [
        [("姓名", "patient_name"), ("性别", "gender"), ("年龄", "age")],
        [("科别", "department"), ("住院号", "admission_number"), ("床号", "")],
        [("入院日期", "admitted_on"), ("出院日期", "discharged_on"), ("住院天数", "")],
    ]
    for row_index, row in enumerate(cells):
        y = 40 + row_index * 10
        for column, (label, name) in enumerate(row):
            x = 16 + column * 60
            sheet.box(x, y, x + 22, y + 10)
            sheet.box(x + 22, y, x + 60, y + 10)
            sheet.text(x + 11, y + 2.6, label, anchor="c")
            if name:
                sheet.value(x + 24, y + 2.6, name, suffix="岁" if name == "age" else "")
    for index, (label, name) in enumerate(
        (("入院诊断", "admission_diagnosis"), ("出院诊断", "discharge_diagnosis"), ("疾病编码", "diagnosis_code"))
    ):
        y = 70 + index * 12
        sheet.box(16, y, 48, y + 12)
        sheet.box(48, y, 196, y + 12)
        sheet.text(32, y + 3.6, label, anchor="c")
        sheet.value(51, y + 3.6, name)
    for index, (label, text) in enumerate((("主诉", "complaint"), ("诊疗经过", "course"), ("出院医嘱", "advice"))):
        y = 106 + index * 40
        sheet.box(16, y, 48, y + 40)
        sheet.box(48, y, 196, y + 40)
        sheet.text(32, y + 17, label, anchor="c")
        sheet.paragraph(51, y + 4, 142, document.extra[text])
    sheet.text(130, 236, f"主治医师：{document.extra['doctor']}")
    hospital_seal(sheet, 120, 214, document, "出院专用章", rng=rng, diameter=40)
    return [sheet]


@layout("outpatient_record", "known-a")
def record_sections(document: Document, rng: Random) -> list[Sheet]:
    """门诊病历 as printed by the doctor's station on A5 landscape paper."""
    sheet = _a4(document, rng, height=190)
    sheet.value(105, 12, "hospital_name", Pen(size=6, bold=0.8), anchor="c")
    title(sheet, 22, "门诊病历", Pen(size=5.4, bold=0.6), rules=1)
    head: list[list[Pair]] = [
        [(18, "姓名：", "patient_name"), (64, "性别：", "gender"), (94, "年龄：", "age"), (134, "就诊日期：", "visit_on")],
        [(18, "科室：", "department"), (94, "门诊号：" + document.extra["number"], "")],
    ]
    pairs(sheet, 36, 8, head)
    sheet.line(16, 53, 194, 53)
    sheet.pair(18, 58, "主诉：", "chief_complaint")
    y = sheet.paragraph(18, 68, 172, f"现病史：患者{document.extra['complaint']}，无明显诱因，未予特殊处理，今来我院就诊。")
    y = sheet.paragraph(18, y + 3, 172, "体格检查：神志清，精神可，心肺听诊未及明显异常，腹平软。")
    x = sheet.pair(18, y + 3, "初步诊断：", "diagnosis")
    sheet.value(x + 3, y + 3, "diagnosis_code")
    sheet.paragraph(18, y + 14, 172, f"处理意见：{document.extra['advice']}")
    sheet.text(140, y + 40, f"医生签名：{document.extra['doctor']}")
    return [sheet]


@layout("outpatient_record", "known-b")
def record_booklet(document: Document, rng: Random) -> list[Sheet]:
    """门（急）诊病历记录 as a narrow page with the department first and fixed-width print."""
    sheet = Sheet(148, 210, facts=document.facts, rng=rng, paper=(254, 254, 250))
    sheet.label_pen = Pen(size=3.7)
    sheet.value_pen = Pen(size=3.7, face=FACE_MONO, date="cn")
    title(sheet, 12, document.facts["hospital_name"], Pen(size=5.6, bold=0.8))
    sheet.shown["hospital_name"] = document.facts["hospital_name"]
    title(sheet, 21, "门（急）诊病历记录", Pen(size=4.8))
    head: list[list[Pair]] = [
        [(12, "就诊科室：", "department"), (78, "就诊时间：", "visit_on")],
        [(12, "患者姓名：", "patient_name"), (66, "性别：", "gender"), (100, "年龄：", "age")],
    ]
    pairs(sheet, 34, 7.5, head)
    sheet.line(10, 51, 138, 51)
    y = 55.0
    y = sheet.paragraph(12, y, 124, "过敏史：否认药物过敏史")
    sheet.pair(12, y + 2, "主诉：", "chief_complaint")
    y = sheet.paragraph(12, y + 11, 124, f"现病史：{document.extra['complaint']}，症状逐渐加重，无恶心呕吐，睡眠饮食一般。")
    y = sheet.paragraph(12, y + 2, 124, "既往史：既往体健。")
    sheet.pair(12, y + 2, "诊断：", "diagnosis")
    sheet.pair(12, y + 10, "ICD编码：", "diagnosis_code")
    y = sheet.paragraph(12, y + 20, 124, f"处理：{document.extra['advice']}")
    sheet.text(90, y + 14, f"医师：{document.extra['doctor']}")
    return [sheet]


@layout("diagnosis_certificate", "known-a")
def certificate_lines(document: Document, rng: Random) -> list[Sheet]:
    """诊断证明书 with underlined blanks and the hospital's round seal."""
    sheet = _a4(document, rng, height=180, size=4.1, date="cn")
    sheet.value(105, 14, "hospital_name", Pen(size=6.4, bold=0.8), anchor="c")
    title(sheet, 26, "疾病诊断证明书", Pen(size=6.2, bold=0.8))
    head: list[list[Pair]] = [
        [(22, "姓名：", "patient_name"), (78, "性别：", "gender"), (124, "年龄：", "age")],
        [(22, "科别：", "department"), (78, "门诊/住院号：" + document.extra["number"], "")],
    ]
    pairs(sheet, 44, 10, head)
    for x0, x1, y in ((34, 72, 50), (90, 118, 50), (136, 160, 50), (34, 72, 60)):
        sheet.line(x0, y, x1, y, weight=1)
    x = sheet.pair(22, 70, "诊断：", "diagnosis")
    sheet.text(sheet.value(sheet.text(x, 70, "（"), 70, "diagnosis_code"), 70, "）")
    sheet.paragraph(22, 86, 164, "处理意见：建议休息壹周，门诊随访，避免劳累。")
    sheet.text(110, 128, f"医师签名：{document.extra['doctor']}")
    sheet.pair(110, 140, "日期：", "issued_on")
    sheet.text(22, 162, "注：本证明未盖章无效，涂改无效。", Pen(size=3.2))
    hospital_seal(sheet, 112, 112, document, "诊断证明专用章", rng=rng)
    return [sheet]


@layout("diagnosis_certificate", "known-b")
def certificate_boxed(document: Document, rng: Random) -> list[Sheet]:
    """诊断证明书 in a box, the hospital named in the foot as well as in the title."""
    sheet = _a4(document, rng, height=148, size=3.9, date="dots")
    title(sheet, 10, f"{document.facts['hospital_name']}诊断证明书", Pen(size=5.8, bold=0.8))
    sheet.shown["hospital_name"] = document.facts["hospital_name"]
    sheet.box(16, 24, 194, 112)
    head: list[list[Pair]] = [
        [(20, "患者姓名：", "patient_name"), (80, "性别：", "gender"), (110, "年龄：", "age"), (140, "科室：", "department")],
    ]
    pairs(sheet, 28, 8, head)
    sheet.line(16, 36, 194, 36)
    sheet.pair(20, 42, "临床诊断：", "diagnosis")
    sheet.pair(20, 52, "诊断编码：", "diagnosis_code")
    sheet.paragraph(20, 64, 168, f"医师建议：{document.extra['advice']}")
    sheet.text(20, 102, f"经治医师：{document.extra['doctor']}")
    sheet.pair(130, 102, "开具日期：", "issued_on")
    hospital_seal(sheet, 134, 74, document, "医务科", rng=rng, diameter=38)
    return [sheet]
