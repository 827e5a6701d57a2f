"""Out-patient records and diagnosis certificates of the fresh set: booklet pages, ruled forms, running sentences with blanks."""

from random import Random

from anpei.samples.drawing import formats, marks
from anpei.samples.drawing.sheet import BLACK, FACE_SERIF, Colour, Pen, Sheet
from anpei.samples.layouts.fresh_forms import Box, bars, blank, dashes, emblem, fill, paper, ruled, signature, song
from anpei.samples.layouts.registry import layout
from anpei.samples.world.documents import Document

PURPLE: Colour = (92, 58, 120)
SHADE: Colour = (240, 238, 245)


@layout("outpatient_record", "fresh-a")
def booklet(document: Document, rng: Random) -> list[Sheet]:
    """A sheet of A5 to be pasted into the patient's booklet: a bar code, short labels, sections in square brackets."""
    sheet = paper((148, 210), document.facts, rng, label=Pen(size=3.3), value=Pen(size=3.5, date="slash"))
    extra = document.extra
    sheet.value(10, 8, "hospital_name", Pen(size=5.0, bold=0.5))
    sheet.text(10, 16, "门诊病历记录", Pen(size=3.8))
    sheet.paste(bars(extra["number"], 44, 8), 94, 8)
    sheet.text(116, 17, extra["number"], Pen(size=2.8), anchor="c")
    sheet.line(10, 22, 138, 22, weight=3)
    for x, label, fact, suffix in ((10, "姓名：", "patient_name", ""), (50, "性别：", "gender", ""), (76, "年龄：", "age", "岁")):
        fill(sheet, x, 24.5, label, fact, suffix=suffix, gap=0)
    sheet.text(108, 24.5, "初诊☑ 复诊□")
    fill(sheet, 10, 30.5, "就诊科室：", "department", gap=0)
    fill(sheet, 76, 30.5, "就诊时间：", "visit_on", gap=0, suffix=" 09:41")
    dashes(sheet, 10, 36.5, 138)
    sheet.text(10, 40, "[主诉]", Pen(size=3.5, bold=0.5))
    sheet.value(25, 40, "chief_complaint")
    y = 47.0
    for name, text in (
        ("[现病史]", f"患者{extra['complaint']}，无其他明显不适，未予特殊处理，今来院就诊。"),
        ("[既往史]", "否认慢性病史，否认药物过敏史。"),
        ("[查体]", "神清，一般情况可，心肺腹查体未见明显阳性体征。"),
    ):
        y = sheet.paragraph(10, y, 126, f"{name} {text}", sheet.value_pen, leading=1.6) + 1.6
    sheet.text(10, y, "[初步诊断]", Pen(size=3.5, bold=0.5))
    after = sheet.value(32, y, "diagnosis")
    after = sheet.value(sheet.text(after + 1, y, "("), y, "diagnosis_code")
    sheet.text(after, y, ")")
    y = sheet.paragraph(10, y + 8, 126, f"[处理意见] {extra['advice']}", sheet.value_pen, leading=1.6)
    sheet.text(84, y + 10, "医师：")
    signature(sheet, 96, y + 8.6, extra["doctor"])
    dashes(sheet, 10, 198, 138)
    sheet.text(74, 200.5, "复诊请携带本病历，谢谢配合", Pen(size=2.8), anchor="c")
    return [sheet]


@layout("outpatient_record", "fresh-b")
def ruled_record(document: Document, rng: Random) -> list[Sheet]:
    """门（急）诊病历 on A4 in Song: a ruled head with labels above values, then a ruled form with wide boxes."""
    sheet = paper((210, 297), document.facts, rng, label=song(3.4), value=song(3.7, date="cn_plain"))
    extra = document.extra
    sheet.value(105, 13, "hospital_name", song(5.8, bold=0.4), anchor="c")
    sheet.text(105, 22, "门（急）诊病历", song(5.0), anchor="c")
    fill(sheet, 144, 30, "门诊号：", "", text=extra["number"])
    heads = ((34, "姓　名", "patient_name", ""), (20, "性　别", "gender", ""), (24, "年　龄", "age", "岁"))
    more = ((44, "就诊科别", "department", ""), (56, "就诊日期", "visit_on", ""))
    ruled(sheet, 16, 36, 7, [Box(width, label) for width, label, _, _ in (*heads, *more)], shade=SHADE)
    ruled(sheet, 16, 43, 9, [Box(width, fact=fact, suffix=suffix, align="c") for width, _, fact, suffix in (*heads, *more)])
    y = ruled(sheet, 16, 52, 14, [Box(28, "主　诉"), Box(150, fact="chief_complaint")], shade=SHADE)
    for label, text, height in (
        ("现病史", f"患者{extra['complaint']}，休息后无明显缓解，门诊就诊。病程中精神、食纳可，二便如常。", 34),
        ("既往史", "体健，否认食物、药物过敏史。", 16),
        ("体格检查", "生命体征平稳，专科查体见检查单。", 22),
    ):
        ruled(sheet, 16, y, height, [Box(28, label), Box(150, text=" ")], shade=SHADE)
        sheet.paragraph(46, y + 3.5, 144, text, sheet.value_pen, leading=1.7)
        y += height
    y = ruled(
        sheet, 16, y, 14, [Box(28, "诊　断"), Box(96, fact="diagnosis"), Box(22, "疾病编码"), Box(32, fact="diagnosis_code")], shade=SHADE
    )
    ruled(sheet, 16, y, 34, [Box(28, "处　理"), Box(150, text=" ")], shade=SHADE)
    below = y + 3.5
    for part in extra["advice"].split("；"):
        below = sheet.paragraph(46, below, 144, part, sheet.value_pen, leading=1.7)
    sheet.text(128, y + 40, "接诊医师：")
    signature(sheet, 148, y + 38.6, extra["doctor"])
    sheet.stamp(marks.seal(document.facts["hospital_name"], "门诊专用章", rng=rng, diameter=32, star=False), 62, y + 37)
    return [sheet]


