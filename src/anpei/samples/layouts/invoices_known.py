"""Value-added tax invoices for development: the old electronic form with a code, and the fully digital one without."""

from random import Random

from anpei.samples.drawing import marks
from anpei.samples.drawing.sheet import FACE_MONO, Colour, Column, Pen, Sheet
from anpei.samples.layouts.registry import layout
from anpei.samples.world.documents import Document
from anpei.samples.world.invoice_documents import digital

RED: Colour = (150, 62, 44)
DARK: Colour = (30, 32, 40)


def supervision_seal(sheet: Sheet, x: float, y: float, place: str, rng: Random) -> None:
    """The oval seal of the tax authority over the title."""
    picture = marks.seal("全国统一发票监制章", f"{place}税务局", rng=rng, diameter=28, flat=0.62, star=False)
    sheet.stamp(picture, x - picture.width / 16, y)


def upright(sheet: Sheet, x: float, y: float, text: str, *, step: float) -> None:
    """Text from top to bottom, character by character."""
    for index, char in enumerate(text):
        sheet.text(x, y + index * step, char, anchor="c")


def _party(sheet: Sheet, x: float, y: float, side: str, *, step: float, labels: tuple[str, str] = ("名称：", "纳税人识别号：")) -> None:
    sheet.pair(x, y, labels[0], f"{side}_name")
    sheet.text(x, y + step, labels[1])
    if f"{side}_tax_number" in sheet.facts:
        sheet.pair(x, y + step, labels[1], f"{side}_tax_number")


@layout("vat_invoice", "known-a")
def electronic_with_code(document: Document, rng: Random) -> list[Sheet]:
    """增值税电子普通发票: code, number, day and check code at the top right, cipher area, seller below."""
    sheet = Sheet(210, 140, facts=document.facts, rng=rng, paper=(255, 254, 250))
    sheet.label_pen, sheet.value_pen = Pen(size=3.3, colour=RED), Pen(size=3.4, colour=DARK)
    _old_head(sheet, document)
    supervision_seal(sheet, 105, 4, document.extra["province"], rng)
    _old_ruling(sheet)
    _party(sheet, 20, 33.5, "buyer", step=5)
    for index in range(4):
        part = document.extra["cipher"][index * 27 : index * 27 + 27]
        sheet.text(127, 33.5 + index * 5, part, Pen(size=3.4, face=FACE_MONO, colour=DARK))
    heads = ("货物或应税劳务、服务名称", "规格型号", "单位", "数量", "单价", "金额", "税率", "税额")
    columns = _columns((48, 24, 12, 16, 24, 28, 14, 24), heads)
    sheet.heading(10, 55.5, columns)
    at = 10.0
    for column in columns[:-1]:
        at += column.width
        sheet.line(at, 54, at, 96, colour=RED)
    for index, row in enumerate(document.rows):
        sheet.row(10, 61.5 + index * 5.6, columns, row)
    _sums(sheet, 91, 98)
    _old_foot(sheet, document)
    sheet.stamp(marks.seal(document.facts["seller_name"], "发票专用章", rng=rng, diameter=34, flat=0.75), 150, 100)
    return [sheet]


def _old_head(sheet: Sheet, document: Document) -> None:
    extra = document.extra
    sheet.paste(marks.qr(extra["qr"], 20), 10, 5)
    sheet.text(105, 8, f"{extra['province']}增值税电子普通发票", Pen(size=6.4, colour=RED, bold=0.8), anchor="c")
    sheet.line(70, 18, 140, 18, colour=RED)
    sheet.line(70, 19, 140, 19, colour=RED)
    for index, (label, name) in enumerate((("发票代码：", "invoice_code"), ("发票号码：", "invoice_number"), ("开票日期：", "issued_on"))):
        sheet.pair(150, 6 + index * 5, label, name, pen=Pen(size=3.4, colour=DARK, date="cn"))
    sheet.text(150, 21, "校 验 码：")
    sheet.text(166, 21, " ".join(extra["check_code"][at : at + 5] for at in range(0, 20, 5)), Pen(size=2.8, colour=DARK))
    sheet.text(12, 27, f"机器编号：{extra['machine_number']}")


def _old_ruling(sheet: Sheet) -> None:
    sheet.box(10, 32, 200, 132, colour=RED)
    for y in (54, 96, 104):
        sheet.line(10, y, 200, y, colour=RED)
    for at, top, below in ((17, 32, 54), (118, 32, 54), (125, 32, 54), (17, 104, 126)):
        sheet.line(at, top, at, below, colour=RED)
    for x, y, name in ((13.5, 34, "购买方"), (121.5, 34, "密码区"), (13.5, 106, "销售方"), (131, 107, "备注")):
        upright(sheet, x, y, name, step=6)
    sheet.text(20, 43.5, "地 址、电 话：")
    sheet.text(20, 48.5, "开户行及账号：")


