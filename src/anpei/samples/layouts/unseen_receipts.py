"""Unseen out-patient receipts: an electronic one with codes before names and a pre-printed half sheet."""

from collections.abc import Mapping, Sequence
from random import Random

from anpei.samples.drawing import marks
from anpei.samples.drawing.sheet import FACE_MONO, Colour, Column, Pen, Sheet
from anpei.samples.layouts.registry import layout
from anpei.samples.layouts.unseen_parts import (
    MATRIX,
    RED,
    centred,
    fact,
    fit,
    ground,
    round_capitals,
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
