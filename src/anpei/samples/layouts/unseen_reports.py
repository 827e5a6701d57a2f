"""Unseen admission records and prescriptions, two forms each."""

from collections.abc import Mapping
from random import Random

from anpei.samples.drawing.sheet import Colour, Column, Pen, Sheet
from anpei.samples.layouts.registry import layout
from anpei.samples.layouts.unseen_parts import (
    BLUE,
    GREY,
    Cell,
    centred,
    fit,
    ruled,
    seal,
    stacked,
    start,
    watermark,
)
from anpei.samples.world.documents import Document

FAINT: Colour = (196, 198, 202)
YELLOW: Colour = (253, 250, 226)


def headed(sheet: Sheet, y: float, head: str, text: str, *, x: float = 18, width: float = 174) -> float:
    """A bold head and, in the same line, wrapped text; returns the y below."""
    after = sheet.text(x, y, head, Pen(size=3.7, bold=0.5))
    first = after - x + 1
    return sheet.paragraph(after + 1, y, width - first, text, Pen(size=3.6), leading=1.75) + 1.5


@layout("admission_record", "unseen-a")
def two_columns(document: Document, rng: Random) -> list[Sheet]:
    """Particulars in two columns without lines, labels set wide with blanks; text under bold heads, the diagnosis at the right foot."""
    sheet = start(document, rng, (210, 297), label=Pen(size=3.6), value=Pen(size=3.6))
    sheet.value(105, 14, "hospital_name", Pen(size=5.4, bold=0.4), anchor="c")
    centred(sheet, 23, "入　院　记　录", Pen(size=6, bold=0.6))
    sheet.text(18, 33, "姓名：", Pen(size=3.3))
    running = (("patient_name", 30), ("department", 62), ("admission_number", 152))
    for (name, x), word in zip(running, ("姓名：", "科别：", "住院病历号："), strict=True):
        if name != "patient_name":
            sheet.text(x - (10 if word == "科别：" else 21), 33, word, Pen(size=3.3))
        sheet.value(x, 33, name, Pen(size=3.3))
    sheet.line(18, 38.6, 192, 38.6, weight=4)
    extra = document.extra
    rows = (
        (("姓　　名", document.facts["patient_name"], ""), ("出 生 地", extra["birth_place"], "")),
        (("性　　别", "", "gender"), ("职　　业", extra["occupation"], "")),
        (("年　　龄", "", "age"), ("入院时间", "", "admitted_on")),
        (("民　　族", extra["ethnicity"] + "族", ""), ("记录时间", extra["recorded_on"] + " 11:30", "")),
        (("婚姻状况", extra["marriage"], ""), ("病史陈述者", extra["narrator"], "")),
    )
    for line, row in enumerate(rows):
        for side, (label, text, name) in enumerate(row):
            after = sheet.text(24 + side * 90, 44 + line * 7, label + "：") + 1
            if name:
                sheet.value(after, 44 + line * 7, name, suffix="岁" if name == "age" else "")
            else:
                sheet.text(after, 44 + line * 7, text, sheet.value_pen)
    sheet.line(18, 79.4, 192, 79.4)
    _record_text(sheet, 85, document)
    return [sheet]


def _record_text(sheet: Sheet, y: float, document: Document) -> None:
    extra = document.extra
    x = sheet.text(18, y, "主　诉：", Pen(size=3.7, bold=0.5)) + 1
    sheet.value(x, y, "chief_complaint")
    y += 8.4
    for head, key in (
        ("现病史：", "history"),
        ("既往史：", "past"),
        ("个人史：", "personal"),
        ("体格检查：", "examination"),
        ("辅助检查：", "tests"),
    ):
        y = headed(sheet, y, head, extra[key])
    sheet.text(118, y + 8, "初步诊断：", Pen(size=3.7, bold=0.5))
    sheet.value(sheet.text(124, y + 15, "1、"), y + 15, "admission_diagnosis")
    sheet.text(118, y + 27, f"住院医师：{extra['doctor']}")
    sheet.text(118, y + 35, extra["recorded_on"])
    sheet.text(105, 285, "第 1 页", Pen(size=3), anchor="c")


