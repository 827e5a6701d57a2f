"""Discharge summaries and admission records of the fresh set: running text under a head of blanks, and ruled forms."""

from random import Random

from anpei.samples.drawing import formats, marks
from anpei.samples.drawing.sheet import Colour, Pen, Sheet
from anpei.samples.layouts.fresh_forms import Box, bars, beside, blank, emblem, fill, paper, ruled, signature, song, tall, watermark
from anpei.samples.layouts.fresh_inpatient_receipts import days_of
from anpei.samples.layouts.registry import layout
from anpei.samples.world.documents import Document

SHADE: Colour = (233, 238, 243)
NAVY: Colour = (30, 58, 110)
LINE: Colour = (90, 96, 104)
BLOOD_COUNT = (
    "WBC 7.62×10^9/L，NEUT% 68.2%，HGB 132g/L，PLT 216×10^9/L；肝肾功能、电解质、凝血功能大致正常；"
    "心电图：窦性心律，大致正常心电图；胸部CT：双肺未见明确活动性病变。"
)


@layout("discharge_summary", "fresh-a")
def running(document: Document, rng: Random) -> list[Sheet]:
    """出院记录, A4, Song: a head line between rules, sections whose names stand before the text, the doctor's hand at the end."""
    sheet = paper((210, 297), document.facts, rng, label=song(3.9), value=song(3.9, date="cn"))
    extra = document.extra
    sheet.value(105, 15, "hospital_name", song(6.2, bold=0.5), anchor="c")
    sheet.text(105, 25, "出  院  记  录", song(5.4), anchor="c")
    sheet.line(20, 34, 190, 34)
    for x, label, fact in ((21, "姓名：", "patient_name"), (62, "科室：", "department"), (148, "住院号：", "admission_number")):
        fill(sheet, x, 35.6, label, fact, gap=0)
    sheet.text(112, 35.6, "床号：16")
    sheet.line(20, 41, 190, 41)
    fill(sheet, 20, 46, "性别：", "gender", gap=0)
    fill(sheet, 62, 46, "年龄：", "age", suffix="岁", gap=0)
    fill(sheet, 112, 46, "住院天数：", "", text=f"{days_of(document.facts)}天", gap=0)
    fill(sheet, 20, 53.5, "入院日期：", "admitted_on", gap=0)
    fill(sheet, 112, 53.5, "出院日期：", "discharged_on", gap=0)
    fill(sheet, 20, 61, "入院诊断：", "admission_diagnosis", gap=0)
    fill(sheet, 20, 68.5, "出院诊断：", "discharge_diagnosis", gap=0)
    y = 76.0
    for text in (
        f"入院情况：患者因“{extra['complaint']}”入院。查体：T 36.7度，P 80次/分，BP 126/76mmHg，神志清楚，心肺听诊无特殊。",
        f"辅助检查：{formats.day(document.facts['admitted_on'], 'cn')}血常规：{BLOOD_COUNT}",
        f"诊疗经过：{extra['course']}",
        "出院情况：患者一般情况可，无发热，饮食、睡眠正常，大小便正常，生命体征平稳。",
        f"出院医嘱：{extra['advice']}",
    ):
        y = sheet.paragraph(20, y, 170, text, leading=1.85) + 1.5
    sheet.text(120, y + 10, "医师签名：")
    signature(sheet, 140, y + 8.6, extra["doctor"], size=6)
    sheet.text(120, y + 19, formats.day(extra["issued_on"], "cn"))
    sheet.text(105, 284, "第 1 页", song(3.0), anchor="c")
    return [sheet]


@layout("discharge_summary", "fresh-b")
def ruled_summary(document: Document, rng: Random) -> list[Sheet]:
    """出院小结, A4, ruled: shaded label boxes, the code beside the diagnosis, long sections in tall boxes, a seal over the foot."""
    sheet = paper((210, 297), document.facts, rng, label=Pen(size=3.4), value=Pen(size=3.6, date="dots"))
    extra = document.extra
    sheet.paste(emblem(14, NAVY), 16, 11)
    sheet.value(33, 12, "hospital_name", Pen(size=5.2, bold=0.5, colour=NAVY))
    sheet.text(33, 20, "出院小结（患者联）", Pen(size=4.4))
    sheet.paste(bars(document.facts["admission_number"], 46, 9), 148, 12)
    sheet.text(171, 22, document.facts["admission_number"], Pen(size=2.8), anchor="c")
    y = 28.0
    for widths, cells in (
        ("24 46 18 26 18 46", "病人姓名:patient_name;性别:gender;年龄:age"),
        ("24 46 18 26 18 46", "科　　室:department;床位:08;病案号:admission_number"),
        ("24 90 18 46", "入院时间:admitted_on;出院|时间:discharged_on"),
        ("24 154", "入院诊断:admission_diagnosis"),
        ("24 90 24 40", "出院诊断:discharge_diagnosis;ICD-10编码:diagnosis_code"),
    ):
        y = ruled(sheet, 16, y, 9.5, beside(sheet, widths, cells, suffixes={"age": "岁"}), shade=SHADE, colour=LINE)
    for height, words in (
        (30, ("入院时|主要症状|及体征", f"{extra['complaint']}。入院查体：体温36.9℃，脉搏82次/分，血压128/80mmHg，神清，精神尚可。")),
        (24, ("主要检查|结　　果", "血常规、肝肾功能、心电图及胸部影像检查见附页，余未见明显异常。")),
        (36, ("治疗经过", extra["course"])),
        (16, ("出院时|情　况", "治愈□　好转☑　未愈□　其他□　　切口愈合：——")),
        (34, ("出院医嘱", extra["advice"].replace("；", "；|"))),
    ):
        y = tall(sheet, 16, y, height=height, widths=(24, 154), words=words, shade=SHADE, colour=LINE)
    fill(sheet, 18, y + 6, "住院医师：", "", text=extra["doctor"])
    sheet.text(78, y + 6, "主治医师：")
    fill(sheet, 128, y + 6, "日期：", "", text=formats.day(extra["issued_on"], "dots"))
    sheet.stamp(marks.seal(document.facts["hospital_name"], "出院专用章", rng=rng, diameter=34), 152, y + 8)
    return [sheet]


