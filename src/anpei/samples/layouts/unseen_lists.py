"""Unseen fee lists and settlement sheets: continuous paper from a needle printer, a wrapped daily list, two fund forms."""

from collections.abc import Mapping, Sequence
from random import Random

from anpei.samples.drawing.sheet import FACE_MONO, Colour, Column, Pen, Sheet
from anpei.samples.layouts.registry import layout
from anpei.samples.layouts.unseen_parts import (
    FADED,
    GREY,
    Cell,
    centred,
    fact,
    perforated,
    ruled,
    seal,
    start,
    watermark,
    wrapped_row,
)
from anpei.samples.world.documents import Document

INK: Colour = (62, 58, 80)
NEEDLE = Pen(size=3.5, colour=INK, face=FACE_MONO, dots=True)
BAR: Colour = (232, 241, 233)
WIDE_ROWS = 24

WIDE_COLUMNS = (
    Column("序号", "", 11, "c"),
    Column("项目编码", "item_code", 44),
    Column("医保类别", "insurance_class", 17, "c"),
    Column("项目名称", "name", 56),
    Column("规格型号", "spec", 30),
    Column("计价单位", "unit", 18, "c"),
    Column("单价", "unit_price", 24, "r"),
    Column("数量", "quantity", 14, "r"),
    Column("金额", "amount", 26, "r"),
)


def stay_or_visit(facts: Mapping[str, str]) -> bool:
    """True for the list of a hospital stay."""
    return "admission_number" in facts


def _parts(rows: Sequence[Mapping[str, str]], size: int) -> list[Sequence[Mapping[str, str]]]:
    return [rows[at : at + size] for at in range(0, len(rows), size)]


@layout("fee_list", "unseen-a")
def continuous_paper(document: Document, rng: Random) -> list[Sheet]:
    """A wide list on striped continuous paper: dot-matrix print, code and class before the name, prices with four decimals."""
    parts = _parts(document.rows, WIDE_ROWS)
    sheets = []
    for number, rows in enumerate(parts, start=1):
        sheet = start(document, rng, (266, 203), label=NEEDLE, value=NEEDLE, paper=(252, 253, 251))
        _stripes(sheet)
        _wide_head(sheet, document, number, len(parts))
        y = 48.0
        for index, row in enumerate(rows):
            sheet.text(17.5, y, str((number - 1) * WIDE_ROWS + index + 1), NEEDLE, anchor="c")
            sheet.row(12, y, WIDE_COLUMNS, row, pen=Pen(size=3.3, colour=INK, face=FACE_MONO, dots=True, money="four"))
            y += 5.6
        sheet.line(12, y + 0.6, 254, y + 0.6, colour=INK)
        if number == len(parts):
            sheet.text(150, y + 2.6, "费用总计：")
            fact(sheet, 252, y + 2.6, "total_amount", document.facts["total_amount"], pen=NEEDLE, anchor="r")
            sheet.text(14, y + 2.6, f"操作员：{rng.randint(1000, 1999)}　打印科室：{document.extra['department']}")
        else:
            sheet.text(14, y + 2.6, "接下页……")
        sheets.append(sheet)
    return sheets


def _stripes(sheet: Sheet) -> None:
    for index in range(12):
        top = 46.8 + index * 11.2
        sheet.box(10, top, 256, top + 5.6, colour=BAR, fill=BAR)
    perforated(sheet)


def _wide_head(sheet: Sheet, document: Document, number: int, count: int) -> None:
    """The hospital alone in the first line; labels and facts in running lines; the page at the right."""
    stay = stay_or_visit(document.facts)
    sheet.value(133, 9, "hospital_name", Pen(size=5, colour=INK, dots=True, spacing=3), anchor="c")
    sheet.text(133, 17, "住院病人费用汇总清单" if stay else "门诊病人费用汇总清单", Pen(size=4.6, colour=INK, dots=True), anchor="c")
    x = sheet.text(214, 17.4, "第 ")
    sheet.shown |= {"page_no": str(number), "page_count": str(count)}
    sheet.text(x, 17.4, f"{number} 页/共 {count} 页")
    sheet.pair(13, 25, "病人姓名:", "patient_name")
    if stay:
        sheet.pair(76, 25, "住院号:", "admission_number")
        sheet.pair(13, 31.6, "入院时间:", "admitted_on")
        sheet.pair(76, 31.6, "出院时间:", "discharged_on")
        sheet.text(140, 31.6, f"病区:{document.extra['department']}病区")
    else:
        sheet.pair(76, 25, "门诊号:", "outpatient_number")
        sheet.pair(13, 31.6, "就诊时间:", "visit_on")
    sheet.pair(140, 25, "性别:", "gender")
    sheet.line(12, 38, 254, 38, colour=INK)
    sheet.heading(12, 40, WIDE_COLUMNS, NEEDLE)
    sheet.line(12, 45.6, 254, 45.6, colour=INK)


