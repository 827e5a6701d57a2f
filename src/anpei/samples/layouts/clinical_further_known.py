"""Further clinical papers for development: admission records, prescriptions, pathology reports."""

from collections.abc import Mapping
from random import Random

from anpei.samples.drawing.sheet import FACE_MONO, Column, Pen, Sheet
from anpei.samples.layouts.parts import Pair, hospital_seal, pairs, ruled, title
from anpei.samples.layouts.registry import layout
from anpei.samples.world.documents import Document


def _sheet(document: Document, rng: Random, *, width: float = 210, height: float = 297, size: float = 3.8, date: str = "iso") -> Sheet:
    sheet = Sheet(width, height, facts=document.facts, rng=rng)
    sheet.label_pen = Pen(size=size)
    sheet.value_pen = Pen(size=size, date=date)
    return sheet


def _headed(sheet: Sheet, document: Document, text: str, *, y: float = 14, size: float = 6.2) -> None:
    """Hospital over the name of the paper."""
    title(sheet, y, document.facts["hospital_name"], Pen(size=size, bold=0.8))
    sheet.shown["hospital_name"] = document.facts["hospital_name"]
    title(sheet, y + size * 1.8, text, Pen(size=size * 0.92, bold=0.6))


@layout("admission_record", "known-a")
def admission_two_columns(document: Document, rng: Random) -> list[Sheet]:
    """入院记录 as the writing rules ask: particulars in two columns, then sections, the diagnosis on the right at the end."""
    sheet = _sheet(document, rng)
    extra = document.extra
    _headed(sheet, document, "入 院 记 录")
    head: list[list[Pair]] = [
        [(20, "科室：", "department"), (80, f"床号：{extra['bed']}", ""), (130, "住院号：", "admission_number")],
    ]
    pairs(sheet, 40, 8, head)
    sheet.line(18, 46, 192, 46)
    body: list[list[Pair]] = [
        [(20, "姓    名：", "patient_name"), (110, f"职    业：{extra['occupation']}", "")],
        [(20, "性    别：", "gender"), (110, f"出 生 地：{extra['birth_place']}", "")],
        [(20, "年    龄：", "age"), (110, f"民    族：{extra['ethnicity']}族", "")],
        [(20, f"婚    姻：{extra['marriage']}", ""), (110, "入院日期：", "admitted_on")],
        [(20, f"病史陈述者：{extra['narrator']}", ""), (110, f"记录日期：{extra['recorded_on']}", "")],
    ]
    y = pairs(sheet, 52, 7.4, body)
    sheet.text(sheet.text(20, 66.8, "年    龄：") + 0.6 + len(document.facts["age"]) * 2.2 + 0.4, 66.8, "岁")
    sheet.pair(20, y + 3, "主  诉：", "chief_complaint")
    y += 12
    for label, key in (
        ("现病史", "history"),
        ("既往史", "past"),
        ("个人史", "personal"),
        ("体格检查", "examination"),
        ("辅助检查", "tests"),
    ):
        y = sheet.paragraph(20, y, 170, f"{label}：{extra[key]}") + 2.5
    sheet.pair(112, y + 8, "初步诊断：", "admission_diagnosis")
    sheet.text(112, y + 26, f"医师签名：{extra['doctor']}")
    return [sheet]


@layout("admission_record", "known-b")
def admission_ruled(document: Document, rng: Random) -> list[Sheet]:
    """住院病历 入院记录 with ruled particulars and the date in Chinese form."""
    sheet = _sheet(document, rng, size=3.6, date="cn")
    extra = document.extra
    _headed(sheet, document, "住院病历—入院记录", size=5.8)
    y = ruled(
        sheet, 15, 40, 9,
        [
            [("姓名", "patient_name", 16, 26), ("性别", "gender", 16, 18), ("年龄", "age", 16, 20), ("病区/科室", "department", 26, 42)],
            [("住院号", "admission_number", 20, 42), ("入院时间", "admitted_on", 24, 44), ("籍贯", "", 16, 34)],
        ],
        units={"age": "岁"},
    )  # fmt: skip
    sheet.text(164, y - 6.4, extra["birth_place"][3:])
    sheet.pair(16, y + 5, "【主诉】", "chief_complaint")
    y += 14
    for label, key in (("现病史", "history"), ("既往史", "past"), ("体格检查", "examination")):
        y = sheet.paragraph(16, y, 176, f"【{label}】{extra[key]}") + 3
    sheet.pair(16, y + 3, "【入院诊断】", "admission_diagnosis")
    sheet.text(120, y + 20, f"住院医师：{extra['doctor']}")
    sheet.text(120, y + 28, f"记录时间：{extra['recorded_on']}")
    hospital_seal(sheet, 124, y + 6, document, "病案室专用章", rng=rng, diameter=38)
    return [sheet]


