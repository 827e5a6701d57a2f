"""Out-patient receipts (门诊收费票据) for development: two electronic forms and one pre-printed paper form."""

from random import Random

from anpei.samples.drawing import marks
from anpei.samples.drawing.sheet import FACE_MONO, Column, Pen, Sheet
from anpei.samples.layouts.parts import BROWN, Pair, pairs, receipt_seal, state_seal, title
from anpei.samples.layouts.registry import layout
from anpei.samples.world.documents import Document


@layout("outpatient_receipt", "known-a")
def electronic_two_groups(document: Document, rng: Random) -> list[Sheet]:
    """The common electronic receipt: items in two groups side by side, 其他信息 in three columns."""
    sheet = Sheet(210, 140, facts=document.facts, rng=rng, paper=(255, 253, 249))
    sheet.label_pen = Pen(size=3.5, colour=BROWN)
    sheet.value_pen = Pen(size=3.5)
    sheet.paste(marks.qr(document.extra["qr"], 23), 10, 6)
    title(sheet, 9, f"{document.extra['province']}医疗门诊收费票据（电子）", Pen(size=6.6, colour=BROWN, bold=0.8), rules=2)
    state_seal(sheet, 105, 3, document.extra["province"], rng)
    header: list[list[Pair]] = [
        [(14, "票据代码：", "receipt_code"), (140, "票据号码：", "receipt_number")],
        [(14, "交款人统一社会信用代码：", ""), (140, "校验码：", "verification_code")],
        [(14, "交款人：", "patient_name"), (140, "开票日期：", "issued_on")],
    ]
    pairs(sheet, 30, 5.6, header)
    columns = [
        Column("项目名称", "name", 46),
        Column("数量/单位", "quantity/unit", 18, "c"),
        Column("金额（元）", "amount", 18, "r"),
        Column("备注", "", 10),
    ]
    per_group = 6
    sheet.box(13, 47, 197, 89, colour=BROWN)
    for group in (0, 1):
        x = 13 + group * 92
        sheet.heading(x, 48.3, columns)
        for index, row in enumerate(document.rows[group * per_group : (group + 1) * per_group]):
            sheet.row(x, 54.5 + index * 5.6, columns, row)
    sheet.line(13, 53.3, 197, 53.3, colour=BROWN)
    sheet.line(105, 47, 105, 89, colour=BROWN)
    sheet.box(13, 89, 197, 96, colour=BROWN)
    sheet.pair(15, 90.5, "金额合计（大写）", "total_upper", gap=2)
    sheet.pair(140, 90.5, "（小写）", "total_amount", gap=2)
    _information(sheet)
    sheet.pair(15, 130, "收款单位（章）：", "hospital_name")
    sheet.text(110, 130, f"复核人：{document.extra['reviewer']}")
    sheet.text(160, 130, f"收款人：{document.extra['cashier']}")
    receipt_seal(sheet, 46, 96, document, rng)
    return [sheet]


def _information(sheet: Sheet) -> None:
    sheet.box(13, 96, 197, 127, colour=BROWN)
    sheet.line(21, 96, 21, 127, colour=BROWN)
    for index, char in enumerate("其他信息"):
        sheet.text(17, 98.5 + index * 6.5, char, anchor="c")
    rows: list[list[Pair]] = [
        [(23, "业务流水号：", "outpatient_number"), (88, "门诊号：", "outpatient_number"), (145, "就诊日期：", "visit_on")],
        [(23, "医疗机构类型：", "hospital_type"), (88, "医保类型：", "insurance_type"), (155, "性别：", "gender")],
        [(23, "医保统筹基金支付：", "pooled_fund"), (88, "其他支付：", "other_payment"), (145, "医保编号：", "")],
        [(23, "个人账户支付：", "personal_account"), (88, "个人现金支付：", "personal_cash")],
        [(23, "个人自付：", "self_paid"), (88, "个人自费：", "own_expense")],
    ]
    pairs(sheet, 98, 5.7, rows)