@layout("admission_record", "unseen-b")
def ruled_record(document: Document, rng: Random) -> list[Sheet]:
    """A ruled admission form: cells for the particulars, the free text in one framed field, the diagnosis in a cell of its own."""
    sheet = start(document, rng, (195, 270), label=Pen(size=3.3, colour=BLUE), value=Pen(size=3.4, date="cn"))
    watermark(sheet, "病案室复印", size=9, colour=(238, 238, 240), step=(84, 72))
    centred(sheet, 10, "住院患者入院记录单", Pen(size=5.6, colour=BLUE, bold=0.5))
    sheet.pair(13, 20, "医疗机构名称：", "hospital_name")
    sheet.text(150, 20, f"床位：{document.extra['bed']}")
    rows = (
        (
            Cell("患者", "patient_name", 16, 28), Cell("性别", "gender", 14, 14), Cell("年龄", "age", 14, 17, suffix="岁"),
            Cell("住院号", "admission_number", 20, 46),
        ),
        (Cell("收治科室", "department", 22, 50), Cell("入院日期", "admitted_on", 22, 75)),
        (Cell("住址", "", 22, 147, extra=document.extra["address"]),),
        (Cell("主诉", "chief_complaint", 22, 147),),
    )  # fmt: skip
    y = ruled(sheet, 13, 27, rows, height=8.6, colour=BLUE)
    bottom = y + 112
    sheet.box(13, y, 182, bottom, colour=BLUE)
    y += 4
    for head, key in (("病史", "history"), ("既往", "past"), ("查体", "examination"), ("检验", "tests")):
        y = headed(sheet, y, f"[{head}]", document.extra[key], x=16, width=160)
    ruled(sheet, 13, bottom, ((Cell("入院诊断", "admission_diagnosis", 22, 147),),), height=11, colour=BLUE)
    sheet.text(16, bottom + 17, f"接诊医师签名：{document.extra['doctor']}")
    sheet.text(110, bottom + 17, "上级医师签名：")
    seal(sheet, 50, bottom - 8, document.facts["hospital_name"], "病案复印专用章", diameter=40)
    return [sheet]


def noted(sheet: Sheet, row: Mapping[str, str], *keys: str) -> None:
    """Record a row that was written as running text."""
    sheet.shown_rows.append({key: row[key] for key in keys if row.get(key)})


@layout("prescription", "unseen-a")
def standard_slip(document: Document, rng: Random) -> list[Sheet]:
    """The national slip: 普通 in a box, Rp, a drug in two lines with its use below, the sum with the dispensers at the foot."""
    sheet = start(document, rng, (130, 190), label=Pen(size=3.2), value=Pen(size=3.4))
    sheet.value(65, 9, "hospital_name", Pen(size=4.4), anchor="c")
    sheet.text(65, 16, "处　方　笺", Pen(size=5.6, bold=0.5), anchor="c")
    sheet.box(107, 10, 121, 17)
    sheet.text(114, 11.6, "普通", anchor="c")
    sheet.text(10, 24, f"费别：{document.extra['scheme']}", Pen(size=2.9))
    sheet.text(121, 24, f"处方编号：{document.extra['number']}", Pen(size=2.9), anchor="r")
    rows = (
        (("姓名：", "patient_name", 10), ("性别：", "gender", 48), ("年龄：", "age", 76)),
        (("科别：", "department", 10), ("门诊号：", "outpatient_number", 62)),
    )
    for line, fields in enumerate(rows):
        for label, name, x in fields:
            end = sheet.pair(x, 30 + line * 6.4, label, name, suffix="岁" if name == "age" else "")
            sheet.line(x + len(label) * 3.2, 34.6 + line * 6.4, max(end, x + 26), 34.6 + line * 6.4, weight=1)
    sheet.pair(10, 42.8, "临床诊断：", "diagnosis")
    sheet.pair(78, 42.8, "开具日期：", "issued_on")
    sheet.line(10, 48.6, 121, 48.6)
    sheet.text(11, 51, "Rp.", Pen(size=5, bold=0.5))
    y = 59.0
    for number, row in enumerate(document.rows, start=1):
        text = f"{number}. {row['name']}　{row.get('spec', '')}"
        sheet.text(14, y, text, fit(sheet.value_pen, text, 84))
        sheet.text(119, y, f"×{row['quantity']}{row['unit']}", sheet.value_pen, anchor="r")
        sheet.text(20, y + 5.6, f"用法：{row['usage']}", Pen(size=3.1))
        noted(sheet, row, "name", "spec", "quantity", "unit")
        y += 13.4
    sheet.text(60, y + 1, "（以下空白）", Pen(size=2.9), anchor="c")
    _slip_foot(sheet, document)
    return [sheet]