@layout("admission_record", "fresh-a")
def narrated(document: Document, rng: Random) -> list[Sheet]:
    """入院记录, A4, Song: particulars in two columns of blanks, named sections, 初步诊断 in the right half above the signature."""
    sheet = paper((210, 297), document.facts, rng, label=song(3.8), value=song(3.8, date="cn_plain"))
    extra = document.extra
    watermark(sheet, "病案复印件", size=14, grey=238, angle=25)
    sheet.value(105, 13, "hospital_name", song(5.8), anchor="c")
    sheet.text(105, 22, "入 院 记 录", song(6.4, bold=0.5), anchor="c")
    left = (
        *(("姓　　名：", "patient_name", ""), ("性　　别：", "gender", ""), ("年　　龄：", "age", "")),
        *(("民　　族：", "", extra["ethnicity"] + "族"), ("婚姻状况：", "", extra["marriage"]), ("职　　业：", "", extra["occupation"])),
    )
    day = formats.day(extra["recorded_on"], "cn_plain")
    right = (
        *(("科　　别：", "department", ""), ("住 院 号：", "admission_number", ""), ("入院日期：", "admitted_on", "")),
        *(("记录日期：", "", day), ("出 生 地：", "", extra["birth_place"]), ("病史陈述者：", "", extra["narrator"])),
    )
    for side, x in ((left, 22), (right, 112)):
        for number, (label, fact, text) in enumerate(side):
            after = sheet.text(x, 34 + number * 7.4, label)
            blank(sheet, after, 34 + number * 7.4, 52, fact, text=text, suffix="岁" if fact == "age" else "")
    fill(sheet, 22, 81, "主　诉：", "chief_complaint", gap=0, suffix="。")
    y = 89.0
    for text in (
        f"现病史：{extra['history']}",
        f"既往史：{extra['past']}",
        f"个人史：{extra['personal']}",
        "婚育史：适龄婚育，配偶及子女体健。",
        f"体格检查：{extra['examination'].replace('℃', '度')}",
        f"辅助检查：{extra['tests']}",
    ):
        y = sheet.paragraph(22, y, 168, text, leading=1.8) + 1.2
    fill(sheet, 118, y + 6, "初步诊断：", "admission_diagnosis", gap=0)
    sheet.text(118, y + 17, "医师签名：")
    signature(sheet, 138, y + 15.6, extra["doctor"], size=6)
    return [sheet]


def _person(sheet: Sheet, document: Document, y: float) -> float:
    """Particulars in boxes that hold label and value; returns the y below."""
    extra = document.extra
    first = [Box(36, "姓名 ", "patient_name"), Box(24, "性别 ", "gender"), Box(24, "年龄 ", "age", suffix=" 岁")]
    first += [Box(46, "病区 ", "department"), Box(48, "床号 ", text=extra["bed"])]
    second = [Box(60, "住院号 ", "admission_number"), Box(70, "入院时间 ", "admitted_on", suffix=" 15:20")]
    second += [Box(48, "民族 ", text=extra["ethnicity"])]
    third = [Box(60, "婚否 ", text=extra["marriage"]), Box(70, "职业 ", text=extra["occupation"]), Box(48, "可靠程度 ", text="可靠")]
    for line in (first, second, third, [Box(178, "现住址 ", text=extra["address"])]):
        y = ruled(sheet, 16, y, 7.6, line, colour=(150, 154, 160), weight=1)
    return y


@layout("admission_record", "fresh-b")
def ruled_admission(document: Document, rng: Random) -> list[Sheet]:
    """住院病历首程 of an electronic record: a ruled head with the time of admission, bracketed section names on lines of their own."""
    sheet = paper((210, 297), document.facts, rng, label=Pen(size=3.3, colour=(64, 68, 76)), value=Pen(size=3.5))
    extra = document.extra
    sheet.value(16, 12, "hospital_name", Pen(size=4.6, bold=0.4))
    sheet.text(194, 12.6, "入院记录", Pen(size=4.6), anchor="r")
    sheet.line(16, 19, 194, 19, weight=4)
    y = _person(sheet, document, 22.0)
    y += 4
    bold = Pen(size=3.5, bold=0.5)
    sheet.text(16, y, "【主诉】", bold)
    sheet.value(32, y, "chief_complaint")
    y += 7.5
    for name, text in (
        ("【现病史】", extra["history"]),
        ("【既往史】", extra["past"]),
        ("【个人史】", extra["personal"]),
        ("【体格检查】", extra["examination"]),
        ("【辅助检查】", extra["tests"]),
    ):
        sheet.text(16, y, name, bold)
        y = sheet.paragraph(20, y + 6, 172, text, sheet.value_pen, leading=1.65) + 1.5
    sheet.text(16, y, "【入院诊断】", bold)
    sheet.value(20, y + 6.5, "admission_diagnosis")
    fill(sheet, 118, y + 20, "住院医师：", "", text=extra["doctor"])
    fill(sheet, 118, y + 27, "记录时间：", "", text=f"{extra['recorded_on']} 17:05")
    sheet.line(16, 281, 194, 281, weight=1)
    sheet.text(105, 283, "第 1 页　共 2 页", Pen(size=2.9), anchor="c")
    return [sheet]
