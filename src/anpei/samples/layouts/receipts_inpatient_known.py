"""In-patient receipts (住院收费票据) for development: two electronic forms and one paper form."""

from random import Random

from anpei.samples.drawing import marks
from anpei.samples.drawing.sheet import FACE_MONO, Column, Pen, Sheet
from anpei.samples.layouts.parts import BROWN, Pair, pairs, receipt_seal, state_seal, title
from anpei.samples.layouts.registry import layout
from anpei.samples.world.documents import Document


def _stay(sheet: Sheet, x: float, y: float, label: str, joint: str) -> None:
    """住院日期 from 至 to, as one line."""
    x = sheet.pair(x, y, label, "admitted_on")
    x = sheet.text(x, y, joint)
    sheet.value(x, y, "discharged_on")


@layout("inpatient_receipt", "known-a")
def electronic_two_groups(document: Document, rng: Random) -> list[Sheet]:
    """The common electronic receipt: fee categories in two groups, 其他信息 in three columns."""
    sheet = Sheet(210, 146, facts=document.facts, rng=rng, paper=(255, 253, 249))
    sheet.label_pen = Pen(size=3.5, colour=BROWN)
    sheet.value_pen = Pen(size=3.5)
    sheet.paste(marks.qr(document.extra["qr"], 23), 10, 6)
    title(sheet, 9, f"{document.extra['province']}医疗住院收费票据（电子）", Pen(size=6.6, colour=BROWN, bold=0.8), rules=2)
    state_seal(sheet, 105, 3, document.extra["province"], rng)
    header: list[list[Pair]] = [
        [(14, "票据代码：", "receipt_code"), (140, "票据号码：", "receipt_number")],
        [(14, "交款人统一社会信用代码：", ""), (140, "校验码：", "verification_code")],
        [(14, "交款人：", "patient_name"), (140, "开票日期：", "issued_on")],
    ]
    pairs(sheet, 30, 5.6, header)
    columns = [
        Column("项目名称", "name", 44),
        Column("数量/单位", "quantity/unit", 18, "c"),
        Column("金额（元）", "amount", 20, "r"),
        Column("备注", "", 10),
    ]
    sheet.box(13, 47, 197, 89, colour=BROWN)
    for group in (0, 1):
        sheet.heading(13 + group * 92, 48.3, columns)
        for index, row in enumerate(document.rows[group * 6 : group * 6 + 6]):
            sheet.row(13 + group * 92, 54.5 + index * 5.6, columns, row)
    sheet.line(13, 53.3, 197, 53.3, colour=BROWN)
    sheet.line(105, 47, 105, 89, colour=BROWN)
    sheet.box(13, 89, 197, 96, colour=BROWN)
    sheet.pair(15, 90.5, "金额合计（大写）", "total_upper", gap=2)
    sheet.pair(140, 90.5, "（小写）", "total_amount", gap=2)
    _information(sheet, document)
    sheet.pair(15, 137, "收款单位（章）：", "hospital_name")
    sheet.text(110, 137, f"复核人：{document.extra['reviewer']}")
    sheet.text(160, 137, f"收款人：{document.extra['cashier']}")
    receipt_seal(sheet, 44, 104, document, rng)
    return [sheet]


def _information(sheet: Sheet, document: Document) -> None:
    sheet.box(13, 96, 197, 134, colour=BROWN)
    sheet.line(21, 96, 21, 134, colour=BROWN)
    for index, char in enumerate("其他信息"):
        sheet.text(17, 100 + index * 7.5, char, anchor="c")
    sheet.pair(23, 98, "业务流水号：", "admission_number")
    sheet.pair(88, 98, "住院号：", "admission_number")
    sheet.text(145, 98, f"住院科别：{document.extra['department']}")
    _stay(sheet, 23, 104, "住院时间：", "至")
    sheet.pair(105, 104, "医疗机构类型：", "hospital_type")
    sheet.pair(160, 104, "性别：", "gender")
    rows: list[list[Pair]] = [
        [(23, "医保类型：", "insurance_type"), (88, "医保编号：", ""), (145, "预缴金额：0.00", "")],
        [(23, "医保统筹基金支付：", "pooled_fund"), (88, "其他支付：", "other_payment"), (145, "补缴金额：0.00", "")],
        [(23, "个人账户支付：", "personal_account"), (88, "个人现金支付：", "personal_cash"), (145, "退费金额：0.00", "")],
        [(23, "个人自付：", "self_paid"), (88, "个人自费：", "own_expense")],
    ]
    pairs(sheet, 110, 5.8, rows)


