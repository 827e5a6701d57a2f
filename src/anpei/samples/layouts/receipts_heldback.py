"""Receipts of other provinces, held back from development: other wording, order, columns and places on the sheet."""

from random import Random

from anpei.samples.drawing import marks
from anpei.samples.drawing.sheet import FACE_MONO, Colour, Column, Pen, Sheet
from anpei.samples.layouts.parts import Pair, pairs, receipt_seal, state_seal, title
from anpei.samples.layouts.registry import layout
from anpei.samples.world.documents import Document

GREEN: Colour = (34, 96, 70)
MAROON: Colour = (128, 44, 44)
GUANGDONG_MONEY = [
    ("统筹基金支付", "pooled_fund"),
    ("其他支付", "other_payment"),
    ("医保账户支付", "personal_account"),
    ("现金支付", "personal_cash"),
    ("自付金额", "self_paid"),
    ("自费金额", "own_expense"),
]


def _cells(sheet: Sheet, x: float, y: float, width: float, entries: list[tuple[str, str]]) -> None:
    """Labels in one row, their values in the row below."""
    for index, (label, name) in enumerate(entries):
        at = x + index * width
        sheet.box(at, y, at + width, y + 6.4, colour=(130, 130, 130))
        sheet.box(at, y + 6.4, at + width, y + 13.4, colour=(130, 130, 130))
        sheet.text(at + width / 2, y + 1.6, label, anchor="c")
        sheet.value(at + width / 2, y + 8.2, name, anchor="c")


def _numbered_items(sheet: Sheet, document: Document) -> None:
    columns = [
        Column("序号", "", 11, "c"),
        Column("项目编码", "item_code", 45),
        Column("项目/规格", "name", 50),
        Column("等级", "insurance_class", 11, "c"),
        Column("单价", "unit_price", 17, "r"),
        Column("数量", "quantity", 13, "r"),
        Column("金额", "amount", 21, "r"),
    ]
    sheet.grid(10, 57, columns, 11, 6.2, colour=(150, 150, 150), weight=1)
    sheet.heading(10, 58.6, columns)
    for index, row in enumerate(document.rows[:10]):
        sheet.cell(10, 64.8 + index * 6.2, columns[0], str(index + 1), pen=sheet.value_pen)
        sheet.row(10, 64.8 + index * 6.2, columns, row)


@layout("outpatient_receipt", "heldback-a")
def guangdong_outpatient(document: Document, rng: Random) -> list[Sheet]:
    """A tall electronic receipt: numbered items with code and class, the payments in a strip of cells, labels above values."""
    sheet = Sheet(190, 196, facts=document.facts, rng=rng)
    sheet.label_pen = Pen(size=3.3, colour=GREEN)
    sheet.value_pen = Pen(size=3.3, date="cn")
    title(sheet, 9, f"{document.extra['province']}医疗收费票据（电子）", Pen(size=6, colour=GREEN, bold=0.8))
    title(sheet, 18, "（门诊）", Pen(size=4.4, colour=GREEN))
    state_seal(sheet, 95, 3, document.extra["province"], rng)
    sheet.paste(marks.qr(document.extra["qr"], 24), 158, 5)
    head: list[list[Pair]] = [
        [(10, "电子票据代码：", "receipt_code"), (82, "电子票据号码：", "receipt_number")],
        [(10, "电子票据校验码：", "verification_code"), (82, "开票日期：", "issued_on")],
        [(10, "患者姓名：", "patient_name"), (60, "性别：", "gender"), (82, "门诊号：", "outpatient_number")],
        [(10, "就诊时间：", "visit_on"), (82, "参保类型：", "insurance_type")],
    ]
    pairs(sheet, 30, 6.2, head)
    _numbered_items(sheet, document)
    sheet.pair(12, 128, "合计人民币（大写）：", "total_upper")
    sheet.pair(128, 128, "￥", "total_amount")
    money = [
        ("统筹基金支付", "pooled_fund"),
        ("其他支付", "other_payment"),
        ("医保账户支付", "personal_account"),
        ("现金支付", "personal_cash"),
    ]
    _cells(sheet, 10, 135, 28, [*money, ("自付金额", "self_paid"), ("自费金额", "own_expense")])
    sheet.pair(10, 154, "收费单位（盖章）：", "hospital_name")
    sheet.pair(112, 154, "机构类型：", "hospital_type")
    sheet.text(10, 164, f"收费员：{document.extra['cashier']}")
    sheet.text(70, 164, f"复核：{document.extra['reviewer']}")
    sheet.text(10, 180, "说明：本票据可通过财政票据查验平台查验真伪。", Pen(size=2.8, colour=(110, 110, 110)))
    receipt_seal(sheet, 44, 146, document, rng, diameter=36)
    return [sheet]


