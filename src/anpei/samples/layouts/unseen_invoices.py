"""Unseen tax invoices: the old paper one, printed a little off its form, and the fully digital one."""

from random import Random

from anpei.samples.drawing import marks
from anpei.samples.drawing.sheet import FACE_MONO, Colour, Column, Pen, Sheet
from anpei.samples.layouts.registry import layout
from anpei.samples.layouts.unseen_parts import centred, fact, fit, ground, round_capitals, seal, start
from anpei.samples.world.documents import Document
from anpei.samples.world.invoice_documents import digital

MAROON: Colour = (140, 58, 40)
TILL = Pen(size=3.4, colour=(44, 44, 96), face=FACE_MONO, dots=True)

OLD_COLUMNS = (
    Column("货物或应税劳务、服务名称", "name", 52),
    Column("规格型号", "spec", 20, "c"),
    Column("单位", "unit", 12, "c"),
    Column("数　量", "quantity", 18, "r"),
    Column("单　价", "unit_price", 26, "r"),
    Column("金　额", "amount", 28, "r"),
    Column("税率", "tax_rate", 13, "c"),
    Column("税　额", "tax", 26, "r"),
)
LEFT, RIGHT = 18.0, 213.0


@layout("vat_invoice", "unseen-a")
def paper_invoice(document: Document, rng: Random) -> list[Sheet]:
    """The second sheet of a paper invoice: maroon form, needle print shifted up and to the right, the seller's seal over the foot."""
    sheet = start(document, rng, (240, 140), label=Pen(size=3.4, colour=MAROON), value=TILL, paper=(254, 252, 246))
    ground(sheet, (248, 240, 228))
    province = document.extra["province"]
    centred(sheet, 8, f"{province}增值税普通发票", Pen(size=6.6, colour=MAROON, bold=0.5, spacing=8))
    sheet.line(76, 17.6, 164, 17.6, colour=MAROON)
    sheet.line(76, 18.8, 164, 18.8, colour=MAROON)
    picture = marks.seal("全国统一发票监制章", f"{province}税务局", rng=rng, diameter=27, flat=0.66, star=False)
    sheet.stamp(picture, 106, 14)
    fact(sheet, 24, 10, "invoice_code", document.facts["invoice_code"], pen=Pen(size=4.8, colour=(50, 50, 60), spacing=3))
    sheet.text(172, 9.4, "№", Pen(size=5.4, colour=MAROON))
    fact(sheet, 181, 9.4, "invoice_number", document.facts["invoice_number"], pen=Pen(size=5.6, colour=(40, 60, 130), spacing=2))
    sheet.pair(172, 22, "开票日期：", "issued_on", pen=Pen(size=3.4, colour=TILL.colour, face=FACE_MONO, dots=True, date="cn"))
    sheet.text(24, 22, f"校验码 {document.extra['check_code']}", Pen(size=3, colour=MAROON))
    shift = (rng.uniform(0, 0.5), rng.uniform(-0.8, 0.3))
    _buyer(sheet, document, shift)
    _old_table(sheet, document, shift)
    _seller(sheet, document, shift)
    sheet.text(220, 46, "第二联", Pen(size=3, colour=MAROON))
    sheet.text(220, 51, "发票联", Pen(size=3, colour=MAROON))
    seal(sheet, 164, 100, document.facts["seller_name"], "发票专用章", diameter=42, flat=0.72)
    return [sheet]


def _upright(sheet: Sheet, x: float, y: float, word: str) -> None:
    for index, char in enumerate(word):
        sheet.text(x, y + index * 4.6, char, anchor="c")