@layout("outpatient_receipt", "known-b")
def electronic_priced(document: Document, rng: Random) -> list[Sheet]:
    """An electronic receipt with unit price and class per item, black print, codes in the head."""
    sheet = Sheet(210, 160, facts=document.facts, rng=rng)
    sheet.label_pen = Pen(size=3.4, colour=(60, 60, 60))
    sheet.value_pen = Pen(size=3.4, face=FACE_MONO, date="cn")
    title(sheet, 10, f"{document.extra['province']}医疗门诊收费票据(电子)", Pen(size=6.2, bold=1.0), rules=1)
    state_seal(sheet, 105, 4, document.extra["province"], rng)
    sheet.paste(marks.qr(document.extra["qr"], 24), 176, 6)
    header: list[list[Pair]] = [
        [(14, "票据代码：", "receipt_code"), (80, "票据号码：", "receipt_number"), (138, "校验码：", "verification_code")],
        [(14, "交款人：", "patient_name"), (80, "性别：", "gender"), (138, "开票日期：", "issued_on")],
    ]
    pairs(sheet, 32, 6, header)
    columns = [
        Column("项目名称", "name", 62),
        Column("规格", "spec", 28),
        Column("数量", "quantity", 16, "c"),
        Column("单位", "unit", 16, "c"),
        Column("单价", "unit_price", 22, "r"),
        Column("金额(元)", "amount", 22, "r"),
        Column("医保等级", "insurance_class", 20, "c"),
    ]
    sheet.grid(12, 46, columns, 11, 5.4, colour=(120, 120, 120))
    sheet.heading(12, 46.7, columns)
    for index, row in enumerate(document.rows[:10]):
        sheet.row(12, 52.1 + index * 5.4, columns, row)
    sheet.box(12, 105.4, 198, 112, colour=(120, 120, 120))
    sheet.pair(15, 106.6, "金额合计(大写)：", "total_upper")
    sheet.pair(146, 106.6, "(小写)：", "total_amount", pen=Pen(size=3.4, face=FACE_MONO, money="yen"))
    info: list[list[Pair]] = [
        [(14, "门诊号：", "outpatient_number"), (76, "就诊日期：", "visit_on"), (138, "医疗机构类型：", "hospital_type")],
        [(14, "医保类型：", "insurance_type"), (76, "医保统筹基金支付：", "pooled_fund"), (138, "其他支付：", "other_payment")],
        [(14, "个人账户支付：", "personal_account"), (76, "个人现金支付：", "personal_cash")],
        [(14, "个人自付：", "self_paid"), (76, "个人自费：", "own_expense"), (138, "科室：" + document.extra["department"], "")],
    ]
    pairs(sheet, 115, 6, info)
    sheet.pair(14, 146, "收款单位（章）：", "hospital_name")
    sheet.text(110, 146, f"复核人：{document.extra['reviewer']}")
    sheet.text(160, 146, f"收款人：{document.extra['cashier']}")
    receipt_seal(sheet, 130, 112, document, rng, flat=0.68, diameter=44)
    return [sheet]


@layout("outpatient_receipt", "known-c", itemised=False)
def paper_dot_matrix(document: Document, rng: Random) -> list[Sheet]:
    """A pre-printed paper receipt filled by a dot-matrix printer; fee categories only."""
    sheet = Sheet(190, 110, facts=document.facts, rng=rng, paper=(252, 250, 246))
    red = (178, 62, 58)
    sheet.label_pen = Pen(size=3.5, colour=red)
    sheet.value_pen = Pen(size=3.7, dots=True, face=FACE_MONO, colour=(48, 50, 78))
    title(sheet, 6, f"{document.extra['province']}医疗门诊收费票据", Pen(size=6.4, colour=red, bold=0.8), rules=1)
    state_seal(sheet, 95, 2, document.extra["province"], rng)
    sheet.pair(12, 18, "票据代码：", "receipt_code")
    sheet.pair(128, 18, "No：", "receipt_number", pen=Pen(size=4.2, dots=True, colour=(48, 50, 78)))
    sheet.pair(12, 25, "门诊号：", "outpatient_number")
    sheet.pair(76, 25, "医疗机构类型：", "hospital_type")
    sheet.pair(134, 25, "校验码：", "verification_code")
    sheet.pair(12, 31.5, "姓名：", "patient_name")
    sheet.pair(52, 31.5, "性别：", "gender")
    sheet.pair(76, 31.5, "医保类型：", "insurance_type")
    sheet.pair(134, 31.5, "就诊日期：", "visit_on", pen=Pen(size=3.7, dots=True, date="dots", colour=(48, 50, 78)))
    columns = [Column("项目", "name", 48), Column("金额（元）", "amount", 35, "r")]
    sheet.grid(12, 38, [*columns, *columns], 6, 6, colour=red)
    for group in (0, 1):
        sheet.heading(12 + group * 83, 39, columns)
        for index, row in enumerate(document.rows[group * 5 : group * 5 + 5]):
            sheet.row(12 + group * 83, 45 + index * 6, columns, row)
    sheet.box(12, 74, 178, 81, colour=red)
    sheet.pair(14, 75.6, "合计（大写）：", "total_upper")
    sheet.pair(130, 75.6, "（小写）¥", "total_amount")
    money: list[list[Pair]] = [
        [(14, "医保统筹基金支付：", "pooled_fund"), (72, "其他支付：", "other_payment"), (124, "个人账户支付：", "personal_account")],
        [(14, "个人现金支付：", "personal_cash"), (72, "个人自付：", "self_paid"), (124, "个人自费：", "own_expense")],
    ]
    pairs(sheet, 84, 6, money)
    sheet.pair(14, 99, "收款单位(章)：", "hospital_name")
    sheet.text(92, 99, "收款人：")
    sheet.text(106.5, 99, document.extra["cashier"], sheet.value_pen)
    sheet.pair(130, 99, "开票日期：", "issued_on", pen=Pen(size=3.7, dots=True, date="spaced", colour=(48, 50, 78)))
    receipt_seal(sheet, 60, 76, document, rng, diameter=34)
    return [sheet]
