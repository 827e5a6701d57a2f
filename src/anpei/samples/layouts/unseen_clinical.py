"""Unseen clinical papers: discharge summaries, out-patient records and certificates of diagnosis."""

from random import Random

from anpei.samples.drawing.sheet import FACE_MONO, Colour, Pen, Sheet
from anpei.samples.layouts.registry import layout
from anpei.samples.layouts.unseen_parts import (
    BLUE,
    GREEN,
    GREY,
    MATRIX,
    Cell,
    bars,
    centred,
    fact,
    ruled,
    seal,
    stacked,
    start,
    watermark,
    width_of,
)
from anpei.samples.world.documents import Document

INK: Colour = (34, 34, 40)
PINK: Colour = (253, 240, 240)
CREAM: Colour = (252, 248, 232)


def running(sheet: Sheet, x: float, y: float, *fields: tuple[str, str, str], gap: float = 8) -> float:
    """Labels and facts one after the other in a line, each with what stands behind it (岁); returns the x behind the last."""
    for label, name, suffix in fields:
        x = sheet.pair(x, y, label, name, suffix=suffix) + gap
    return x


def section(sheet: Sheet, y: float, head: str, text: str, *, x: float = 18, width: float = 174) -> float:
    """A bold head in its own line and wrapped text, shifted in by two characters."""
    sheet.text(x, y, head, Pen(size=3.8, bold=0.5))
    return sheet.paragraph(x + 7, y + 6.4, width - 7, text, Pen(size=3.6), leading=1.75) + 2


@layout("discharge_summary", "unseen-a")
def narrative(document: Document, rng: Random) -> list[Sheet]:
    """A discharge record as a medical-record program prints it: two running lines, bold heads in lines of their own, a signature."""
    sheet = start(document, rng, (210, 297), label=Pen(size=3.7, colour=INK), value=Pen(size=3.7))
    watermark(sheet, "仅供本次就医使用", size=8, colour=(240, 240, 242), step=(96, 84))
    sheet.value(105, 15, "hospital_name", Pen(size=5.6, spacing=6), anchor="c")
    centred(sheet, 25, "出　院　记　录", Pen(size=6.4, bold=0.7))
    sheet.text(18, 37, f"第 1 次住院　　病区：{document.facts['department']}一病区", Pen(size=3.2, colour=GREY))
    sheet.pair(192 - 42, 37, "住院病历号 ", "admission_number")
    sheet.line(18, 43, 192, 43)
    running(
        sheet,
        18,
        46.5,
        ("患者姓名：", "patient_name", ""),
        ("性别：", "gender", ""),
        ("年龄：", "age", "岁"),
        ("所在科室：", "department", ""),
    )
    sheet.value_pen = Pen(size=3.7, date="cn")
    running(sheet, 18, 54, ("入院日期：", "admitted_on", ""), ("出院日期：", "discharged_on", ""))
    sheet.line(18, 61, 192, 61)
    y = _diagnoses(sheet, 65, document)
    y = section(sheet, y, "入院情况", f"患者因“{document.extra['complaint']}”入院。查体：神志清楚，心肺腹未见明显异常。")
    y = section(sheet, y, "诊疗经过", document.extra["course"])
    y = section(sheet, y, "出院情况", "一般情况可，无特殊不适，饮食睡眠正常，切口愈合良好。")
    y = section(sheet, y, "出院医嘱", document.extra["advice"])
    sheet.text(126, y + 12, f"医师签名：{document.extra['doctor']}")
    sheet.text(126, y + 20, f"记录时间：{document.extra['issued_on']} 10:26")
    seal(sheet, 132, y + 2, document.facts["hospital_name"], "病案专用章", diameter=42)
    sheet.text(105, 284, "第1页", Pen(size=3, colour=GREY), anchor="c")
    return [sheet]


def _diagnoses(sheet: Sheet, y: float, document: Document) -> float:
    """Numbered diagnoses under their heads, the code in brackets behind the second."""
    for head, name in (("入院诊断", "admission_diagnosis"), ("出院诊断", "discharge_diagnosis")):
        sheet.text(18, y, head, Pen(size=3.8, bold=0.5))
        x = sheet.value(sheet.text(25, y + 6.4, "1. "), y + 6.4, name)
        if name == "discharge_diagnosis":
            x = sheet.value(sheet.text(x + 2, y + 6.4, "（ICD-10："), y + 6.4, "diagnosis_code")
            sheet.text(x, y + 6.4, "）")
        y += 14.6
    return y