DAILY_COLUMNS = (
    Column("费用日期", "charged_on", 23, "c"),
    Column("收费项目（规格）", "name/spec", 33, joint=" "),
    Column("单位", "unit", 13, "c"),
    Column("数量", "quantity", 14, "c"),
    Column("单价(元)", "unit_price", 22, "r"),
    Column("金额(元)", "amount", 24, "r"),
    Column("医保", "insurance_class", 13, "c"),
    Column("执行科室", "", 19, "c"),
    Column("自付比例", "", 19, "c"),
)
DAILY_FLOOR = 264.0
_RATIOS = {"甲": "0%", "乙": "10%", "丙": "100%"}


@layout("fee_list", "unseen-b", daily=True)
def wrapped_daily(document: Document, rng: Random) -> list[Sheet]:
    """A daily list in portrait: long names go on in a second line, pages are counted in the foot, the own share stands as a rate."""
    sheets: list[Sheet] = []
    y = DAILY_FLOOR
    for row in document.rows:
        if y > DAILY_FLOOR - 12:
            sheets.append(start(document, rng, (210, 297), label=Pen(size=3.3, colour=(60, 60, 66)), value=Pen(size=3.2)))
            y = _daily_head(sheets[-1], document, first=len(sheets) == 1)
        sheet = sheets[-1]
        _decorate(sheet, y + 1.3, document.extra["department"], _RATIOS.get(row["insurance_class"], ""))
        taken = wrapped_row(sheet, 15, y + 1.3, DAILY_COLUMNS, row, step=6.4)
        sheet.line(15, y + taken, 195, y + taken, colour=(188, 188, 192), weight=1)
        y += taken
    last = sheets[-1]
    last.text(15, y + 3, "合计金额", Pen(size=3.6, bold=0.4))
    last.value(34, y + 3, "total_amount", Pen(size=3.6, bold=0.4, money="yuan"))
    last.text(110, y + 3, "（以上费用如有疑问请到住院处查询）", Pen(size=2.9, colour=GREY))
    seal(last, 138, min(y - 22, 236), document.facts["hospital_name"], "住院结算专用章", diameter=38)
    for number, sheet in enumerate(sheets, start=1):
        sheet.shown |= {"page_no": str(number), "page_count": str(len(sheets))}
        sheet.text(105, 285, f"- {number}/{len(sheets)} -", Pen(size=3, colour=GREY), anchor="c")
    return sheets


def _decorate(sheet: Sheet, y: float, *texts: str) -> None:
    """The last columns, which are no fields: where it was done, the own share as a rate."""
    x = 195 - sum(column.width for column in DAILY_COLUMNS[-2:])
    for column, text in zip(DAILY_COLUMNS[-2:], texts, strict=True):
        sheet.cell(x, y, column, text, pen=sheet.value_pen)
        x += column.width


def _daily_head(sheet: Sheet, document: Document, *, first: bool) -> float:
    """The full head on the first page, the name and number alone on the others."""
    stay = stay_or_visit(document.facts)
    number = "admission_number" if stay else "outpatient_number"
    if first:
        sheet.value(105, 13, "hospital_name", Pen(size=6, bold=0.5), anchor="c")
        centred(sheet, 22.5, "住院费用一日清单（汇总打印）" if stay else "门诊费用明细清单", Pen(size=4.6))
        cells = [Cell("姓名", "patient_name", 18, 32), Cell("性别", "gender", 16, 18), Cell("住院号" if stay else "门诊号", number, 20, 76)]
        days = Cell("住院日期", "admitted_on/discharged_on", 26, 154, joint=" ～ ") if stay else Cell("就诊日期", "visit_on", 26, 154)
        y = ruled(sheet, 15, 32, (cells, (days,)), height=7.4, colour=(150, 150, 154)) + 4
    else:
        sheet.pair(15, 13, "姓名：", "patient_name")
        sheet.pair(60, 13, "住院号：" if stay else "门诊号：", number)
        sheet.value(195, 13, "hospital_name", Pen(size=3.2, colour=GREY), anchor="r")
        y = 20.0
    sheet.box(15, y, 195, y + 7, colour=(210, 216, 226), fill=(226, 231, 239))
    sheet.heading(15, y + 1.7, DAILY_COLUMNS, Pen(size=3.2, bold=0.4))
    return y + 7


