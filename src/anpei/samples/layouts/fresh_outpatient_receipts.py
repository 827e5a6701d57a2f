"""Out-patient receipts of the fresh set: an electronic one, a pre-printed one filled by a dot-matrix printer, one with a full list."""

from random import Random

from anpei.samples.drawing import marks
from anpei.samples.drawing.sheet import FACE_MONO, FACE_SANS, Colour, Column, Pen, Sheet
from anpei.samples.layouts.fresh_forms import Box, dashes, fill, paper, parts_of, ruled, song, tractor, upright, watermark
from anpei.samples.layouts.registry import layout
from anpei.samples.world.documents import Document

BROWN: Colour = (122, 62, 30)
GREEN: Colour = (36, 96, 70)
PALE: Colour = (226, 234, 242)


@layout("outpatient_receipt", "fresh-a")
def electronic(document: Document, rng: Random) -> list[Sheet]:
    """电子票据 printed on a short sheet: brown frame, items in two halves, 其他信息 below."""
    rows = document.rows
    half = max((len(rows) + 1) // 2, 4)
    sheet = paper((210, 121 + half * 5), document.facts, rng, label=song(3.2, colour=BROWN), value=song(3.2))
    sheet.paste(marks.qr(document.extra["qr"], 21), 13, 6)
    sheet.text(112, 8, f"{document.extra['province']}医疗门诊收费票据（电子）", song(6.2, colour=BROWN, bold=0.4), anchor="c")
    sheet.line(66, 16.2, 158, 16.2, colour=BROWN)
    sheet.line(66, 17.2, 158, 17.2, colour=BROWN)
    oval = marks.seal("财政电子票据", "监制章", rng=rng, diameter=27, flat=0.66, star=False)
    sheet.stamp(oval, 97, 17.6)
    for number, (label, fact) in enumerate(
        (("票据代码：", "receipt_code"), ("交款人统一社会信用代码：", ""), ("交款人：", "patient_name"))
    ):
        fill(sheet, 14, 29 + number * 5, label, fact)
    for number, (label, fact) in enumerate(
        (("票据号码：", "receipt_number"), ("校验码：", "verification_code"), ("开票日期：", "issued_on"))
    ):
        fill(sheet, 150, 29 + number * 5, label, fact)
    bottom = _halves(sheet, document, 45, half)
    _other(sheet, bottom, document)
    return [sheet]


def _halves(sheet: Sheet, document: Document, y: float, half: int) -> float:
    """The items in two tables side by side and the total below; returns the y below."""
    columns = [Column("项目名称", "name", 40), Column("数量/单位", "quantity/unit", 18, "c"), Column("金额（元）", "amount", 20, "r")]
    columns.append(Column("备注", "", 13))
    left = 14.0
    for part in parts_of(document.rows, half)[:2]:
        sheet.heading(left, y + 1.4, columns)
        for number, row in enumerate(part):
            sheet.row(left, y + 7.6 + number * 5, columns, row)
        left += 91
    if len(document.rows) <= half:
        sheet.heading(left, y + 1.4, columns)
    below = y + 8 + half * 5
    sheet.box(14, y, 196, below, colour=BROWN)
    sheet.line(14, y + 6, 196, y + 6, colour=BROWN)
    sheet.line(105, y, 105, below, colour=BROWN)
    sheet.box(14, below, 196, below + 7, colour=BROWN)
    fill(sheet, 16, below + 1.8, "金额合计（大写）", "total_upper", gap=3)
    fill(sheet, 132, below + 1.8, "（小写）", "total_amount", gap=3)
    return below + 7


def _other(sheet: Sheet, y: float, document: Document) -> None:
    """其他信息: a box of labels and values in four columns, the payee and the seal below."""
    sheet.box(14, y, 196, y + 27, colour=BROWN)
    sheet.line(21, y, 21, y + 27, colour=BROWN)
    upright(sheet, 17.5, y, 27, "其他信息")
    serial = document.extra["serial"].replace("A", "1")[:14]
    lines: tuple[tuple[tuple[str, str, str], ...], ...] = (
        (("业务流水号：", "", serial), ("门诊号：", "outpatient_number", ""), ("就诊日期：", "visit_on", "")),
        (("医疗机构类型：", "hospital_type", ""), ("性别：", "gender", ""), ("医保类型：", "insurance_type", ""), ("医保编号：", "", "")),
        (("医保统筹基金支付：", "pooled_fund", ""), ("其他支付：", "other_payment", ""), ("个人账户支付：", "personal_account", "")),
        (("个人现金支付：", "personal_cash", ""), ("个人自付：", "self_paid", ""), ("个人自费：", "own_expense", "")),
    )
    for down, line in enumerate(lines):
        places = (23, 74, 103, 160) if len(line) == 4 else (23, 84, 140)
        for x, (label, fact, text) in zip(places, line, strict=True):
            fill(sheet, x, y + 2 + down * 6.3, label, fact, text=text)
    fill(sheet, 15, y + 30.5, "收款单位（章）：", "hospital_name")
    fill(sheet, 122, y + 30.5, "复核人：", "", text=document.extra["reviewer"])
    fill(sheet, 158, y + 30.5, "收款人：", "", text=document.extra["cashier"])
    sheet.stamp(marks.seal(document.facts["hospital_name"], "收费专用章", rng=sheet.rng, diameter=30), 84, y + 25)


@layout("outpatient_receipt", "fresh-b", itemised=False)
def pre_printed(document: Document, rng: Random) -> list[Sheet]:
    """机打票据 of 190 by 101.6 mm on continuous paper: green print, fee categories only, money of the insurance in a side panel."""
    value = Pen(size=3.4, face=FACE_MONO, dots=True, date="spaced")
    sheet = paper((190, 101.6), document.facts, rng, label=Pen(size=3.0, colour=GREEN), value=value, colour=(253, 253, 249))
    tractor(sheet)
    sheet.text(95, 7, f"{document.extra['province']}医疗门诊收费票据", Pen(size=5.6, colour=GREEN, spacing=4), anchor="c")
    sheet.line(52, 14.4, 138, 14.4, colour=GREEN, weight=3)
    fill(sheet, 16, 9, "票据代码", "receipt_code", gap=2)
    sheet.value(sheet.text(146, 9, "NO ", Pen(size=3.4, colour=(190, 60, 50))), 8.8, "receipt_number")
    fill(sheet, 16, 19, "姓名", "patient_name", gap=2)
    fill(sheet, 52, 19, "性别", "gender", gap=2)
    fill(sheet, 72, 19, "门诊号", "outpatient_number", gap=2)
    fill(sheet, 114, 19, "医疗付款方式", "insurance_type", gap=2)
    _categories(sheet, document)
    _panel(sheet)
    fill(sheet, 16, 91.5, "收款单位（盖章）", "hospital_name", gap=1.5)
    fill(sheet, 82, 91.5, "收款人", "", text=document.extra["cashier"], gap=1.5)
    sheet.value(140, 91.5, "issued_on")
    sheet.stamp(marks.seal(document.facts["hospital_name"], "收费专用章", rng=rng, diameter=30, flat=0.72), 104.5, 78)
    return [sheet]


def _categories(sheet: Sheet, document: Document) -> None:
    """收费项目 and 金额 in two columns, the total in capitals and figures below."""
    columns = [Column("收费项目", "name", 27), Column("金额（元）", "amount", 24, "r")]
    sheet.grid(15, 25, columns, 7, 6.6, colour=GREEN)
    sheet.grid(66, 25, columns, 7, 6.6, colour=GREEN)
    for left, part in zip((15, 66), [*parts_of(document.rows, 6), ()], strict=False):
        sheet.heading(left, 26.8, columns)
        for number, row in enumerate(part):
            sheet.row(left, 33.2 + number * 6.6, columns, row)
    sheet.box(15, 71.2, 117, 79.2, colour=GREEN)
    fill(sheet, 16.5, 73.6, "合计（大写）", "total_upper", gap=1.5)
    sheet.text(85, 73.6, "￥", Pen(size=3.4, colour=GREEN))
    sheet.value(115, 73.6, "total_amount", anchor="r")


def _panel(sheet: Sheet) -> None:
    """How the bill was paid, one line each."""
    lines = (
        ("统筹基金支付", "pooled_fund"),
        ("个人账户支付", "personal_account"),
        ("其他支付", "other_payment"),
        ("现金支付", "personal_cash"),
        ("其中:自付", "self_paid"),
        ("其中:自费", "own_expense"),
        ("医疗机构类型", "hospital_type"),
    )
    for number, (label, fact) in enumerate(lines):
        top = 25 + number * 7.74
        sheet.box(119, top, 175, top + 7.74, colour=GREEN)
        sheet.line(145, top, 145, top + 7.74, colour=GREEN)
        sheet.text(120.5, top + 2.4, label)
        sheet.value(173.5, top + 2.2, fact, anchor="r")


@layout("outpatient_receipt", "fresh-c")
def with_list(document: Document, rng: Random) -> list[Sheet]:
    """An A4 print of an electronic receipt with the whole list: particulars and payments as labels above values."""
    sheet = paper((210, 297), document.facts, rng, label=Pen(size=2.9, colour=(70, 78, 92)), value=Pen(size=3.2))
    watermark(sheet, "电子票据打印件", size=11, grey=240)
    sheet.text(14, 13, f"{document.extra['province']}医疗门诊收费票据（电子）", Pen(size=5.4, bold=0.5))
    sheet.text(14, 21.5, "（本件由患者自行打印，与电子文件一致时有效）", Pen(size=2.7, colour=(120, 120, 124)))
    sheet.paste(marks.qr(document.extra["qr"], 24), 171, 8)
    heads = (
        (
            ("票据代码", "receipt_code", 40),
            ("票据号码", "receipt_number", 48),
            ("校验码", "verification_code", 38),
            ("开票日期", "issued_on", 56),
        ),
        (("交款人", "patient_name", 44), ("性别", "gender", 24), ("门诊号", "outpatient_number", 60), ("就诊日期", "visit_on", 54)),
        (("收款单位", "hospital_name", 74), ("医疗机构类型", "hospital_type", 50), ("医保类型", "insurance_type", 58)),
    )
    y = 35.0
    for line in heads:
        y = _above(sheet, 14, y, line)
    y = _listed(sheet, document, y + 4)
    sheet.box(14, y, 196, y + 8, fill=PALE)
    fill(sheet, 16, y + 2.4, "合计金额（大写）", "total_upper", gap=2)
    fill(sheet, 140, y + 2.4, "（小写）", "total_amount", gap=2)
    paid = (("统筹基金支付", "pooled_fund", 30.34), ("其他支付", "other_payment", 30.34), ("个人账户支付", "personal_account", 30.34))
    more = (("个人现金支付", "personal_cash", 30.34), ("个人自付", "self_paid", 30.34), ("个人自费", "own_expense", 30.3))
    y = _above(sheet, 14, y + 12, (*paid, *more))
    fill(sheet, 14, y + 8, "收款人：", "", text=document.extra["cashier"])
    fill(sheet, 60, y + 8, "复核人：", "", text=document.extra["reviewer"])
    fill(sheet, 106, y + 8, "就诊科室：", "", text=document.extra["department"])
    sheet.stamp(marks.seal(document.facts["hospital_name"], "财务专用章", rng=rng, diameter=36), 146, y + 6)
    dashes(sheet, 8, y + 48, 202)
    sheet.text(105, y + 51, "请妥善保管票据号码和校验码，可登录财政票据查验平台查验真伪", Pen(size=2.8, colour=(110, 110, 114)), anchor="c")
    return [sheet]


def _above(sheet: Sheet, x: float, y: float, line: tuple[tuple[str, str, float], ...]) -> float:
    """A line of shaded labels and below each its value."""
    ruled(sheet, x, y, 5.4, [Box(width, label) for label, _, width in line], shade=PALE)
    return ruled(sheet, x, y + 5.4, 6.6, [Box(width, fact=fact, align="c") for _, fact, width in line])


def _listed(sheet: Sheet, document: Document, y: float) -> float:
    """The items with codes; returns the y below the table."""
    columns = [
        Column("项目编码", "item_code", 41),
        Column("项目名称", "name", 42),
        Column("规格", "spec", 22),
        Column("数量", "quantity", 12, "c"),
        Column("单位", "unit", 12, "c"),
        Column("单价", "unit_price", 17, "r"),
        Column("金额", "amount", 20, "r"),
        Column("医保等级", "insurance_class", 16, "c"),
    ]
    sheet.box(14, y, 196, y + 6, fill=PALE)
    sheet.grid(14, y, columns, len(document.rows) + 1, 6, colour=(140, 146, 156))
    sheet.heading(14, y + 1.6, columns)
    pen = Pen(size=2.9, face=FACE_SANS)
    for number, row in enumerate(document.rows, start=1):
        sheet.row(14, y + number * 6 + 1.6, columns, row, pen=pen)
    return y + (len(document.rows) + 1) * 6
