"""Unseen receipts: two out-patient forms and two in-patient forms, as three provinces and four programs print them."""

from collections.abc import Mapping, Sequence
from random import Random

from anpei.samples.drawing import marks
from anpei.samples.drawing.sheet import FACE_MONO, Colour, Column, Pen, Sheet
from anpei.samples.layouts.registry import layout
from anpei.samples.layouts.unseen_parts import (
    BLUE,
    MATRIX,
    RED,
    Cell,
    centred,
    fact,
    fit,
    ground,
    round_capitals,
    ruled,
    seal,
    start,
    watermark,
)
from anpei.samples.world.documents import Document

RUST: Colour = (158, 62, 40)
PINE: Colour = (28, 96, 84)


def _heading_with_square(sheet: Sheet, document: Document) -> None:
    """Province, title, the code square at the left, numbers in a line of their own."""
    province = document.extra["province"]
    centred(sheet, 11, f"{province}医疗门诊收费票据（电子）", Pen(size=6.2, colour=RUST, bold=0.6, spacing=2))
    sheet.line(66, 21, 144, 21, colour=RUST)
    sheet.paste(marks.qr(document.extra["qr"], 23), 11, 8)
    picture = marks.seal("全国统一财政电子票据监制章", f"{province[:2]}财政厅", rng=sheet.rng, diameter=27, flat=0.66, star=False)
    sheet.stamp(picture, 163, 8)
    for x, label, name in (
        (12, "校验码：", "verification_code"),
        (68, "票据号码：", "receipt_number"),
        (134, "票据代码：", "receipt_code"),
    ):
        sheet.pair(x, 34, label, name)


OUT_COLUMNS = (
    Column("序号", "", 10, "c"),
    Column("医保目录编码", "item_code", 40, "l"),
    Column("项目名称", "name", 46, "l"),
    Column("等级", "insurance_class", 11, "c"),
    Column("单价", "unit_price", 21, "r"),
    Column("数量/单位", "quantity/unit", 24, "c"),
    Column("金额（元）", "amount", 26, "r"),
    Column("备注", "", 12, "c"),
)


@layout("outpatient_receipt", "unseen-a")
def electronic_with_codes(document: Document, rng: Random) -> list[Sheet]:
    """An electronic receipt in portrait: codes before names, the payment split as stacked labels below the table."""
    sheet = start(document, rng, (210, 168), label=Pen(size=3.3, colour=RUST), value=Pen(size=3.3), paper=(253, 251, 246))
    watermark(sheet, "电子票据", colour=(244, 238, 230))
    _heading_with_square(sheet, document)
    sheet.pair(12, 41, "交款人：", "patient_name")
    sheet.text(68, 41, "交款人统一社会信用代码：")
    sheet.pair(134, 41, "开票日期：", "issued_on", pen=Pen(size=3.3, date="cn"))
    _numbered_table(sheet, 10, 49, document.rows)
    bottom = 49 + 8 + max(len(document.rows), 8) * 6.2
    sheet.text(12, bottom + 2.4, "金额合计（小写）")
    sheet.value(41, bottom + 2.4, "total_amount", Pen(size=3.5, bold=0.4, money="yen"))
    sheet.text(92, bottom + 2.4, "金额合计（大写）")
    sheet.value(121, bottom + 2.4, "total_upper", Pen(size=3.5, bold=0.4))
    sheet.box(10, bottom, 200, bottom + 8, colour=RUST)
    _other_information(sheet, bottom + 11)
    y = bottom + 48
    sheet.pair(12, y, "收款单位（章）：", "hospital_name")
    sheet.text(110, y, f"复核人：{document.extra['reviewer']}")
    sheet.text(156, y, f"收款人：{document.extra['cashier']}")
    seal(
        sheet,
        34,
        bottom + 22,
        document.facts["hospital_name"],
        "财务专用章",
        diameter=38,
        code=f"{document.facts['receipt_code'][:2]}99010052318",
    )
    return [sheet]


def _numbered_table(sheet: Sheet, x: float, y: float, rows: Sequence[Mapping[str, str]]) -> None:
    """The table of items with a running number in front; at least eight lines are ruled off by one frame."""
    width = sum(column.width for column in OUT_COLUMNS)
    sheet.box(x, y, x + width, y + 8 + max(len(rows), 8) * 6.2, colour=RUST)
    sheet.line(x, y + 7, x + width, y + 7, colour=RUST)
    sheet.heading(x, y + 1.8, OUT_COLUMNS)
    for index, row in enumerate(rows):
        top = y + 8.4 + index * 6.2
        sheet.text(x + 5, top, str(index + 1), sheet.value_pen, anchor="c")
        sheet.row(x, top, OUT_COLUMNS, row, pen=Pen(size=3.1))