def _corner(sheet: Sheet, document: Document) -> None:
    sheet.pair(146, 6, "代码 ", "receipt_code")
    sheet.pair(146, 12, "号码 ", "receipt_number")
    sheet.pair(146, 18, "校验码 ", "verification_code")
    sheet.paste(marks.qr(document.extra["qr"], 21), 187, 4)


@layout("outpatient_receipt", "heldback-b", itemised=False)
def sichuan_outpatient(document: Document, rng: Random) -> list[Sheet]:
    """A wide paper receipt: the payments on the left, fee categories on the right, numbers in the top corner."""
    sheet = Sheet(210, 118, facts=document.facts, rng=rng, paper=(251, 249, 243))
    sheet.label_pen = Pen(size=3.5, colour=MAROON)
    sheet.value_pen = Pen(size=3.5, face=FACE_MONO, colour=(30, 34, 60), date="slash")
    title(sheet, 7, f"{document.extra['province']}医疗门诊收费票据", Pen(size=6, colour=MAROON, bold=0.8), x=88)
    state_seal(sheet, 88, 3, document.extra["province"], rng)
    _corner(sheet, document)
    sheet.pair(10, 27, "交款人 ", "patient_name")
    sheet.pair(52, 27, "性别 ", "gender")
    sheet.pair(76, 27, "就诊日期 ", "visit_on")
    sheet.pair(124, 27, "就诊流水号 ", "outpatient_number")
    left: list[list[Pair]] = [
        [(12, "医保类型 ", "insurance_type")],
        [(12, "医保统筹支付 ", "pooled_fund")],
        [(12, "个账支付 ", "personal_account")],
        [(12, "其他支付 ", "other_payment")],
        [(12, "个人自付 ", "self_paid")],
        [(12, "个人自费 ", "own_expense")],
        [(12, "个人现金 ", "personal_cash")],
    ]
    sheet.box(10, 34, 96, 83, colour=MAROON)
    pairs(sheet, 37, 6.6, left)
    columns = [Column("收费项目", "name", 28), Column("金额(元)", "amount", 24, "r")]
    sheet.grid(96, 34, [*columns, *columns], 7, 7, colour=MAROON)
    for group in (0, 1):
        sheet.heading(96 + group * 52, 35.8, columns)
        for index, row in enumerate(document.rows[group * 6 : group * 6 + 6]):
            sheet.row(96 + group * 52, 42.8 + index * 7, columns, row)
    sheet.box(10, 83, 200, 91, colour=MAROON)
    sheet.pair(12, 85.2, "小写 ￥", "total_amount")
    sheet.pair(70, 85.2, "大写 ", "total_upper")
    sheet.pair(12, 96, "收款单位 ", "hospital_name")
    sheet.pair(84, 96, "机构类型 ", "hospital_type")
    sheet.pair(124, 96, "开票日期 ", "issued_on")
    sheet.text(12, 104, f"收款人 {document.extra['cashier']}")
    receipt_seal(sheet, 148, 74, document, rng, diameter=34)
    return [sheet]