@layout("diagnosis_certificate", "fresh-a")
def sentences(document: Document, rng: Random) -> list[Sheet]:
    """诊断证明书 on A5 across, Song: sentences with underlined blanks, the seal over the day."""
    sheet = paper((210, 148), document.facts, rng, label=song(4.2), value=song(4.2, date="spaced"))
    extra = document.extra
    sheet.box(8, 7, 202, 141, colour=(120, 120, 122), weight=3)
    sheet.value(105, 13, "hospital_name", song(6.0, bold=0.4), anchor="c")
    sheet.text(105, 22, "诊 断 证 明 书", song(7.0, bold=0.5), anchor="c")
    fill(sheet, 150, 32, "门诊号", "", text=extra["number"], gap=2)
    x = blank(sheet, sheet.text(20, 42, "患者") + 1, 42, 32, "patient_name")
    x = blank(sheet, sheet.text(x + 2, 42, "，性别") + 1, 42, 16, "gender")
    x = blank(sheet, sheet.text(x + 2, 42, "，年龄") + 1, 42, 18, "age")
    sheet.text(x + 1, 42, "岁，因")
    x = blank(sheet, 20, 53, 62, "", text=extra["complaint"])
    x = blank(sheet, sheet.text(x + 1, 53, "来我院") + 1, 53, 36, "department")
    sheet.text(x + 1, 53, "就诊。")
    x = blank(sheet, sheet.text(20, 66, "诊　　断：") + 1, 66, 84, "diagnosis")
    blank(sheet, sheet.text(x + 3, 66, "ICD编码：") + 1, 66, 34, "diagnosis_code")
    sheet.text(20, 79, "建　　议：")
    sheet.paragraph(42, 79, 148, extra["advice"], sheet.value_pen, leading=1.9)
    sheet.text(112, 106, "医师签章：")
    signature(sheet, 134, 104.4, extra["doctor"], size=6)
    sheet.stamp(marks.seal(document.facts["hospital_name"], "诊断证明专用章", rng=rng, diameter=38), 155, 94)
    sheet.value(112, 119, "issued_on")
    sheet.text(20, 133, "（本证明未加盖公章无效，不作法律依据）", song(3.2))
    return [sheet]


@layout("diagnosis_certificate", "fresh-b")
def ruled_certificate(document: Document, rng: Random) -> list[Sheet]:
    """疾病诊断证明 on A4: an upper half ruled in purple, below a line to tear the counterfoil with the same particulars."""
    sheet = paper((210, 297), document.facts, rng, label=Pen(size=3.5, colour=PURPLE), value=Pen(size=3.8, date="cn", colour=BLACK))
    extra = document.extra
    sheet.paste(emblem(14, PURPLE), 20, 14)
    sheet.value(112, 14, "hospital_name", Pen(size=5.4, colour=PURPLE, bold=0.4), anchor="c")
    sheet.text(112, 23, "疾病诊断证明", Pen(size=6.2, colour=PURPLE, spacing=8), anchor="c")
    fill(sheet, 20, 34, "编号：", "", text=f"{extra['issued_on'][:4]}-{extra['number'][-5:]}")
    y = 40.0
    for line in (
        (
            Box(26, "姓　　名"),
            Box(40, fact="patient_name"),
            Box(18, "性　别"),
            Box(24, fact="gender"),
            Box(20, "年　龄"),
            Box(42, fact="age", suffix=" 周岁"),
        ),
        (Box(26, "就诊科室"), Box(82, fact="department"), Box(20, "门诊号"), Box(42, text=extra["number"])),
        (Box(26, "临床诊断"), Box(82, fact="diagnosis"), Box(20, "诊断编码"), Box(42, fact="diagnosis_code")),
    ):
        y = ruled(sheet, 20, y, 12, line, colour=PURPLE)
    ruled(sheet, 20, y, 40, [Box(26, "处理意见"), Box(144, text=" ")], colour=PURPLE)
    below = y + 5
    for part in extra["advice"].split("；"):
        below = sheet.paragraph(50, below, 136, part, sheet.value_pen, leading=1.8)
    y += 40
    y = ruled(sheet, 20, y, 12, [Box(26, "医师签名"), Box(60, text=" "), Box(26, "出具日期"), Box(58, fact="issued_on")], colour=PURPLE)
    signature(sheet, 50, y - 9, extra["doctor"])
    sheet.stamp(marks.seal(document.facts["hospital_name"], "医务科", rng=rng, diameter=36), 146, y + 3)
    sheet.text(20, y + 6, "说明：1.本证明涂改无效；2.未盖医务科章无效；3.病休建议须经主任医师签字。", Pen(size=3.0, colour=PURPLE))
    dashes(sheet, 6, y + 48, 204)
    sheet.text(105, y + 43, "存　根", Pen(size=3.0, face=FACE_SERIF, colour=(140, 140, 144)), anchor="c")
    sheet.text(
        20,
        y + 56,
        f"今开具{document.facts['patient_name']}诊断证明一份。　经手人：{extra['doctor']}　{formats.day(extra['issued_on'], 'cn')}",
        Pen(size=3.4),
    )
    return [sheet]