def _buyer(sheet: Sheet, document: Document, shift: tuple[float, float]) -> None:
    sheet.box(LEFT, 28, RIGHT, 48, colour=MAROON)
    sheet.line(LEFT + 8, 28, LEFT + 8, 48, colour=MAROON)
    sheet.line(132, 28, 132, 48, colour=MAROON)
    sheet.line(139, 28, 139, 48, colour=MAROON)
    _upright(sheet, LEFT + 4, 31, "购买方")
    _upright(sheet, 135.5, 31, "密码区")
    sheet.text(28, 29.6, "名　　　　称：")
    sheet.value(52 + shift[0], 29.6 + shift[1], "buyer_name")
    sheet.text(28, 34.4, "纳税人识别号：")
    if "buyer_tax_number" in document.facts:
        sheet.value(52 + shift[0], 34.4 + shift[1], "buyer_tax_number")
    sheet.text(28, 39.2, "地　址、电话：")
    sheet.text(28, 43.8, "开户行及账号：")
    cipher = document.extra["cipher"]
    for index in range(4):
        sheet.text(
            141 + shift[0], 29.6 + index * 4.5, cipher[index * 27 : index * 27 + 27], Pen(size=3.6, colour=TILL.colour, face=FACE_MONO)
        )


def _old_table(sheet: Sheet, document: Document, shift: tuple[float, float]) -> None:
    x = LEFT
    sheet.box(LEFT, 48, RIGHT, 90, colour=MAROON)
    for column in OLD_COLUMNS[:-1]:
        x += column.width
        sheet.line(x, 48, x, 84, colour=MAROON)
    sheet.heading(LEFT, 49.4, OLD_COLUMNS)
    for index, row in enumerate(document.rows):
        sheet.row(LEFT + shift[0], 55.4 + index * 5.2 + shift[1], OLD_COLUMNS, row)
    sheet.text(LEFT + 26, 79.6, "合　　　计", anchor="c")
    sheet.text(147 + shift[0], 79.6 + shift[1], "￥", TILL)
    fact(sheet, 172 + shift[0], 79.6 + shift[1], "net_amount", document.facts["net_amount"], anchor="r")
    fact(sheet, 211 + shift[0], 79.6 + shift[1], "tax_amount", "￥" + document.facts["tax_amount"], anchor="r")
    sheet.line(LEFT, 84, RIGHT, 84, colour=MAROON)
    sheet.text(LEFT + 26, 85.4, "价税合计（大写）", anchor="c")
    fact(sheet, 74 + shift[0], 85.4 + shift[1], "total_upper", round_capitals(sheet))
    sheet.text(160, 85.4, "（小写）")
    sheet.value(174 + shift[0], 85.4 + shift[1], "total_amount", Pen(size=3.4, colour=TILL.colour, face=FACE_MONO, dots=True, money="yen"))


def _seller(sheet: Sheet, document: Document, shift: tuple[float, float]) -> None:
    sheet.box(LEFT, 90, RIGHT, 110, colour=MAROON)
    sheet.line(LEFT + 8, 90, LEFT + 8, 110, colour=MAROON)
    sheet.line(132, 90, 132, 110, colour=MAROON)
    sheet.line(139, 90, 139, 110, colour=MAROON)
    _upright(sheet, LEFT + 4, 93, "销售方")
    _upright(sheet, 135.5, 95, "备注")
    lines = (("名　　　　称：", "seller_name"), ("纳税人识别号：", "seller_tax_number"))
    for index, (label, name) in enumerate(lines):
        sheet.text(28, 91.4 + index * 4.8, label)
        sheet.value(52 + shift[0], 91.4 + index * 4.8 + shift[1], name)
    for index, (label, key) in enumerate((("地　址、电话：", "seller_address"), ("开户行及账号：", "seller_bank"))):
        y = 101 + index * 4.6
        sheet.text(28, y, label)
        sheet.text(52 + shift[0], y + shift[1], document.extra[key], fit(TILL, document.extra[key], 78))
    extra = document.extra
    for x, word, key in ((24, "收款人：", "payee"), (76, "复核：", "reviewer"), (120, "开票人：", "drawer")):
        sheet.text(sheet.text(x, 112, word) + 1, 112, extra[key], TILL)
    sheet.text(172, 112, "销售方：（章）")