@layout("discharge_summary", "unseen-b")
def boxed_summary(document: Document, rng: Random) -> list[Sheet]:
    """A ruled one-page summary on cream paper: facts in cells, free text in tall cells with the head at the left."""
    sheet = start(document, rng, (195, 270), label=Pen(size=3.4, colour=BLUE), value=Pen(size=3.5), paper=CREAM)
    sheet.value(97.5, 11, "hospital_name", Pen(size=5.8, colour=BLUE, bold=0.5), anchor="c")
    centred(sheet, 20, "出院小结（患者联）", Pen(size=4.8, colour=BLUE))
    rows = (
        (
            Cell("科　　别", "department", 22, 38),
            Cell("住院号", "admission_number", 22, 38),
            Cell("床号", "", 18, 31, extra=f"{rng.randint(1, 60)}床"),
        ),
        (Cell("姓　　名", "patient_name", 22, 38), Cell("性　别", "gender", 22, 38), Cell("年龄", "age", 18, 31, suffix=" 岁")),
        (Cell("入院时间", "admitted_on", 22, 38), Cell("出院时间", "discharged_on", 22, 38), Cell("转归", "", 18, 31, extra="好转")),
        (Cell("入院诊断", "admission_diagnosis", 22, 147),),
        (Cell("出院诊断", "discharge_diagnosis", 22, 98), Cell("疾病编码", "diagnosis_code", 22, 27)),
    )
    y = ruled(sheet, 13, 30, rows, height=9, colour=BLUE)
    for head, text, height in (
        ("主诉及病史", f"{document.extra['complaint']}。既往体健，否认药物过敏史。", 28),
        ("检查结果", "血常规、肝肾功能、心电图：未见明显异常。", 26),
        ("治疗经过", document.extra["course"], 34),
        ("出院医嘱", document.extra["advice"], 32),
    ):
        sheet.box(13, y, 35, y + height, colour=BLUE)
        sheet.text(24, y + height / 2 - 2, head, anchor="c")
        sheet.box(35, y, 182, y + height, colour=BLUE)
        sheet.paragraph(37, y + 3, 142, text, Pen(size=3.4))
        y += height
    sheet.text(16, y + 6, f"主治医师：{document.extra['doctor']}")
    sheet.text(96, y + 6, "患者或家属签收：")
    sheet.text(16, y + 16, "复印无效　地址：略　随访电话：略", Pen(size=2.9, colour=BLUE))
    seal(sheet, 44, y - 20, document.facts["hospital_name"], "出院专用章", diameter=40)
    return [sheet]


@layout("outpatient_record", "unseen-a")
def stacked_record(document: Document, rng: Random) -> list[Sheet]:
    """An electronic out-patient record on a half sheet: labels above their facts, a bar code, text in brackets of heads."""
    sheet = start(document, rng, (210, 160), label=Pen(size=2.9, colour=GREY), value=Pen(size=3.7))
    sheet.paste(bars(document.extra["number"], 42, 7), 152, 9)
    sheet.text(173, 17, document.extra["number"], Pen(size=2.6, face=FACE_MONO), anchor="c")
    sheet.value(16, 9, "hospital_name", Pen(size=5.2, bold=0.4))
    sheet.text(16, 17, "门（急）诊电子病历", Pen(size=4.2))
    sheet.line(16, 24, 194, 24, weight=4)
    y = stacked(
        sheet,
        16,
        27,
        (
            ("姓名", "patient_name", 32),
            ("性别", "gender", 20),
            ("年龄（岁）", "age", 26),
            ("就诊科室", "department", 44),
            ("就诊日期", "visit_on", 34),
        ),
    )
    sheet.line(16, y, 194, y, colour=(190, 190, 194), weight=1)
    y = _bracketed(sheet, y + 4, "主诉", "chief_complaint", "")
    y = _bracketed(sheet, y, "现病史", "", f"患者{document.extra['complaint']}，无明显诱因，未予特殊处理，今来我院就诊。")
    y = _bracketed(sheet, y, "既往史", "", "否认高血压、糖尿病史，否认药物过敏史。")
    y = _bracketed(sheet, y, "体格检查", "", "神清，精神可，BP 126/78mmHg，心肺听诊无殊。")
    y = _bracketed(sheet, y, "初步诊断", "diagnosis", "", code="diagnosis_code")
    y = _bracketed(sheet, y, "处理", "", "1、完善检查；2、药物治疗，见处方；3、不适随诊。")
    sheet.text(138, y + 6, f"接诊医生：{document.extra['doctor']}（电子签名）", Pen(size=3.4))
    sheet.text(16, y + 6, "本病历由医院信息系统生成，请妥善保管", Pen(size=2.8, colour=GREY))
    return [sheet]