@layout("inpatient_receipt", "heldback-a")
def guangdong_inpatient(document: Document, rng: Random) -> list[Sheet]:
    """A tall electronic receipt: categories numbered in one column, payments in cells, labels above values."""
    sheet = Sheet(190, 200, facts=document.facts, rng=rng)
    sheet.label_pen = Pen(size=3.4, colour=GREEN)
    sheet.value_pen = Pen(size=3.4, date="cn")
    title(sheet, 9, f"{document.extra['province']}医疗收费票据（电子）", Pen(size=6, colour=GREEN, bold=0.8))
    title(sheet, 18, "（住院）", Pen(size=4.4, colour=GREEN))
    state_seal(sheet, 95, 3, document.extra["province"], rng)
    sheet.paste(marks.qr(document.extra["qr"], 24), 158, 5)
    head: list[list[Pair]] = [
        [(10, "电子票据代码：", "receipt_code"), (82, "电子票据号码：", "receipt_number")],
        [(10, "电子票据校验码：", "verification_code"), (82, "开票日期：", "issued_on")],
        [(10, "患者姓名：", "patient_name"), (60, "性别：", "gender"), (82, "住院号：", "admission_number")],
        [(10, "入院时间：", "admitted_on"), (82, "出院时间：", "discharged_on")],
        [(10, "参保类型：", "insurance_type"), (82, "机构类型：", "hospital_type")],
    ]
    pairs(sheet, 30, 6.4, head)
    columns = [Column("序号", "", 14, "c"), Column("费用类别", "name", 86), Column("金额（元）", "amount", 68, "r")]
    sheet.grid(10, 64, columns, 12, 6, colour=(150, 150, 150), weight=1)
    sheet.heading(10, 65.4, columns)
    for index, row in enumerate(document.rows[:11]):
        sheet.cell(10, 71.4 + index * 6, columns[0], str(index + 1), pen=sheet.value_pen)
        sheet.row(10, 71.4 + index * 6, columns, row)
    sheet.pair(12, 139, "合计人民币（大写）：", "total_upper")
    sheet.pair(128, 139, "￥", "total_amount")
    money = [
        ("统筹基金支付", "pooled_fund"),
        ("其他支付", "other_payment"),
        ("医保账户支付", "personal_account"),
        ("现金支付", "personal_cash"),
    ]
    _cells(sheet, 10, 146, 28, [*money, ("自付金额", "self_paid"), ("自费金额", "own_expense")])
    sheet.pair(10, 166, "收费单位（盖章）：", "hospital_name")
    sheet.text(10, 176, f"收费员：{document.extra['cashier']}")
    sheet.text(70, 176, f"复核：{document.extra['reviewer']}")
    receipt_seal(sheet, 44, 156, document, rng, diameter=36)
    return [sheet]


@layout("inpatient_receipt", "heldback-b")
def sichuan_inpatient(document: Document, rng: Random) -> list[Sheet]:
    """A wide paper receipt: stay in one line with 起 and 止, payments on the left, categories on the right."""
    sheet = Sheet(210, 128, facts=document.facts, rng=rng, paper=(251, 249, 243))
    sheet.label_pen = Pen(size=3.5, colour=MAROON)
    sheet.value_pen = Pen(size=3.5, face=FACE_MONO, colour=(30, 34, 60), date="slash")
    title(sheet, 7, f"{document.extra['province']}医疗住院收费票据", Pen(size=6, colour=MAROON, bold=0.8), x=88)
    state_seal(sheet, 88, 3, document.extra["province"], rng)
    _corner(sheet, document)
    sheet.pair(10, 27, "交款人 ", "patient_name")
    sheet.pair(52, 27, "性别 ", "gender")
    sheet.pair(76, 27, "住院号 ", "admission_number")
    sheet.text(130, 27, f"科室 {document.extra['department']}")
    x = sheet.pair(10, 34, "住院日期 ", "admitted_on")
    sheet.text(sheet.value(sheet.text(x, 34, " 起 "), 34, "discharged_on"), 34, " 止")
    sheet.pair(100, 34, "医保类型 ", "insurance_type")
    left: list[list[Pair]] = [
        [(12, "医保统筹支付 ", "pooled_fund")],
        [(12, "其他支付 ", "other_payment")],
        [(12, "个账支付 ", "personal_account")],
        [(12, "个人现金 ", "personal_cash")],
        [(12, "个人自付 ", "self_paid")],
        [(12, "个人自费 ", "own_expense")],
    ]
    sheet.box(10, 42, 84, 91, colour=MAROON)
    pairs(sheet, 46, 7.4, left)
    columns = [Column("收费项目", "name", 30), Column("金额(元)", "amount", 28, "r")]
    sheet.grid(84, 42, [*columns, *columns], 7, 7, colour=MAROON)
    for group in (0, 1):
        sheet.heading(84 + group * 58, 43.8, columns)
        for index, row in enumerate(document.rows[group * 6 : group * 6 + 6]):
            sheet.row(84 + group * 58, 50.8 + index * 7, columns, row)
    sheet.box(10, 91, 200, 99, colour=MAROON)
    sheet.pair(12, 93.2, "小写 ￥", "total_amount")
    sheet.pair(70, 93.2, "大写 ", "total_upper")
    sheet.pair(12, 105, "收款单位 ", "hospital_name")
    sheet.pair(84, 105, "机构类型 ", "hospital_type")
    sheet.pair(124, 105, "开票日期 ", "issued_on")
    sheet.text(12, 114, f"收款人 {document.extra['cashier']}")
    receipt_seal(sheet, 146, 84, document, rng, diameter=36)
    return [sheet]