def _drug_lines(sheet: Sheet, x: float, y: float, rows: tuple[Mapping[str, str], ...]) -> float:
    """Drugs as a doctor writes them: number, name, pack, times number, the way to take it under it."""
    for index, row in enumerate(rows, start=1):
        at = sheet.text(x, y, f"{index}. ") + 0.3
        at = sheet.text(at, y, row["name"], sheet.value_pen) + 2.5
        if row.get("spec"):
            at = sheet.text(at, y, row["spec"], sheet.value_pen)
        sheet.text(max(at + 4, 92), y, f"×{row['quantity']}{row['unit']}", sheet.value_pen)
        sheet.text(x + 6, y + 6.2, f"用法：{row['usage']}")
        sheet.shown_rows.append({key: row[key] for key in ("name", "spec", "quantity", "unit") if row.get(key)})
        y += 14
    return y


@layout("prescription", "known-a")
def prescription_slip(document: Document, rng: Random) -> list[Sheet]:
    """处方笺 of the regulations: particulars, Rp, drugs as written, doctor and pharmacists at the foot."""
    sheet = _sheet(document, rng, width=130, height=190, size=3.5)
    extra = document.extra
    title(sheet, 9, f"{document.facts['hospital_name']}处方笺", Pen(size=5.2, bold=0.8))
    sheet.shown["hospital_name"] = document.facts["hospital_name"]
    sheet.box(110, 16, 124, 22)
    sheet.text(117, 17.4, "普通", anchor="c")
    head: list[list[Pair]] = [
        [(8, f"费别：{'自费' if extra['scheme'] == '自费' else '医保'}", ""), (62, f"处方编号：{extra['number']}", "")],
        [(8, "姓名：", "patient_name"), (48, "性别：", "gender"), (84, "年龄：", "age")],
        [(8, "门诊/住院病历号：", "outpatient_number"), (84, "科别：", "department")],
        [(8, "临床诊断：", "diagnosis"), (84, "开具日期：", "issued_on")],
    ]
    y = pairs(sheet, 25, 6.8, head)
    sheet.text(sheet.text(84, 31.8, "年龄：") + 0.6 + len(document.facts["age"]) * 2.0 + 0.3, 31.8, "岁")
    sheet.line(7, y, 123, y)
    sheet.text(9, y + 4, "Rp.", Pen(size=6, bold=0.6))
    y = _drug_lines(sheet, 12, y + 15, document.rows)
    sheet.text(14, y, "（以下空白）")
    sheet.line(7, 158, 123, 158)
    sheet.text(8, 162, f"医师：{extra['doctor']}")
    sheet.pair(78, 162, "药品金额：", "total_amount", suffix="元")
    sheet.text(8, 171, f"审核药师：{extra['reviewer']}")
    sheet.text(52, 171, f"调配药师：{extra['dispenser']}")
    sheet.text(8, 181, "注：处方当日有效。", Pen(size=2.9))
    return [sheet]


@layout("prescription", "known-b")
def prescription_table(document: Document, rng: Random) -> list[Sheet]:
    """门诊处方 with the drugs in a table, printed by the pharmacy's system."""
    sheet = _sheet(document, rng, width=148, height=210, size=3.4, date="cn")
    sheet.value_pen = Pen(size=3.4, face=FACE_MONO, date="cn")
    extra = document.extra
    _headed(sheet, document, "门诊电子处方", y=10, size=5.0)
    head: list[list[Pair]] = [
        [(10, "患者姓名：", "patient_name"), (64, "性别：", "gender"), (96, "年龄：", "age")],
        [(10, "就诊科室：", "department"), (64, "门诊号：", "outpatient_number")],
        [(10, "诊断：", "diagnosis"), (84, "日期：", "issued_on")],
    ]
    y = pairs(sheet, 31, 7, head)
    columns = [
        Column("药品名称", "name", 44),
        Column("规格", "spec", 28),
        Column("数量", "quantity", 12, "c"),
        Column("单位", "unit", 12, "c"),
        Column("用法用量", "", 36),
    ]
    sheet.text(10, y + 2, "Rp：", Pen(size=4.6, bold=0.5))
    y += 10
    sheet.grid(8, y, columns, len(document.rows) + 1, 8)
    sheet.heading(8, y + 2.2, columns)
    for index, row in enumerate(document.rows):
        at = y + 10.2 + index * 8
        sheet.row(8, at, columns, row)
        sheet.text(104.8, at + 0.3, row["usage"], Pen(size=2.6))
    y += 8 * len(document.rows) + 14
    sheet.pair(10, y, "药费合计：", "total_amount")
    sheet.text(84, y, f"处方医师：{extra['doctor']}")
    sheet.text(10, y + 8, f"审方药师：{extra['reviewer']}    发药药师：{extra['dispenser']}")
    hospital_seal(sheet, 96, y + 4, document, "门诊处方专用章", rng=rng, diameter=34)
    return [sheet]