def _sums(sheet: Sheet, y: float, below: float) -> None:
    """The line 合计 and the line 价税合计."""
    yen = Pen(size=3.4, colour=DARK, money="yen")
    sheet.text(34, y, "合        计", anchor="c")
    sheet.value(161, y, "net_amount", yen, anchor="r")
    sheet.value(199, y, "tax_amount", yen, anchor="r")
    sheet.text(34, below, "价税合计（大写）", anchor="c")
    sheet.value(64, below, "total_upper")
    sheet.value(sheet.text(146, below, "（小写）"), below, "total_amount", yen)


def _old_foot(sheet: Sheet, document: Document) -> None:
    extra = document.extra
    _party(sheet, 20, 105.5, "seller", step=5)
    sheet.text(20, 115.5, f"地 址、电 话：{extra['seller_address']}")
    sheet.text(20, 120.5, f"开户行及账号：{extra['seller_bank']}")
    sheet.line(17, 126, 200, 126, colour=RED)
    for x, label, who in ((20, "收款人：", "payee"), (66, "复核：", "reviewer"), (108, "开票人：", "drawer")):
        sheet.text(x, 127.6, label + extra[who])
    sheet.text(150, 127.6, "销售方：（章）")


def _columns(widths: tuple[float, ...], heads: tuple[str, ...]) -> list[Column]:
    keys = ("name", "spec", "unit", "quantity", "unit_price", "amount", "tax_rate", "tax")
    aligned = ("l", "l", "c", "r", "r", "r", "c", "r")
    return [Column(head, key, width, align) for head, key, width, align in zip(heads, keys, widths, aligned, strict=True)]


@layout("vat_invoice", "known-b")
def fully_digital(document: Document, rng: Random) -> list[Sheet]:
    """电子发票（普通发票）: a number of 20 digits and no code, buyer and seller side by side."""
    document = digital(document)
    sheet = Sheet(210, 140, facts=document.facts, rng=rng)
    extra = document.extra
    sheet.label_pen, sheet.value_pen = Pen(size=3.4, colour=RED), Pen(size=3.4, colour=DARK)
    sheet.paste(marks.qr(extra["qr"], 20), 10, 5)
    sheet.text(105, 9, "电子发票（普通发票）", Pen(size=6.6, colour=RED, bold=0.8), anchor="c")
    sheet.line(70, 19, 140, 19, colour=RED)
    sheet.line(70, 20, 140, 20, colour=RED)
    supervision_seal(sheet, 105, 5, extra["province"], rng)
    sheet.pair(146, 12, "发票号码：", "invoice_number")
    sheet.pair(146, 18, "开票日期：", "issued_on", pen=Pen(size=3.4, colour=DARK, date="cn"))
    sheet.box(10, 30, 200, 132, colour=RED)
    upright(sheet, 13.5, 31.2, "购买方信息", step=4)
    sheet.line(17, 30, 17, 52, colour=RED)
    labels = ("名称：", "统一社会信用代码/纳税人识别号：")
    sheet.label_pen, sheet.value_pen = Pen(size=2.9, colour=RED), Pen(size=3.2, colour=DARK)
    _party(sheet, 18.5, 34, "buyer", step=9, labels=labels)
    sheet.line(105, 30, 105, 52, colour=RED)
    upright(sheet, 108.5, 31.2, "销售方信息", step=4)
    sheet.line(112, 30, 112, 52, colour=RED)
    _party(sheet, 113.5, 34, "seller", step=9, labels=labels)
    sheet.label_pen, sheet.value_pen = Pen(size=3.4, colour=RED), Pen(size=3.4, colour=DARK)
    sheet.line(10, 52, 200, 52, colour=RED)
    columns = _columns(
        (50, 24, 14, 16, 22, 26, 16, 22), ("项目名称", "规格型号", "单 位", "数 量", "单 价", "金 额", "税率/征收率", "税 额")
    )
    sheet.heading(10, 53.5, columns)
    for index, row in enumerate(document.rows):
        sheet.row(10, 60 + index * 5.8, columns, row)
    _sums(sheet, 92, 100.4)
    sheet.line(10, 98, 200, 98, colour=RED)
    sheet.line(10, 107, 200, 107, colour=RED)
    upright(sheet, 13.5, 111, "备注", step=7)
    sheet.line(17, 107, 17, 132, colour=RED)
    sheet.text(20, 110, f"销方开户银行：{extra['seller_bank']}", Pen(size=3.2, colour=DARK))
    sheet.text(20, 134, f"开票人：{extra['drawer']}")
    return [sheet]