def _other_information(sheet: Sheet, y: float) -> None:
    """其他信息: three lines of four, the reader's share first and the fund last, as some provinces order them."""
    rows = (
        (("业务流水号", ""), ("门诊号", "outpatient_number"), ("就诊日期", "visit_on"), ("性别", "gender")),
        (("个人自费", "own_expense"), ("个人自付", "self_paid"), ("个人现金支付", "personal_cash"), ("个人账户支付", "personal_account")),
        (
            ("其他支付", "other_payment"),
            ("医保统筹基金支付", "pooled_fund"),
            ("医保类型", "insurance_type"),
            ("医疗机构类型", "hospital_type"),
        ),
    )
    sheet.text(12, y, "其他信息", Pen(size=3.3, colour=RUST, bold=0.4))
    for line, row in enumerate(rows):
        top = y + line * 10.6
        for place, (label, name) in enumerate(row):
            left = 34 + place * 42
            sheet.text(left, top, label)
            if name:
                text = sheet.printed(name, Pen(date="slash"))
                fact(sheet, left, top + 4.9, name, text, pen=fit(sheet.value_pen, text, 40))
            else:
                sheet.text(left, top + 4.9, f"{sheet.rng.randint(10**13, 10**14 - 1)}", sheet.value_pen)


@layout("outpatient_receipt", "unseen-b", itemised=False)
def matrix_half_sheet(document: Document, rng: Random) -> list[Sheet]:
    """A pre-printed half sheet filled by a dot-matrix printer: fee categories in two columns, old wording of the shares."""
    sheet = start(document, rng, (203, 127), label=Pen(size=3.4, colour=PINE), value=MATRIX, paper=(250, 252, 250))
    ground(sheet, (226, 238, 232))
    centred(sheet, 9, f"{document.extra['province']}医疗机构门诊专用收据", Pen(size=6, colour=PINE, bold=0.5, spacing=6))
    sheet.line(62, 18.4, 141, 18.4, colour=PINE)
    sheet.line(62, 19.4, 141, 19.4, colour=PINE)
    sheet.text(150, 10, "№", Pen(size=5, colour=RED))
    fact(sheet, 157, 10.2, "receipt_number", document.facts["receipt_number"], pen=Pen(size=4.8, colour=RED, face=FACE_MONO))
    sheet.pair(151, 17.5, "票据代码", "receipt_code", gap=1.5, pen=Pen(size=3.6, colour=RED))
    sheet.pair(14, 17, "校验码 ", "verification_code")
    sheet.pair(14, 25, "姓名", "patient_name", gap=3)
    sheet.pair(56, 25, "性别", "gender", gap=2)
    sheet.pair(82, 25, "门诊号", "outpatient_number", gap=2)
    sheet.pair(138, 25, "就诊日期", "visit_on", gap=2)
    _matrix_table(sheet, document)
    _matrix_shares(sheet, document)
    seal(sheet, 118, 84, document.facts["hospital_name"], "门诊收费专用章", diameter=46, flat=0.7)
    return [sheet]


def _matrix_table(sheet: Sheet, document: Document) -> None:
    left, right = Column("收费项目", "name", 44), Column("金额", "amount", 44, "r")
    for x in (13, 101):
        sheet.grid(x, 31, (left, right), 1, 6.6, colour=PINE)
        sheet.heading(x, 32.2, (left, right))
    sheet.box(13, 31, 189, 76, colour=PINE)
    sheet.line(101, 31, 101, 76, colour=PINE, weight=3)
    for index, row in enumerate(document.rows):
        sheet.row(13 if index % 2 == 0 else 101, 39 + index // 2 * 5.6, (left, right), row)
    sheet.box(13, 69, 189, 76, colour=PINE)
    sheet.text(15, 70.8, "合计人民币（大写）")
    fact(sheet, 46, 70.8, "total_upper", round_capitals(sheet))
    sheet.text(142, 70.8, "￥")
    sheet.value(147, 70.8, "total_amount")


def _matrix_shares(sheet: Sheet, document: Document) -> None:
    shares = (
        (("统筹支付金额", "pooled_fund"), ("其他医保支付", "other_payment"), ("医保卡支付", "personal_account")),
        (("自付现金", "personal_cash"), ("目录内自付", "self_paid"), ("目录外自费", "own_expense")),
    )
    for line, row in enumerate(shares):
        for place, (label, name) in enumerate(row):
            sheet.pair(14 + place * 60, 79.5 + line * 6.8, label, name, gap=2.5)
    sheet.pair(14, 93.2, "费别", "insurance_type", gap=2.5)
    sheet.pair(86, 93.2, "医院类别", "hospital_type", gap=2.5)
    sheet.line(13, 100, 189, 100, colour=PINE)
    sheet.pair(14, 103, "收费单位（盖章）", "hospital_name", gap=2)
    sheet.text(112, 103, "收费员")
    sheet.text(125, 103, document.extra["cashier"], MATRIX)
    sheet.text(14, 111, "开票日期")
    for place, (part, unit) in enumerate(zip(document.facts["issued_on"].split("-"), "年月日", strict=True)):
        x = 32 + place * 17
        sheet.text(x, 111, part, MATRIX)
        sheet.text(x + 10, 111, unit)
    sheet.shown["issued_on"] = document.facts["issued_on"]
    sheet.text(112, 111, "手写无效　　第二联　收据联", Pen(size=3, colour=PINE))


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
    fact(sheet, 43, 81.4, "total_upper", round_capitals(sheet))
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
    for y, label, name in ((10, "票据代码 ", "receipt_code"), (16, "票据号码 ", "receipt_number"), (22, "校 验 码 ", "verification_code")):
        sheet.pair(12, y, label, name)
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