@layout("pathology_report", "known-a")
def pathology_sections(document: Document, rng: Random) -> list[Sheet]:
    """病理检查报告单: head lines, what is seen, the diagnosis at the foot."""
    sheet = _sheet(document, rng, size=3.7)
    extra = document.extra
    _headed(sheet, document, "病理检查报告单")
    sheet.pair(150, 36, "病理号：", "report_number")
    head: list[list[Pair]] = [
        [(18, "姓名：", "patient_name"), (68, "性别：", "gender"), (100, "年龄：", "age"), (140, f"住院号：{extra['number']}", "")],
        [(18, "送检科室：", "department"), (100, f"床号：{extra['bed']}", ""), (140, f"送检医师：{extra['doctor']}", "")],
        [(18, f"送检材料：{extra['specimen']}", ""), (100, f"收到日期：{extra['received_on']}", "")],
        [(18, f"临床诊断：{extra['clinical']}", "")],
    ]
    y = pairs(sheet, 46, 7.6, head)
    sheet.text(sheet.text(100, 46, "年龄：") + 0.6 + len(document.facts["age"]) * 2.1 + 0.4, 46, "岁")
    sheet.line(16, 43, 194, 43)
    sheet.line(16, y, 194, y)
    y = sheet.paragraph(18, y + 5, 172, f"肉眼所见：{extra['gross']}")
    y = sheet.paragraph(18, y + 42, 172, f"镜下所见：{extra['microscopic']}")
    sheet.pair(18, y + 30, "病理诊断：", "pathology_diagnosis", pen=Pen(size=4.2, bold=0.5))
    sheet.line(16, 262, 194, 262)
    sheet.text(18, 266, f"报告医师：{extra['reporter']}")
    sheet.text(76, 266, f"审核医师：{extra['reviewer']}")
    sheet.pair(134, 266, "报告日期：", "reported_on")
    sheet.text(18, 276, "本报告仅对送检标本负责，供临床医师参考。", Pen(size=3.1))
    hospital_seal(sheet, 136, 236, document, "病理诊断专用章", rng=rng, diameter=38)
    return [sheet]


@layout("pathology_report", "known-b")
def pathology_ruled(document: Document, rng: Random) -> list[Sheet]:
    """病理诊断报告书 in a ruled form with a column of labels."""
    sheet = _sheet(document, rng, size=3.6, date="cn_plain")
    extra = document.extra
    title(sheet, 14, f"{document.facts['hospital_name']}病理诊断报告书", Pen(size=5.8, bold=0.8))
    sheet.shown["hospital_name"] = document.facts["hospital_name"]
    y = ruled(
        sheet, 15, 30, 9,
        [
            [("病理编号", "report_number", 22, 38), ("姓名", "patient_name", 16, 30), ("性别", "gender", 16, 14), ("年龄", "age", 16, 28)],
            [("送检单位", "", 22, 38), ("科别", "department", 16, 60), ("标本", "", 16, 28)],
        ],
        units={"age": "岁"},
    )  # fmt: skip
    sheet.text(38.5, y - 6.4, "本院")
    sheet.text(168.5, y - 6.4, extra["specimen"][:6])
    for label, text in (("巨检", "gross"), ("镜检", "microscopic")):
        sheet.box(15, y, 37, y + 44)
        sheet.box(37, y, 195, y + 44)
        sheet.text(26, y + 19, label, anchor="c")
        sheet.paragraph(40, y + 4, 150, extra[text])
        y += 44
    sheet.box(15, y, 37, y + 24)
    sheet.box(37, y, 195, y + 24)
    sheet.text(26, y + 9, "病理诊断", anchor="c")
    sheet.value(40, y + 9, "pathology_diagnosis")
    sheet.text(17, y + 30, f"诊断医师：{extra['reporter']}")
    sheet.pair(120, y + 30, "报告日期：", "reported_on")
    return [sheet]