@layout("settlement_sheet", "unseen-a")
def fund_form(document: Document, rng: Random) -> list[Sheet]:
    """A ruled fund form: 个人信息, 就诊信息 and 基金支付 as blocks with an upright word at the left, amounts with commas."""
    sheet = start(document, rng, (210, 230), label=Pen(size=3.3), value=Pen(size=3.4, money="comma"))
    centred(sheet, 13, f"{document.extra['province']}基本医疗保险住院费用结算单", Pen(size=5.6, bold=0.6))
    sheet.text(15, 24, f"结算流水号：{rng.randint(10**17, 10**18 - 1)}", Pen(size=3))
    sheet.text(195, 24, "金额单位：元", Pen(size=3), anchor="r")
    y = _block(
        sheet,
        30,
        "参保信息",
        (
            (Cell("参保人姓名", "patient_name", 26, 32), Cell("性别", "gender", 16, 16), Cell("险种类型", "insurance_type", 24, 57)),
            (Cell("公民身份号码", "id_number", 26, 64), Cell("人员类别", "", 24, 57, extra=rng.choice(("在职", "退休", "普通居民")))),
        ),
    )
    y = _block(
        sheet,
        y,
        "就诊信息",
        (
            (Cell("就医机构", "hospital_name", 26, 64), Cell("机构等级", "", 24, 57, extra=document.extra["grade"])),
            (Cell("住院（病案）号", "admission_number", 26, 64), Cell("结算时间", "settled_on", 24, 57)),
            (Cell("入院时间", "admitted_on", 26, 64), Cell("出院时间", "discharged_on", 24, 57)),
            (Cell("出院诊断", "", 26, 145, extra=document.extra["diagnosis"]),),
        ),
    )
    y = _block(
        sheet,
        y,
        "费用信息",
        (
            (Cell("医疗费用总额", "total_amount", 32, 53), Cell("统筹基金支付金额", "pooled_fund", 36, 50)),
            (Cell("大病保险支付", "serious_illness_fund", 32, 53), Cell("其他基金支付", "other_payment", 36, 50)),
            (Cell("政策内自付", "self_paid", 32, 53), Cell("全自费金额", "own_expense", 36, 50)),
            (Cell("个人账户支出", "personal_account", 32, 53), Cell("个人现金支出", "personal_cash", 36, 50)),
        ),
    )
    sheet.text(18, y + 8, "参保人（或代办人）签字：")
    sheet.text(112, y + 8, f"医保经办：{document.extra['doctor']}")
    seal(sheet, 128, y - 26, document.facts["hospital_name"], "医保结算专用章", diameter=42)
    return [sheet]


def _block(sheet: Sheet, y: float, word: str, rows: Sequence[Sequence[Cell]], *, height: float = 9.4) -> float:
    """Ruled rows with a word written downwards in a narrow cell at their left."""
    bottom = ruled(sheet, 24, y, rows, height=height)
    sheet.box(15, y, 24, bottom)
    top = (y + bottom - len(word) * 4.4) / 2
    for index, char in enumerate(word):
        sheet.text(19.5, top + index * 4.4, char, anchor="c")
    return bottom


STATEMENT = (
    ("一、费用合计", (("医疗费总金额", "total_amount"),)),
    (
        "二、医保支付",
        (
            ("基本医疗保险统筹基金", "pooled_fund"),
            ("大病医疗保险基金", "serious_illness_fund"),
            ("其他资金（含救助、补助）", "other_payment"),
        ),
    ),
    (
        "三、个人负担",
        (
            ("按比例自付", "self_paid"),
            ("自费", "own_expense"),
            ("个人账户扣款", "personal_account"),
            ("现金（含移动支付）", "personal_cash"),
        ),
    ),
)


@layout("settlement_sheet", "unseen-b")
def plain_statement(document: Document, rng: Random) -> list[Sheet]:
    """A narrow thermal print without lines, somewhat faded: sections with figures set flush right, as self-service terminals print it."""
    sheet = start(document, rng, (148, 210), label=Pen(size=3.5, colour=FADED), value=Pen(size=3.5, colour=FADED), paper=(250, 248, 243))
    watermark(sheet, "医疗保障", size=9, colour=(240, 238, 232), step=(60, 48))
    centred(sheet, 12, "医疗保险费用结算凭证", Pen(size=5.4, bold=0.6, spacing=3))
    centred(sheet, 20.5, f"（{document.extra['province']}　住院）", Pen(size=3.4))
    y = 30.0
    for label, name in (
        *(
            ("定点医药机构", "hospital_name"),
            ("姓　　　　名", "patient_name"),
            ("证　件　号　码", "id_number"),
            ("参　保　类　型", "insurance_type"),
        ),
        *(("住　　院　　号", "admission_number"), ("结　算　日　期", "settled_on")),
    ):
        sheet.text(14, y, label)
        sheet.value(48, y, name)
        y += 6.6
    sheet.text(14, y, "住　院　时　间")
    sheet.value(sheet.text(sheet.value(48, y, "admitted_on") + 1, y, "—") + 1, y, "discharged_on")
    y += 10
    for head, rows in STATEMENT:
        y = _flush_right(sheet, y, head, rows)
    sheet.text(14, y + 2, f"经办人：{document.extra['doctor']}", Pen(size=3.1))
    sheet.text(134, y + 2, "打印次数：1", Pen(size=3.1), anchor="r")
    seal(sheet, 88, y - 34, document.facts["hospital_name"], "医保专用章", diameter=36)
    return [sheet]


def _flush_right(sheet: Sheet, y: float, head: str, rows: Sequence[tuple[str, str]]) -> float:
    sheet.text(14, y, head, Pen(size=3.7, bold=0.5))
    sheet.line(14, y + 5.2, 134, y + 5.2, colour=(140, 140, 144), weight=1)
    y += 7.4
    for label, name in rows:
        sheet.text(18, y, label)
        sheet.value(133, y, name, anchor="r", suffix=" 元")
        y += 6.6
    return y + 2.4