def _slip_foot(sheet: Sheet, document: Document) -> None:
    sheet.line(10, 158, 121, 158)
    sheet.text(10, 161, f"医师：{document.extra['doctor']}")
    sheet.text(66, 161, "药品金额：")
    sheet.value(83, 161, "total_amount", Pen(size=3.4, money="yuan"))
    sheet.text(10, 168, f"审核药师：{document.extra['reviewer']}")
    sheet.text(66, 168, f"调配、核对、发药：{document.extra['dispenser']}")
    sheet.text(10, 177, "注：处方当日有效；药品一经售出，不予退换。", Pen(size=2.7, colour=GREY))
    seal(sheet, 84, 140, document.facts["hospital_name"], "处方专用章", diameter=30)


DRUG_COLUMNS = (
    Column("药品名称", "name", 50),
    Column("规格", "spec", 30),
    Column("单位", "unit", 13, "c"),
    Column("总量", "quantity", 15, "c"),
)


@layout("prescription", "unseen-b")
def table_slip(document: Document, rng: Random) -> list[Sheet]:
    """A pale yellow landscape slip with a table of drugs, the use behind each as text, labels above their facts."""
    sheet = start(document, rng, (210, 140), label=Pen(size=2.9, colour=GREY), value=Pen(size=3.5), paper=YELLOW)
    sheet.text(14, 9, "门诊电子处方", Pen(size=6, bold=0.5))
    sheet.value(196, 10, "hospital_name", Pen(size=4.2), anchor="r")
    fields = (
        ("姓名", "patient_name", 28),
        ("性别", "gender", 16),
        ("年龄", "age", 18),
        ("门诊病历号", "outpatient_number", 38),
        ("开方科室", "department", 34),
    )
    y = stacked(sheet, 14, 21, (*fields, ("处方日期", "issued_on", 30)))
    sheet.pair(14, y + 0.6, "诊断 ", "diagnosis")
    sheet.box(14, y + 6.4, 196, y + 12.8, colour=FAINT, fill=(244, 238, 200))
    sheet.heading(14, y + 8, DRUG_COLUMNS, Pen(size=3.2, bold=0.4))
    sheet.text(140, y + 8, "用法用量", Pen(size=3.2, bold=0.4))
    y += 14.8
    for row in document.rows:
        sheet.row(14, y, DRUG_COLUMNS, row)
        sheet.text(128, y, row["usage"], Pen(size=3.3))
        sheet.line(14, y + 5.4, 196, y + 5.4, colour=FAINT, weight=1)
        y += 7.4
    sheet.text(150, y + 2, "合计：")
    sheet.value(196, y + 1.6, "total_amount", Pen(size=4, bold=0.4, money="yen"), anchor="r")
    sheet.text(
        14,
        118,
        f"处方医师　{document.extra['doctor']}　　审方药师　{document.extra['reviewer']}　　发药药师　{document.extra['dispenser']}",
        Pen(size=3.3),
    )
    sheet.text(14, 127, "电子处方与纸质处方具有同等效力　第 1 页 共 1 页", Pen(size=2.8, colour=GREY))
    return [sheet]
