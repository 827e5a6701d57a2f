"""Prescriptions of the fresh set: a paper slip with Rp. and two lines a drug, and a print of an electronic one with a table."""

from random import Random

from anpei.samples.drawing import marks
from anpei.samples.drawing.sheet import Colour, Column, Pen, Sheet
from anpei.samples.layouts.fresh_forms import bars, fill, paper, signature, song
from anpei.samples.layouts.registry import layout
from anpei.samples.world.documents import Document

STEEL: Colour = (64, 84, 110)


@layout("prescription", "fresh-a")
def slip(document: Document, rng: Random) -> list[Sheet]:
    """普通处方 on A5: 费别 boxes, Rp., each drug with its use below it, four signatures at the foot."""
    sheet = paper((148, 210), document.facts, rng, label=song(3.5), value=song(3.6, date="cn"), colour=(254, 254, 252))
    extra = document.extra
    sheet.box(118, 8, 138, 15)
    sheet.text(128, 9.6, "普通处方", song(3.6), anchor="c")
    sheet.value(74, 10, "hospital_name", song(5.2, bold=0.4), anchor="c")
    sheet.text(74, 18, "处　方　笺", song(5.4), anchor="c")
    settled = extra["scheme"] != "自费"
    sheet.text(10, 27, f"费别：{'自费□ 医保☑' if settled else '自费☑ 医保□'} 公费□ 其他□", Pen(size=3.3))
    fill(sheet, 90, 27, "No.", "", text=extra["number"], gap=1)
    sheet.line(10, 32.6, 138, 32.6)
    fill(sheet, 10, 34.5, "姓名：", "patient_name", gap=0)
    fill(sheet, 56, 34.5, "性别：", "gender", gap=0)
    fill(sheet, 90, 34.5, "年龄：", "age", suffix="岁", gap=0)
    fill(sheet, 10, 41, "门诊/住院病历号：", "outpatient_number", gap=0)
    fill(sheet, 90, 41, "科别：", "department", gap=0)
    fill(sheet, 10, 47.5, "临床诊断：", "diagnosis", gap=0)
    fill(sheet, 90, 47.5, "开具日期：", "issued_on", gap=0)
    fill(sheet, 10, 54, "住址/电话：", "", text=extra["phone"], gap=0)
    sheet.line(10, 59.6, 138, 59.6)
    sheet.text(10, 62, "Rp.", song(6.2, bold=0.5))
    y = _drugs(sheet, document, 71)
    sheet.text(72, y + 2, "（以下空白）", song(3.0, colour=(120, 120, 122)), anchor="c")
    _foot(sheet, document)
    return [sheet]


def _drugs(sheet: Sheet, document: Document, y: float) -> float:
    """Name and strength, then how many; below how to take it. Returns the y below."""
    columns = [Column("", "name", 62), Column("", "spec", 34), Column("", "", 5, "c"), Column("", "quantity/unit", 20, joint=" ")]
    for number, row in enumerate(document.rows, start=1):
        sheet.text(12, y, f"{number}、")
        sheet.row(17, y, columns, row)
        sheet.text(114, y, "×", Pen(size=3.5))
        sheet.text(24, y + 5.8, f"用法：{row['usage']}")
        y += 14
    return y


def _foot(sheet: Sheet, document: Document) -> None:
    """Who wrote, checked, prepared and handed out, and what it costs."""
    extra = document.extra
    sheet.line(10, 180, 138, 180)
    sheet.text(10, 183, "医　　师：")
    signature(sheet, 30, 181.6, extra["doctor"])
    fill(sheet, 84, 183, "药品金额：", "total_amount", gap=0, suffix="元")
    for x, label, name in ((10, "审核：", extra["reviewer"]), (42, "调配：", extra["dispenser"]), (74, "核对：", extra["reviewer"])):
        fill(sheet, x, 191, label, "", text=name, gap=0)
    sheet.text(106, 191, "发药：")
    sheet.text(10, 199, "注：本处方当日有效；药品一经发出，不得退换。", song(2.9))


@layout("prescription", "fresh-b")
def electronic(document: Document, rng: Random) -> list[Sheet]:
    """电子处方 on A5 across: particulars in lines of three, a ruled table of drugs with the use below each, a bar code."""
    height = 92 + len(document.rows) * 13
    sheet = paper((210, max(148, height)), document.facts, rng, label=Pen(size=3.2, colour=STEEL), value=Pen(size=3.4))
    extra = document.extra
    sheet.value(14, 10, "hospital_name", Pen(size=5.0, bold=0.5), suffix="门诊电子处方")
    sheet.paste(bars(extra["number"], 40, 8), 156, 8)
    sheet.text(176, 17, extra["number"], Pen(size=2.7), anchor="c")
    sheet.line(14, 21.5, 196, 21.5, colour=STEEL, weight=4)
    lines = (
        (("患者姓名", "patient_name", ""), ("性别", "gender", ""), ("年龄", "age", " 岁")),
        (("就诊卡号", "outpatient_number", ""), ("开方科室", "department", ""), ("开方时间", "issued_on", " 10:08:33")),
    )
    for down, line in enumerate(lines):
        for x, (label, fact, suffix) in zip((14, 82, 140), line, strict=True):
            fill(sheet, x, 25 + down * 6.4, label, fact, suffix=suffix, gap=2)
    fill(sheet, 14, 37.8, "诊断", "diagnosis", gap=2)
    fill(sheet, 140, 37.8, "医保", "", text=extra["scheme"], gap=2)
    y = _table(sheet, document, 45)
    fill(sheet, 150, y + 3, "合计：", "total_amount", gap=1, suffix=" 元")
    for x, label, name in ((14, "医师：", extra["doctor"]), (62, "审方药师：", extra["reviewer"]), (116, "调配药师：", extra["dispenser"])):
        fill(sheet, x, sheet.height - 26, label, "", text=name)
    sheet.stamp(marks.seal(document.facts["hospital_name"], "处方专用章", rng=rng, diameter=28, flat=0.72), 162, sheet.height - 36)
    sheet.text(14, sheet.height - 14, "处方有效期：当日有效。请按医嘱用药，如有不适及时就诊。", Pen(size=2.9, colour=STEEL))
    return [sheet]


def _table(sheet: Sheet, document: Document, y: float) -> float:
    """The ruled table; returns the y below it."""
    columns = [
        Column("药品名称", "name", 84),
        Column("规格", "spec", 50),
        Column("数量", "quantity", 20, "c"),
        Column("单位", "unit", 18, "c"),
    ]
    sheet.box(14, y, 196, y + 7, colour=STEEL)
    sheet.text(19, y + 1.9, "序", anchor="c")
    sheet.heading(24, y + 1.9, columns)
    y += 7
    for number, row in enumerate(document.rows, start=1):
        sheet.box(14, y, 196, y + 13, colour=STEEL, weight=1)
        sheet.text(19, y + 1.8, str(number), sheet.value_pen, anchor="c")
        sheet.row(24, y + 1.8, columns, row)
        sheet.text(24.8, y + 7.6, f"用法用量：{row['usage']}", Pen(size=3.1, colour=STEEL))
        y += 13
    return y