DIGITAL_COLUMNS = (
    Column("项目名称", "name", 46),
    Column("规格型号", "spec", 24, "c"),
    Column("单位", "unit", 15, "c"),
    Column("数量", "quantity", 18, "r"),
    Column("单价", "unit_price", 24, "r"),
    Column("金额", "amount", 24, "r"),
    Column("税率/征收率", "tax_rate", 21, "c"),
    Column("税额", "tax", 20, "r"),
)


@layout("vat_invoice", "unseen-b")
def digital_invoice(document: Document, rng: Random) -> list[Sheet]:
    """电子发票（普通发票): a number of twenty digits, buyer and seller side by side, no lines between the columns."""
    document = digital(document)
    red: Colour = (150, 30, 36)
    sheet = start(document, rng, (210, 140), label=Pen(size=3.2, colour=red), value=Pen(size=3.2))
    sheet.paste(marks.qr(document.extra["qr"], 20), 9, 6)
    centred(sheet, 8, "电子发票（普通发票）", Pen(size=6.4, colour=red, bold=0.4))
    sheet.line(68, 17, 142, 17, colour=red)
    sheet.line(68, 18, 142, 18, colour=red)
    picture = marks.seal("全国统一发票监制章", f"{document.extra['province']}税务局", rng=rng, diameter=24, flat=0.66, star=False)
    sheet.stamp(picture, 93, 10.6)
    sheet.pair(148, 9, "发票号码：", "invoice_number")
    sheet.pair(148, 16, "开票日期：", "issued_on", pen=Pen(size=3.2, date="cn"))
    sheet.box(9, 28, 201, 50, colour=red)
    for x, word in ((9, "购买方信息"), (105, "销售方信息")):
        sheet.line(x + 7, 28, x + 7, 50, colour=red)
        for index, char in enumerate(word):
            sheet.text(x + 3.5, 29 + index * 4.1, char, Pen(size=3, colour=red), anchor="c")
    sheet.line(105, 28, 105, 50, colour=red)
    for x, who in ((18, "buyer"), (114, "seller")):
        sheet.pair(x, 31, "名称：", f"{who}_name")
        end = sheet.text(x, 41, "统一社会信用代码/纳税人识别号：")
        if f"{who}_tax_number" in document.facts:
            sheet.value(end, 41, f"{who}_tax_number", Pen(size=3.1))
    _digital_table(sheet, document)
    sheet.box(9, 106, 201, 122, colour=red)
    sheet.line(16, 106, 16, 122, colour=red)
    for index, char in enumerate("备注"):
        sheet.text(12.5, 109 + index * 6, char, anchor="c")
    sheet.text(18, 108, f"销方开户银行：{document.extra['seller_bank']}", Pen(size=2.9))
    sheet.text(14, 127, f"开票人：{document.extra['drawer']}")
    return [sheet]


def _digital_table(sheet: Sheet, document: Document) -> None:
    red = sheet.label_pen.colour
    sheet.box(9, 50, 201, 98, colour=red)
    sheet.heading(9, 52, DIGITAL_COLUMNS)
    for index, row in enumerate(document.rows):
        sheet.row(9, 58.6 + index * 6.4, DIGITAL_COLUMNS, row)
    sheet.text(32, 91.6, "合　　计", anchor="c")
    fact(sheet, 159.2, 91.6, "net_amount", "¥" + document.facts["net_amount"], anchor="r")
    fact(sheet, 200.2, 91.6, "tax_amount", "¥" + document.facts["tax_amount"], anchor="r")
    sheet.box(9, 98, 201, 106, colour=red)
    sheet.text(32, 100.2, "价税合计（大写）", anchor="c")
    fact(sheet, 62, 100.2, "total_upper", round_capitals(sheet))
    sheet.text(148, 100.2, "（小写）")
    sheet.value(162, 100.2, "total_amount", Pen(size=3.4, money="yen", bold=0.3))