@layout("inpatient_receipt", "known-b")
def electronic_single_group(document: Document, rng: Random) -> list[Sheet]:
    """An electronic receipt with one wide table on the left and the information block on the right."""
    sheet = Sheet(210, 150, facts=document.facts, rng=rng)
    grey = (110, 110, 110)
    sheet.label_pen = Pen(size=3.4, colour=(40, 60, 110))
    sheet.value_pen = Pen(size=3.4, date="cn", money="comma")
    title(sheet, 9, f"{document.extra['province']}医疗住院收费票据(电子)", Pen(size=6.4, colour=(40, 60, 110), bold=0.8), rules=1)
    state_seal(sheet, 105, 3, document.extra["province"], rng)
    sheet.paste(marks.qr(document.extra["qr"], 22), 180, 5)
    header: list[list[Pair]] = [
        [(14, "票据代码：", "receipt_code"), (76, "票据号码：", "receipt_number"), (136, "校验码：", "verification_code")],
        [(14, "交款人：", "patient_name"), (76, "性别：", "gender"), (136, "开票日期：", "issued_on")],
    ]
    pairs(sheet, 30, 6, header)
    columns = [Column("项目名称", "name", 46), Column("金额(元)", "amount", 34, "r")]
    sheet.grid(14, 44, columns, 13, 5.6, colour=grey)
    sheet.heading(14, 44.8, columns)
    for index, row in enumerate(document.rows[:12]):
        sheet.row(14, 50.4 + index * 5.6, columns, row)
    sheet.box(98, 44, 198, 116.8, colour=grey)
    information: list[list[Pair]] = [
        [(100, "住院号：", "admission_number"), (150, "医疗机构类型：", "hospital_type")],
        [(100, "住院科别：" + document.extra["department"], "")],
        [(100, "医保类型：", "insurance_type")],
        [(100, "医保统筹基金支付：", "pooled_fund")],
        [(100, "其他支付：", "other_payment")],
        [(100, "个人账户支付：", "personal_account")],
        [(100, "个人现金支付：", "personal_cash")],
        [(100, "个人自付：", "self_paid")],
        [(100, "个人自费：", "own_expense")],
    ]
    y = pairs(sheet, 46, 7, information)
    _stay(sheet, 100, y, "住院日期：", "至")
    sheet.box(14, 116.8, 198, 124, colour=grey)
    sheet.pair(16, 118.4, "金额合计(大写)：", "total_upper")
    sheet.pair(142, 118.4, "(小写)：", "total_amount")
    sheet.pair(16, 136, "收款单位（章）：", "hospital_name")
    sheet.text(110, 136, f"复核人：{document.extra['reviewer']}")
    sheet.text(160, 136, f"收款人：{document.extra['cashier']}")
    receipt_seal(sheet, 50, 106, document, rng, flat=0.68, diameter=44)
    return [sheet]


@layout("inpatient_receipt", "known-c")
def paper_dot_matrix(document: Document, rng: Random) -> list[Sheet]:
    """A pre-printed paper receipt filled by a dot-matrix printer, categories in three groups."""
    sheet = Sheet(200, 120, facts=document.facts, rng=rng, paper=(253, 250, 247))
    red, ink = (176, 60, 60), (46, 46, 66)
    sheet.label_pen = Pen(size=3.5, colour=red)
    sheet.value_pen = Pen(size=3.7, dots=True, face=FACE_MONO, colour=ink, date="dots")
    title(sheet, 6, f"{document.extra['province']}医疗住院收费票据", Pen(size=6.4, colour=red, bold=0.8), rules=1)
    state_seal(sheet, 100, 2, document.extra["province"], rng)
    sheet.pair(12, 19, "票据代码：", "receipt_code")
    sheet.pair(72, 19, "校验码：", "verification_code")
    sheet.pair(136, 19, "No：", "receipt_number", pen=Pen(size=4.2, dots=True, colour=ink))
    sheet.pair(12, 26, "姓名：", "patient_name")
    sheet.pair(48, 26, "性别：", "gender")
    sheet.pair(72, 26, "住院号：", "admission_number")
    sheet.pair(122, 26, "医疗机构类型：", "hospital_type")
    _stay(sheet, 12, 33, "住院时间：", "至")
    sheet.pair(122, 33, "医保类型：", "insurance_type")
    columns = [Column("项目", "name", 32), Column("金额", "amount", 27, "r")]
    sheet.grid(12, 40, [*columns] * 3, 6, 6, colour=red)
    for group in (0, 1, 2):
        sheet.heading(12 + group * 59, 41, columns)
        for index, row in enumerate(document.rows[group * 5 : group * 5 + 5]):
            sheet.row(12 + group * 59, 47 + index * 6, columns, row)
    sheet.box(12, 76, 189, 83, colour=red)
    sheet.pair(14, 77.6, "合计（大写）：", "total_upper")
    sheet.pair(140, 77.6, "（小写）¥", "total_amount")
    money: list[list[Pair]] = [
        [(14, "医保统筹基金支付：", "pooled_fund"), (78, "其他支付：", "other_payment"), (132, "个人账户支付：", "personal_account")],
        [(14, "个人现金支付：", "personal_cash"), (78, "个人自付：", "self_paid"), (132, "个人自费：", "own_expense")],
    ]
    pairs(sheet, 87, 6.4, money)
    sheet.pair(14, 106, "收款单位(章)：", "hospital_name")
    sheet.text(98, 106, "收款人：")
    sheet.text(112.5, 106, document.extra["cashier"], sheet.value_pen)
    sheet.pair(136, 106, "开票日期：", "issued_on")
    receipt_seal(sheet, 62, 82, document, rng, diameter=36)
    return [sheet]