def _bracketed(sheet: Sheet, y: float, head: str, name: str, text: str, *, code: str = "") -> float:
    """【主诉】 and what follows; with ``code`` the disease code stands before the diagnosis."""
    x = sheet.text(16, y, f"【{head}】", Pen(size=3.7, bold=0.5)) + 0.6
    if code:
        x = sheet.value(x, y, code) + 2
    if name:
        sheet.value(x, y, name)
    else:
        sheet.text(x, y, text, Pen(size=3.6))
    return y + 9


@layout("outpatient_record", "unseen-b")
def booklet_page(document: Document, rng: Random) -> list[Sheet]:
    """A page of a record booklet with printed lines, filled by a small needle printer; the date stands before the department."""
    sheet = start(
        document,
        rng,
        (130, 185),
        label=Pen(size=3.3, colour=GREEN),
        value=Pen(size=3.6, colour=MATRIX.colour, face=FACE_MONO, dots=True),
        paper=(248, 252, 247),
    )
    sheet.text(65, 8, "门　诊　病　历", Pen(size=5.2, colour=GREEN, bold=0.4), anchor="c")
    for line in range(17):
        sheet.line(10, 41.4 + line * 7.6, 120, 41.4 + line * 7.6, colour=(176, 208, 184), weight=1)
    sheet.text(11, 18, "就诊医院")
    sheet.value(27, 18, "hospital_name")
    first = ((11, 26, "姓名", "patient_name"), (48, 26, "性别", "gender"), (72, 26, "年龄", "age"))
    for left, top, label, name in (*first, (11, 36, "日期", "visit_on"), (62, 36, "科别", "department")):
        sheet.pair(left, top, label, name, gap=2)
    sheet.text(90, 26, "周岁")
    y = _printed_lines(sheet, 43.6)
    sheet.text(70, y + 8, f"医师:{document.extra['doctor']}", sheet.value_pen)
    seal(sheet, 76, y - 6, document.facts["hospital_name"], "门诊部", diameter=32)
    sheet.text(65, 176, "— 7 —", Pen(size=2.8, colour=GREEN), anchor="c")
    return [sheet]


def _printed_lines(sheet: Sheet, y: float) -> float:
    """What the needle printer writes on the lines of the page; returns the y below."""
    pen = sheet.value_pen
    for head, name, text in (
        ("主诉:", "chief_complaint", ""),
        ("现病史:", "", "症状如上,无发热,二便正常。"),
        ("既往史:", "", "体健。过敏史:无"),
        ("查体:", "", "一般情况良好,心肺(-)"),
        ("门诊诊断:", "diagnosis", ""),
        ("ICD编码:", "diagnosis_code", ""),
        ("建议:", "", "1.对症治疗 2.注意休息"),
        ("", "", "3.一周后复诊,不适随诊"),
    ):
        x = sheet.text(12, y, head, pen) + 1.4 if head else 12 + width_of("建议:", pen) + 1.4
        if name:
            sheet.value(x, y, name)
        else:
            sheet.text(x, y, text, pen)
        y += 7.6
    return y