def _run(sheet: Sheet, x: float, y: float, *parts: str) -> None:
    """Print running text in which field names stand for their values."""
    for part in parts:
        x = sheet.value(x, y, part) if part in sheet.facts else sheet.text(x, y, part)


@layout("outpatient_receipt", "heldback-c")
def kiosk_outpatient(document: Document, rng: Random) -> list[Sheet]:
    """A print from a hospital kiosk: one narrow column, price times quantity in one cell, the payments in running text."""
    sheet = Sheet(128, 190, facts=document.facts, rng=rng)
    sheet.label_pen = sheet.value_pen = Pen(size=3.5, date="cn_plain")
    sheet.value(64, 8, "hospital_name", Pen(size=5, bold=0.7), anchor="c")
    title(sheet, 16, "医疗门诊收费票据（电子）打印件", Pen(size=4.4, bold=0.4), rules=1)
    head: list[list[Pair]] = [
        [(8, "姓名:", "patient_name"), (56, "性别:", "gender")],
        [(8, "票据代码:", "receipt_code")],
        [(8, "票据号码:", "receipt_number")],
        [(8, "校验码:", "verification_code"), (56, "开票日期:", "issued_on")],
        [(8, "门诊号:", "outpatient_number"), (56, "就诊日期:", "visit_on")],
        [(8, "医保类型:", "insurance_type")],
        [(8, "医疗机构类型:", "hospital_type")],
    ]
    y = pairs(sheet, 27, 5.8, head)
    sheet.paste(marks.qr(document.extra["qr"], 22), 100, 24)
    columns = [
        Column("收费项目", "name", 54),
        Column("单价×数量", "unit_price/quantity", 30, "c", "×"),
        Column("类别", "insurance_class", 10, "c"),
        Column("金额", "amount", 22, "r"),
    ]
    sheet.line(6, y, 122, y)
    sheet.heading(6, y + 1.8, columns)
    sheet.line(6, y + 7, 122, y + 7)
    for index, row in enumerate(document.rows[:10]):
        sheet.row(6, y + 8.8 + index * 5.8, columns, row)
    y += 10 + min(len(document.rows), 10) * 5.8
    sheet.line(6, y, 122, y)
    sheet.pair(8, y + 3, "合计:", "total_amount", suffix="元")
    sheet.pair(48, y + 3, "大写:", "total_upper")
    _run(sheet, 8, y + 10, "统筹基金支付", "pooled_fund", "元，其他支付", "other_payment", "元，")
    _run(sheet, 8, y + 16, "个人账户支付", "personal_account", "元，个人现金支付", "personal_cash", "元。")
    _run(sheet, 8, y + 22, "其中个人自付", "self_paid", "元，个人自费", "own_expense", "元。")
    sheet.text(8, y + 30, f"收款员:{document.extra['cashier']}")
    receipt_seal(sheet, 78, y + 2, document, rng, diameter=34, flat=0.7)
    return [sheet]
