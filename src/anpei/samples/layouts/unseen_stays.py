"""Unseen in-patient receipts: a blue pre-printed form and an electronic one of ruled cells."""

from random import Random

from anpei.samples.drawing import marks
from anpei.samples.drawing.sheet import FACE_MONO, Column, Pen, Sheet
from anpei.samples.layouts.registry import layout
from anpei.samples.layouts.unseen_parts import BLUE, RED, Cell, centred, fact, ground, round_capitals, ruled, seal, start, watermark
from anpei.samples.world.documents import Document


@layout("inpatient_receipt", "unseen-a")
def preprinted_stay(document: Document, rng: Random) -> list[Sheet]:
    """A blue pre-printed form: three columns of categories, running labels with dotted lines, deposits and refunds."""
    sheet = start(document, rng, (241, 140), label=Pen(size=3.5, colour=BLUE), value=Pen(size=3.9, colour=(30, 30, 36), bold=0.3))
    ground(sheet, (224, 230, 244))
    centred(sheet, 8, f"{document.extra['province']}住院医疗费专用票据", Pen(size=6.6, colour=BLUE, bold=0.6, spacing=8))
    sheet.pair(14, 10, "代码：", "receipt_code")
    sheet.pair(14, 17, "校验：", "verification_code")
    sheet.text(182, 10, "No.", Pen(size=4.6, colour=RED))
    fact(sheet, 191, 10, "receipt_number", document.facts["receipt_number"], pen=Pen(size=4.6, colour=RED, spacing=3))
    sheet.text(182, 17.4, "开票日期")
    sheet.value(198, 17.4, "issued_on", Pen(size=3.9, date="dots"))
    _stay_lines(sheet)
    columns = (Column("费用类别", "name", 38, "c"), Column("金额", "amount", 33, "r"))
    for place in range(3):
        sheet.grid(14 + place * 71, 41, columns, 6, 6.4, colour=BLUE)
        sheet.heading(14 + place * 71, 42.3, columns)
    for index, row in enumerate(document.rows):
        sheet.row(14 + index % 3 * 71, 48.8 + index // 3 * 6.4, columns, row, pen=Pen(size=3.8, face=FACE_MONO))
    _stay_totals(sheet, document)
    seal(
        sheet,
        176,
        94,
        document.facts["hospital_name"],
        "住院收费专用章",
        diameter=40,
        code=f"{document.facts['receipt_code'][:2]}99010088412",
    )
    return [sheet]


def _stay_lines(sheet: Sheet) -> None:
    sheet.pair(14, 26, "住院号：", "admission_number")
    sheet.pair(66, 26, "患者姓名：", "patient_name")
    sheet.pair(116, 26, "性别：", "gender")
    sheet.pair(146, 26, "结算类型：", "insurance_type")
    sheet.text(14, 33.4, "住院起止日期：")
    x = sheet.value(38.5, 33.4, "admitted_on", Pen(size=3.9, date="dots", bold=0.3))
    x = sheet.value(sheet.text(x + 1, 33.4, "—", sheet.value_pen) + 1, 33.4, "discharged_on", Pen(size=3.9, date="dots", bold=0.3))
    sheet.pair(146, 33.4, "医疗机构类型：", "hospital_type")


def _stay_totals(sheet: Sheet, document: Document) -> None:
    """Total, shares and deposits: the names of the shares as one coastal province prints them."""
    sheet.box(14, 79.4, 227, 87, colour=BLUE)
    sheet.text(16, 81.4, "金额总计（大写）")
    fact(sheet, 46, 81.4, "total_upper", round_capitals(sheet))
    sheet.text(160, 81.4, "（小写）")
    sheet.value(174, 81.4, "total_amount", Pen(size=3.9, money="yen", bold=0.3))
    rows = (
        (("基本医疗统筹支付", "pooled_fund"), ("其他基金支付", "other_payment"), ("本次账户支付", "personal_account")),
        (("本次现金支付", "personal_cash"), ("个人负担（自付）", "self_paid"), ("个人负担（自费）", "own_expense")),
    )
    for line, row in enumerate(rows):
        for place, (label, name) in enumerate(row):
            sheet.pair(16 + place * 62, 91 + line * 7, label + "：", name)
    paid = f"{int(float(document.facts['personal_cash'])) // 1000 * 1000 + 1000}.00"
    rest = f"{float(paid) - float(document.facts['personal_cash']):.2f}"
    for place, (label, text) in enumerate((("预交金：", paid), ("补收：", "0.00"), ("退款：", rest))):
        sheet.text(sheet.text(16 + place * 62, 105, label) + 0.6, 105, text, sheet.value_pen)
    sheet.pair(16, 116, "收款单位：", "hospital_name")
    sheet.text(106, 116, f"审核：{document.extra['reviewer']}　　经办：{document.extra['cashier']}")
    sheet.text(16, 124, "本票据遗失不补，报销请持原件", Pen(size=2.9, colour=BLUE))


@layout("inpatient_receipt", "unseen-b")
def ruled_electronic_stay(document: Document, rng: Random) -> list[Sheet]:
    """An electronic receipt whose lower half is a ruled table of label cells; categories in two blocks with remarks."""
    sheet = start(document, rng, (210, 158), label=Pen(size=3.2, colour=(70, 70, 78)), value=Pen(size=3.3))
    watermark(sheet, f"{document.extra['province'][:2]}财政", colour=(238, 241, 246), step=(82, 58))
    centred(sheet, 10, f"{document.extra['province']}医疗住院收费票据", Pen(size=6.4, bold=0.7, spacing=4))
    centred(sheet, 19.5, "（电子）", Pen(size=4))
    sheet.paste(marks.qr(document.extra["qr"], 21), 178, 7)
    for top, label, name in (
        (10, "票据代码 ", "receipt_code"),
        (16, "票据号码 ", "receipt_number"),
        (22, "校 验 码 ", "verification_code"),
    ):
        sheet.pair(12, top, label, name)
    y = ruled(
        sheet,
        12,
        31,
        (
            (
                Cell("交款人", "patient_name", 20, 30),
                Cell("性别", "gender", 14, 14),
                Cell("住院号", "admission_number", 18, 34),
                Cell("开票日期", "issued_on", 22, 34),
            ),
            (
                Cell("住院日期", "admitted_on/discharged_on", 20, 58),
                Cell("医保类型", "insurance_type", 18, 34),
                Cell("机构类型", "hospital_type", 22, 34),
            ),
        ),
        height=7.6,
    )
    columns = (Column("项目名称", "name", 36), Column("金额(元)", "amount", 28, "r"), Column("备注", "", 29))
    deep = (len(document.rows) + 1) // 2
    for place in range(2):
        sheet.grid(12 + place * 93, y + 3, columns, deep + 1, 6.6)
        sheet.heading(12 + place * 93, y + 4.6, columns)
    for index, row in enumerate(document.rows):
        sheet.row(12 + index // deep * 93, y + 11.2 + index % deep * 6.6, columns, row)
    _ruled_shares(sheet, y + 3 + (deep + 1) * 6.6, document)
    return [sheet]


def _ruled_shares(sheet: Sheet, y: float, document: Document) -> None:
    y = ruled(sheet, 12, y, ((Cell("合计（大写）", "total_upper", 26, 90), Cell("（小写）", "total_amount", 20, 50)),), height=8)
    y = ruled(
        sheet,
        12,
        y + 3,
        (
            (
                Cell("医保报销金额", "pooled_fund", 32, 30),
                Cell("其他支付金额", "other_payment", 32, 30),
                Cell("个人账户", "personal_account", 32, 30),
            ),
            (
                Cell("个人支付（现金）", "personal_cash", 32, 30),
                Cell("其中：自付", "self_paid", 32, 30),
                Cell("其中：自费", "own_expense", 32, 30),
            ),
        ),
        height=7.8,
    )
    sheet.pair(14, y + 6, "收款单位（公章）：", "hospital_name")
    sheet.text(122, y + 6, f"复核人：{document.extra['reviewer']}")
    sheet.text(160, y + 6, f"收款人：{document.extra['cashier']}")
    seal(sheet, 62, y - 16, document.facts["hospital_name"], "票据专用章", diameter=40, flat=0.72)