@layout("diagnosis_certificate", "unseen-a")
def sickness_certificate(document: Document, rng: Random) -> list[Sheet]:
    """疾病诊断证明书 on pink paper: a sentence with blanks that are underlined, the seal pressed over diagnosis and date."""
    sheet = start(document, rng, (185, 130), label=Pen(size=3.9), value=Pen(size=4, date="cn_plain"), paper=PINK)
    sheet.value(92.5, 10, "hospital_name", Pen(size=5.2, bold=0.4, spacing=4), anchor="c")
    centred(sheet, 19, "疾 病 诊 断 证 明 书", Pen(size=6.2, bold=0.7))
    sheet.text(168, 28.5, f"证字第 {document.extra['number']} 号", Pen(size=3.1), anchor="r")
    y = _blanks(
        sheet, 38, (("姓名", "patient_name", 30, ""), ("性别", "gender", 16, ""), ("年龄", "age", 16, "岁"), ("科别", "department", 36, ""))
    )
    sheet.text(18, y, "该患者经我院诊查，临床诊断为：")
    y = _blanks(sheet, y + 9, (("", "diagnosis", 104, ""), ("编码", "diagnosis_code", 28, "")), x=26)
    sheet.text(18, y, f"处理意见：{document.extra['advice'][:24]}")
    sheet.line(18, y + 6, 166, y + 6, weight=1)
    sheet.text(18, y + 14, "注：涂改无效，未盖公章无效。", Pen(size=3))
    sheet.text(100, y + 14, f"医师（签章）：{document.extra['doctor']}")
    sheet.pair(100, y + 23, "开具日期：", "issued_on")
    seal(sheet, 102, y - 14, document.facts["hospital_name"], "诊断证明专用章", diameter=42)
    return [sheet]


def _blanks(sheet: Sheet, y: float, fields: tuple[tuple[str, str, float, str], ...], *, x: float = 18) -> float:
    """Labels with underlined blanks that hold the facts in the middle."""
    for label, name, width, behind in fields:
        x = sheet.text(x, y, label) + 1
        text = sheet.printed(name, sheet.value_pen)
        fact(sheet, x + width / 2, y, name, text, anchor="c")
        sheet.line(x, y + 5, x + width, y + 5, weight=1)
        x = sheet.text(x + width + 1, y, behind) + 3
    return y + 10.5


@layout("diagnosis_certificate", "unseen-b")
def ruled_certificate(document: Document, rng: Random) -> list[Sheet]:
    """医学诊断证明 as a ruled form with stub number; the date of issue stands at the top right, the code before the diagnosis."""
    sheet = start(document, rng, (210, 148), label=Pen(size=3.6), value=Pen(size=3.7, date="dots"))
    watermark(sheet, document.facts["hospital_name"], size=8, colour=(236, 242, 240), step=(104, 70))
    sheet.text(105, 11, "医 学 诊 断 证 明", Pen(size=6.4, colour=GREEN, bold=0.7), anchor="c")
    sheet.pair(16, 24, "医疗机构：", "hospital_name")
    sheet.pair(146, 24, "出具日期：", "issued_on")
    rows = (
        (
            Cell("患者姓名", "patient_name", 24, 34), Cell("性别", "gender", 16, 18), Cell("年龄", "age", 16, 18, suffix="岁"),
            Cell("就诊科室", "department", 22, 30),
        ),
        (Cell("ICD编码", "diagnosis_code", 24, 34), Cell("诊断", "diagnosis", 16, 104)),
    )  # fmt: skip
    y = ruled(sheet, 16, 31, rows, height=10, colour=GREEN)
    sheet.box(16, y, 40, y + 34, colour=GREEN)
    sheet.text(28, y + 14, "医师建议", anchor="c")
    sheet.box(40, y, 194, y + 34, colour=GREEN)
    sheet.paragraph(43, y + 5, 146, document.extra["advice"] + "4.建议休息两周。", Pen(size=3.6), leading=1.9)
    sheet.text(16, y + 41, f"签发医师：{document.extra['doctor']}")
    sheet.text(96, y + 41, "审核（医务科）：")
    sheet.text(16, y + 51, "本证明一式两联，不作司法鉴定依据", Pen(size=3, colour=GREY))
    seal(sheet, 132, y + 18, document.facts["hospital_name"], "医务专用章", diameter=44, flat=1.0)
    return [sheet]
