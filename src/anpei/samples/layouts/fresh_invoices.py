"""Fresh set: value-added tax invoices: the ordinary and the special one on paper, the fully digital one as a page."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from random import Random

from anpei.samples.drawing.formats import money
from anpei.samples.drawing.marks import qr, seal
from anpei.samples.drawing.sheet import BLACK, FACE_MONO, FACE_SANS, FACE_SERIF, Colour, Column, Pen, Sheet
from anpei.samples.layouts.fresh_pieces import rosette, upright
from anpei.samples.layouts.registry import layout
from anpei.samples.world.documents import Document
from anpei.samples.world.invoice_documents import digital

RUST: Colour = (150, 74, 38)
LEFT, RIGHT = 14.0, 226.0
DATES = "cn"
GOODS = (
    Column("", "name", 58), Column("", "spec", 24, "c"), Column("", "unit", 13, "c"), Column("", "quantity", 20, "r"),
    Column("", "unit_price", 26, "r"), Column("", "amount", 28, "r"), Column("", "tax_rate", 16, "c"), Column("", "tax", 27, "r"),
)  # fmt: skip
HEADS = ("货物或应税劳务、服务名称", "规格型号", "单位", "数 量", "单 价", "金 额", "税率", "税 额")


@dataclass(frozen=True, slots=True)
class Paper:
    """What differs between the paper invoices: title, the words at the right edge, the ink of the form, the pen that fills it in."""

    title: str
    copy: str
    ink: Colour
    own: Pen


def _lines(sheet: Sheet, ink: Colour) -> None:
    """The ruling of the paper form."""
    sheet.box(LEFT, 34, RIGHT, 128, colour=ink, weight=3)
    for y in (55.5, 92.5, 99.5, 107):
        sheet.line(LEFT, y, RIGHT, y, colour=ink)
    for x in (LEFT + 6.5, 131.0, 137.5):
        sheet.line(x, 34, x, 55.5, colour=ink)
    for x in (LEFT + 6.5, 131.0, 137.5):
        sheet.line(x, 107, x, 128, colour=ink)
    at = LEFT
    for column in GOODS[:-1]:
        at += column.width
        sheet.line(at, 55.5, at, 99.5 if column.key != "name" else 107, colour=ink)


def _side(sheet: Sheet, y: float, ink: Colour, words: str) -> None:
    """The printed words of the buyer's or the seller's block."""
    upright(sheet, LEFT + 3.2, y, 21, words, pen=Pen(size=3.3, colour=ink, face=FACE_SERIF))
    for index, text in enumerate(("名　　　　称：", "纳税人识别号：", "地址、电 话：", "开户行及账号：")):
        sheet.text(LEFT + 8, y + 1.2 + index * 5.0, text, Pen(size=3.1, colour=ink, face=FACE_SERIF))


def _parties(sheet: Sheet, document: Document, paper: Paper) -> None:
    """Who bought and who sold, with the coded area and the remarks beside them."""
    own, ink = paper.own, paper.ink
    _side(sheet, 34, ink, "购买方")
    sheet.value(45, 35.2, "buyer_name", own)
    if "buyer_tax_number" in document.facts:
        sheet.value(45, 40.2, "buyer_tax_number", replace(own, face=FACE_MONO))
    upright(sheet, 134.2, 34, 21, "密码区", pen=Pen(size=3.3, colour=ink, face=FACE_SERIF))
    for index in range(4):
        text = document.extra["cipher"][index * 27 : index * 27 + 27]
        sheet.text(140, 35.4 + index * 4.9, text, replace(own, face=FACE_MONO, size=3.3, spacing=9))
    _side(sheet, 107, ink, "销售方")
    sheet.value(45, 108.2, "seller_name", own)
    sheet.value(45, 113.2, "seller_tax_number", replace(own, face=FACE_MONO))
    sheet.text(45, 118.2, document.extra["seller_address"], replace(own, size=3.0))
    sheet.text(45, 123.2, document.extra["seller_bank"], replace(own, size=3.0))
    upright(sheet, 134.2, 107, 21, "备注", pen=Pen(size=3.3, colour=ink, face=FACE_SERIF))


def _sold(sheet: Sheet, document: Document, paper: Paper) -> None:
    """The goods and the sums."""
    own, ink = paper.own, paper.ink
    words = Pen(size=3.1, colour=ink, face=FACE_SERIF)
    sheet.heading(LEFT, 56.5, [replace(column, heading=head, align="c") for column, head in zip(GOODS, HEADS, strict=True)], words)
    y = 61.5
    for row in document.rows:
        sheet.row(LEFT, y, GOODS, row, pen=own)
        y += 5.2
    sheet.text(LEFT + 29, 94.2, "合　　　计", words, anchor="c")
    yen = replace(own, money="yen")
    sheet.value(LEFT + 168.2, 94.2, "net_amount", yen, anchor="r")
    sheet.value(RIGHT - 0.8, 94.2, "tax_amount", yen, anchor="r")
    sheet.text(LEFT + 29, 101.4, "价税合计（大写）", words, anchor="c")
    sheet.text(76, 101.4, "⊗", replace(own, face=FACE_SANS, dots=False))
    sheet.value(81, 101.4, "total_upper", own)
    sheet.value(sheet.text(164, 101.4, "（小写）", words), 101.4, "total_amount", yen)


def _paper_invoice(document: Document, rng: Random, paper: Paper, *, wide: str) -> Sheet:
    """A paper invoice of 241 by 140 mm; ``wide`` are the words of the issuing office above the title."""
    sheet = Sheet(241, 140, facts=document.facts, rng=rng, paper=(254, 252, 246))
    extra, ink, own = document.extra, paper.ink, paper.own
    sheet.stamp(rosette(70, 40, colour=(246, 232, 218), petals=17), 84, 58)
    sheet.paste(qr(extra["qr"], 19), 14, 9)
    big = Pen(size=4.8, colour=BLACK, face=FACE_SERIF)
    sheet.value(36, 9.6, "invoice_code", big)
    sheet.text(120.5, 9, wide + paper.title, Pen(size=6.6, colour=ink, face=FACE_SERIF, bold=0.6, spacing=6), anchor="c")
    sheet.line(82, 18, 159, 18, colour=ink)
    sheet.line(82, 19.2, 159, 19.2, colour=ink)
    sheet.stamp(seal("全国统一发票监制章", wide, rng=rng, diameter=27, flat=0.68, star=False), 106.5, 8.6)
    at = sheet.text(174, 9.6, "№ ", replace(big, face=FACE_SANS, colour=ink))
    sheet.value(at, 9.6, "invoice_number", replace(big, size=5.2))
    sheet.text(204, 16.6, sheet.facts["invoice_code"], replace(own, size=2.8, face=FACE_MONO))
    sheet.text(204, 20.4, sheet.facts["invoice_number"], replace(own, size=2.8, face=FACE_MONO))
    words = Pen(size=3.2, colour=ink, face=FACE_SERIF)
    sheet.text(sheet.text(36, 22.4, "机器编号：", words), 22.4, extra["machine_number"], own)
    sheet.value(sheet.text(160, 27.4, "开票日期：", words) + 1, 27.4, "issued_on", replace(own, date=DATES))
    if "普通" in paper.title:
        code = extra["check_code"]
        grouped = " ".join(code[index : index + 5] for index in range(0, 20, 5))
        sheet.text(sheet.text(36, 27.4, "校 验 码：", words), 27.4, grouped, replace(own, face=FACE_MONO))
    _lines(sheet, ink)
    _parties(sheet, document, paper)
    _sold(sheet, document, paper)
    for x, word, key in ((18, "收款人：", "payee"), (72, "复核：", "reviewer"), (122, "开票人：", "drawer")):
        sheet.text(sheet.text(x, 131, word, words), 131, extra[key], own)
    sheet.text(172, 131, "销售方：（章）", words)
    upright(sheet, 231, 60, 44, paper.copy, pen=Pen(size=2.8, colour=ink, face=FACE_SERIF))
    stamp = seal(
        document.facts["seller_name"], "发票专用章", rng=rng, diameter=40, flat=0.74, star=False, code=document.facts["seller_tax_number"]
    )
    sheet.stamp(stamp, 164, 103)
    return sheet


@layout("vat_invoice", "fresh-a")
def ordinary(document: Document, rng: Random) -> list[Sheet]:
    """The ordinary invoice of several copies: brown form, needle print a little off its lines."""
    own = Pen(size=3.3, colour=(46, 48, 84), face=FACE_SERIF, dots=True, bold=0.5)
    paper = Paper("增值税普通发票", "第二联：发票联　购买方记账凭证", RUST, own)
    return [_paper_invoice(document, rng, paper, wide=document.extra["province"])]


@layout("vat_invoice", "fresh-b")
def special(document: Document, rng: Random) -> list[Sheet]:
    """The special invoice for deduction: green-blue form, printed clearly in sans."""
    paper = Paper("增值税专用发票", "第三联：发票联　购买方记账凭证", (34, 96, 88), Pen(size=3.3, colour=(30, 30, 40)))
    return [_paper_invoice(document, rng, paper, wide=document.extra["province"])]


WIDE = (
    Column("项目名称", "name", 47), Column("规格型号", "spec", 23, "c"), Column("单 位", "unit", 15, "c"),
    Column("数 量", "quantity", 18, "r"),
    Column("单 价", "unit_price", 26, "r"), Column("金 额", "amount", 26, "r"), Column("税率/征收率", "tax_rate", 19, "c"),
    Column("税 额", "tax", 26, "r"),
)  # fmt: skip


def _digital_head(sheet: Sheet, document: Document, rng: Random, ink: Colour, words: str) -> None:
    """Code, title with the oval seal of the tax office, number and day."""
    sheet.paste(qr(document.extra["qr"], 20), 5, 5)
    sheet.text(105, 8, words, Pen(size=6.2, colour=ink, face=FACE_SERIF, bold=0.5, spacing=4), anchor="c")
    sheet.line(67, 17.4, 143, 17.4, colour=ink)
    sheet.line(67, 18.6, 143, 18.6, colour=ink)
    sheet.stamp(seal("全国统一发票监制章", "国家税务总局", rng=rng, diameter=26, flat=0.66, star=False), 92, 6)
    label = Pen(size=3.0, colour=ink, face=FACE_SERIF)
    own = Pen(size=3.0, face=FACE_SERIF, date="cn")
    sheet.value(sheet.text(152, 9.5, "发票号码：", label), 9.5, "invoice_number", own)
    sheet.value(sheet.text(152, 15.0, "开票日期：", label), 15.0, "issued_on", own)


def _digital_parties(sheet: Sheet, document: Document, ink: Colour, y: float) -> None:
    """Buyer at the left, seller at the right."""
    label = Pen(size=3.0, colour=ink, face=FACE_SERIF)
    own = Pen(size=3.0, face=FACE_SERIF)
    for x, word, who in ((5.0, "购买方信息", "buyer"), (105.0, "销售方信息", "seller")):
        sheet.box(x, y, x + 100, y + 21, colour=ink, weight=2)
        sheet.line(x + 6, y, x + 6, y + 21, colour=ink)
        upright(sheet, x + 3, y, 21, word, pen=Pen(size=2.9, colour=ink, face=FACE_SERIF))
        sheet.value(sheet.text(x + 7.5, y + 3.4, "名称：", label), y + 3.4, f"{who}_name", own)
        at = sheet.text(x + 7.5, y + 13.4, "统一社会信用代码/纳税人识别号：", label)
        if f"{who}_tax_number" in document.facts:
            sheet.value(at, y + 13.4, f"{who}_tax_number", own)


def _digital_body(sheet: Sheet, document: Document, ink: Colour, y: float, rows: Sequence[dict[str, str]]) -> float:
    """Goods, sums and remarks; returns the y below."""
    label, own = Pen(size=3.0, colour=ink, face=FACE_SERIF), Pen(size=3.0, face=FACE_SERIF)
    height = max(38.0, 9 + len(rows) * 5 + 8)
    sheet.box(5, y, 205, y + height, colour=ink, weight=2)
    sheet.heading(5, y + 1.4, WIDE, label)
    for index, row in enumerate(rows):
        sheet.row(5, y + 6.6 + index * 5, WIDE, row, pen=own)
    base = y + height - 5.4
    sheet.text(28, base, "合　　计", label, anchor="c")
    yen = replace(own, money="yen")
    sheet.value(159.2, base, "net_amount", yen, anchor="r")
    sheet.value(204.2, base, "tax_amount", yen, anchor="r")
    y += height
    sheet.box(5, y, 205, y + 7.5, colour=ink, weight=2)
    sheet.line(52, y, 52, y + 7.5, colour=ink)
    sheet.text(28.5, y + 2, "价税合计（大写）", label, anchor="c")
    sheet.text(56, y + 2, "⊗", Pen(size=3.2))
    sheet.value(61, y + 2, "total_upper", own)
    sheet.value(sheet.text(146, y + 2, "（小写）", label), y + 2, "total_amount", yen)
    return y + 7.5


@layout("vat_invoice", "fresh-c")
def digital_ordinary(document: Document, rng: Random) -> list[Sheet]:
    """The fully digital ordinary invoice, half of an A4 sheet."""
    document = digital(document)
    rows = [dict(row) for row in document.rows]
    sheet = Sheet(210, 140, facts=document.facts, rng=rng)
    _digital_head(sheet, document, rng, RUST, "电子发票（普通发票）")
    _digital_parties(sheet, document, RUST, 27)
    y = _digital_body(sheet, document, RUST, 48, rows)
    sheet.box(5, y, 205, y + 22, colour=RUST, weight=2)
    sheet.line(11, y, 11, y + 22, colour=RUST)
    upright(sheet, 8, y, 22, "备注", pen=Pen(size=3, colour=RUST, face=FACE_SERIF))
    bank = f"销方开户银行:{document.extra['seller_bank'].split()[0]}; 银行账号:{document.extra['seller_bank'].split()[1]}"
    sheet.text(13, y + 2.4, bank, Pen(size=2.8, face=FACE_SERIF))
    sheet.text(sheet.text(16, y + 25, "开票人：", Pen(size=3, colour=RUST, face=FACE_SERIF)), y + 25, document.extra["drawer"], Pen(size=3))
    return [sheet]


@layout("vat_invoice", "fresh-d")
def digital_special_printed(document: Document, rng: Random) -> list[Sheet]:
    """The fully digital special invoice printed in the upper half of an A4 sheet in black only, with the clerk's notes below."""
    document = digital(document)
    rows = [dict(row) for row in document.rows]
    sheet = Sheet(210, 297, facts=document.facts, rng=rng, paper=(252, 252, 252))
    ink: Colour = (64, 64, 64)
    _digital_head(sheet, document, rng, ink, "电子发票（增值税专用发票）")
    _digital_parties(sheet, document, ink, 27)
    y = _digital_body(sheet, document, ink, 48, rows)
    sheet.box(5, y, 205, y + 20, colour=ink, weight=2)
    sheet.line(11, y, 11, y + 20, colour=ink)
    upright(sheet, 8, y, 20, "备注", pen=Pen(size=3, colour=ink, face=FACE_SERIF))
    sheet.text(13, y + 2.4, f"价税合计 {money(document.facts['total_amount'], 'comma')} 元已付讫", Pen(size=2.8, face=FACE_SERIF))
    sheet.text(16, y + 23, "开票人：" + document.extra["drawer"], Pen(size=3, colour=ink, face=FACE_SERIF))
    sheet.text(20, 176, "经办人：", Pen(size=4))
    sheet.text(84, 176, "证明人：", Pen(size=4))
    sheet.text(148, 176, "审批：", Pen(size=4))
    sheet.line(5, 168, 205, 168, colour=(190, 190, 190), weight=1)
    return [sheet]
