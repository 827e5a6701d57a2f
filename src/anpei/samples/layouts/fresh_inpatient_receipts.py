"""In-patient receipts of the fresh set: electronic with three columns of fees, pre-printed naming every fee there is, a long A4 list."""

from collections.abc import Mapping
from datetime import date
from random import Random

from anpei.samples.drawing import marks
from anpei.samples.drawing.sheet import FACE_MONO, Colour, Column, Pen, Sheet
from anpei.samples.layouts.fresh_forms import Box, bars, beside, fill, paper, parts_of, ruled, song, tractor, upright
from anpei.samples.layouts.registry import layout
from anpei.samples.world.documents import Document

RED: Colour = (150, 40, 40)
BLUE: Colour = (34, 62, 128)
FEES = (
    ("床位费", "诊查费", "护理费"),
    ("检查费", "化验费", "放射费"),
    ("治疗费", "手术费", "麻醉费"),
    ("康复费", "输血费", "输氧费"),
    ("西药费", "中成药费", "中草药费"),
    ("材料费", "接生费", "其他费"),
)


def days_of(facts: Mapping[str, str]) -> str:
    """How many days a stay lasted, as forms count them (from day to day)."""
    return str((date.fromisoformat(facts["discharged_on"]) - date.fromisoformat(facts["admitted_on"])).days)


@layout("inpatient_receipt", "fresh-a")
def electronic(document: Document, rng: Random) -> list[Sheet]:
    """电子票据: red frame, fees in three columns, 其他信息 as running lines, the stay from one day to the other."""
    depth = max((len(document.rows) + 2) // 3, 3)
    sheet = paper((215, 136 + depth * 6), document.facts, rng, label=Pen(size=3.1, colour=RED), value=Pen(size=3.2, date="compact"))
    title = f"{document.extra['province']}医疗住院收费票据（电子）"
    sheet.text(107, 9, title, Pen(size=6, colour=RED, bold=0.5, spacing=2), anchor="c")
    sheet.line(55, 17.4, 160, 17.4, colour=RED, weight=4)
    sheet.stamp(marks.seal("财政部全国统一监制", "监制章", rng=rng, diameter=25, flat=0.68, star=False), 95, 19)
    sheet.paste(marks.qr(document.extra["qr"], 20), 184, 8)
    left = (("票据代码:", "receipt_code"), ("校验码:", "verification_code"), ("交款人:", "patient_name"))
    right = (("票据号码:", "receipt_number"), ("开票日期:", "issued_on"), ("交款人统一社会信用代码:", ""))
    for number in range(3):
        fill(sheet, 12, 24 + number * 5.4, *left[number])
        fill(sheet, 128, 29.4 + (number - 1) * 5.4, *right[number])
    y = _columns(sheet, document, 42, depth)
    _lines(sheet, document, y)
    return [sheet]


def _columns(sheet: Sheet, document: Document, y: float, depth: int) -> float:
    """The fees and the total; returns the y below."""
    columns = [Column("项目名称", "name", 33, "c"), Column("金额(元)", "amount", 30.5, "r")]
    sheet.grid(12, y, [Column("", "", 63.5)] * 3, 1, 6.5 + depth * 6, colour=RED)
    sheet.line(12, y + 6.5, 202.5, y + 6.5, colour=RED)
    groups = parts_of(document.rows, depth)
    for place in range(3):
        sheet.heading(12 + place * 63.5, y + 1.7, columns)
        for number, row in enumerate(groups[place] if place < len(groups) else ()):
            sheet.row(12 + place * 63.5, y + 8 + number * 6, columns, row)
    y += 6.5 + depth * 6
    sheet.box(12, y, 202.5, y + 7.5, colour=RED)
    fill(sheet, 14, y + 2.2, "金额合计(大写):", "total_upper", gap=2)
    fill(sheet, 134, y + 2.2, "(小写):", "total_amount", gap=2)
    return y + 7.5


def _lines(sheet: Sheet, document: Document, y: float) -> None:
    """其他信息 and the foot."""
    sheet.box(12, y, 202.5, y + 36, colour=RED)
    sheet.line(19, y, 19, y + 36, colour=RED)
    upright(sheet, 15.5, y, 36, "其他信息")
    facts = document.facts
    paid = f"{(int(facts['personal_cash'].split('.')[0]) // 1000 + 1) * 1000}.00"
    lines = (
        (("业务流水号:", "", document.extra["serial"][:12]), ("医疗机构类型:", "hospital_type", ""), ("性别:", "gender", "")),
        (
            ("病历号:", "", facts["admission_number"][2:] + "01"),
            ("住院号:", "admission_number", ""),
            ("住院科别:", "", document.extra["department"]),
        ),
        (("预缴金额:", "", paid), ("补缴金额:", "", "0.00"), ("医保类型:", "insurance_type", "")),
        (("医保统筹基金支付:", "pooled_fund", ""), ("其他支付:", "other_payment", ""), ("医保编号:", "", "")),
        (("个人账户支付:", "personal_account", ""), ("个人现金支付:", "personal_cash", ""), ("个人自付:", "self_paid", "")),
        (("个人自费:", "own_expense", ""),),
    )
    for down, line in enumerate(lines):
        for x, (label, fact, text) in zip((21, 82, 143), line, strict=False):
            fill(sheet, x, y + 2.2 + down * 5.7, label, fact, text=text)
    after = fill(sheet, 82, y + 2.2 + 5 * 5.7, "住院时间:", "admitted_on")
    sheet.value(sheet.text(after + 0.8, y + 2.2 + 5 * 5.7, "至") + 0.8, y + 2.2 + 5 * 5.7, "discharged_on")
    fill(sheet, 12, y + 41, "收款单位(章):", "hospital_name")
    fill(sheet, 118, y + 41, "复核人:", "", text=document.extra["reviewer"])
    fill(sheet, 164, y + 41, "收款人:", "", text=document.extra["cashier"])
    sheet.stamp(marks.seal(facts["hospital_name"], "收费专用章", rng=sheet.rng, diameter=30, code=facts["receipt_code"]), 84, y + 37)


@layout("inpatient_receipt", "fresh-b")
def pre_printed(document: Document, rng: Random) -> list[Sheet]:
    """机打票据 on 241 mm continuous paper: every fee is named on the form, the printer fills in those there are."""
    value = Pen(size=3.5, face=FACE_MONO, dots=True, colour=(52, 44, 96))
    sheet = paper((241, 139.7), document.facts, rng, label=Pen(size=3.2, colour=BLUE), value=value)
    tractor(sheet)
    sheet.text(120, 9, f"{document.extra['province']}医疗住院收费专用票据", Pen(size=6.2, colour=BLUE, spacing=5), anchor="c")
    sheet.paste(bars(document.facts["receipt_number"], 42, 7), 178, 6)
    sheet.text(120, 18, "（机打票据 手写无效）", Pen(size=2.9, colour=BLUE), anchor="c")
    fill(sheet, 18, 17.6, "票据代码：", "receipt_code", gap=1)
    fill(sheet, 178, 15.6, "票据号码：", "receipt_number", gap=1)
    _who(sheet, document)
    y = _fees(sheet, document, 44)
    _paid(sheet, y)
    foot = y + 26
    fill(sheet, 18, foot, "收款单位：", "hospital_name", gap=1)
    fill(sheet, 92, foot, "复核：", "", text=document.extra["reviewer"], gap=1)
    fill(sheet, 124, foot, "收款：", "", text=document.extra["cashier"], gap=1)
    fill(sheet, 156, foot, "开票日期：", "issued_on", gap=1)
    return [sheet]


def _who(sheet: Sheet, document: Document) -> None:
    """Two lines of particulars in boxes."""
    first = [Box(18, "姓 名"), Box(34, fact="patient_name"), Box(14, "性 别"), Box(16, fact="gender"), Box(18, "住院号")]
    first += [Box(34, fact="admission_number"), Box(20, "住院科室"), Box(51, text=document.extra["department"])]
    second = [Box(18, "住院日期"), Box(64, "自 ", fact="admitted_on"), Box(18, "医保类型"), Box(54, fact="insurance_type")]
    second += [Box(20, "机构类型"), Box(31, fact="hospital_type")]
    y = ruled(sheet, 18, 23, 8.5, first, colour=BLUE)
    ruled(sheet, 18, y, 8.5, second, colour=BLUE)
    sheet.value(sheet.text(66, y + 2.5, "至 "), y + 2.5, "discharged_on")


def _fees(sheet: Sheet, document: Document, y: float) -> float:
    """Three pairs of named fees and amounts; only fees with an amount become rows. Returns the y below the total."""
    amounts = {row["name"]: row["amount"] for row in document.rows}
    y = ruled(sheet, 18, y, 7, [Box(32, "项 目"), Box(36.33, "金 额（元）")] * 3, colour=BLUE)
    for names in FEES:
        ruled(sheet, 18, y, 7, [box for name in names for box in (Box(32, name), Box(36.33, text=" ", align="r"))], colour=BLUE)
        for place, name in enumerate(names):
            if name in amounts:
                sheet.text(18 + place * 68.33 + 66.5, y + 1.8, amounts[name], sheet.value_pen, anchor="r")
                sheet.shown_rows.append({"name": name, "amount": amounts[name]})
        y += 7
    sheet.box(18, y, 223, y + 8, colour=BLUE)
    fill(sheet, 20, y + 2.3, "合计人民币（大写）", "total_upper", gap=2)
    fill(sheet, 168, y + 2.3, "￥", "total_amount", gap=1)
    return y + 8


def _paid(sheet: Sheet, y: float) -> None:
    """The payments: labels above amounts."""
    paid = (("统筹支付", "pooled_fund"), ("其他支付", "other_payment"), ("个人账户", "personal_account"), ("现金支付", "personal_cash"))
    more = (("个人自付", "self_paid"), ("个人自费", "own_expense"))
    y = ruled(sheet, 18, y + 2, 6.5, [Box(34.16, label) for label, _ in (*paid, *more)], colour=BLUE)
    ruled(sheet, 18, y, 8, [Box(34.16, fact=fact, align="c") for _, fact in (*paid, *more)], colour=BLUE)


@layout("inpatient_receipt", "fresh-c")
def listed(document: Document, rng: Random) -> list[Sheet]:
    """An A4 print in Song: fees one below another with units and counts, payments in a column of labels beside values, 住院时间 split."""
    sheet = paper((210, 297), document.facts, rng, label=song(3.4), value=song(3.5, date="cn"))
    sheet.text(105, 14, f"{document.extra['province']}医疗住院收费票据（电子）", song(6.0, bold=0.4), anchor="c")
    sheet.text(105, 23, "（收据联）", song(3.4), anchor="c")
    sheet.paste(marks.qr(document.extra["qr"], 22), 14, 8)
    fill(sheet, 142, 30, "票据代码：", "receipt_code", gap=0)
    fill(sheet, 142, 36, "票据号码：", "receipt_number", gap=0)
    fill(sheet, 142, 42, "校 验 码：", "verification_code", gap=0)
    fill(sheet, 14, 36, "交款人：", "patient_name", gap=0)
    fill(sheet, 70, 36, "性别：", "gender", gap=0)
    fill(sheet, 14, 42, "开票日期：", "issued_on", gap=0)
    y = 49.0
    for widths, cells in (
        ("24 36 24 36 24 38", f"住院号:admission_number;科　室:{document.extra['department']};机构类型:hospital_type"),
        ("24 36 24 36 24 38", "入院日期:admitted_on;出院日期:discharged_on;医保类型:insurance_type"),
    ):
        y = ruled(sheet, 14, y, 8.5, beside(sheet, widths, cells))
    y = _one_below_another(sheet, document, y + 3)
    sheet.text(14, y + 5, "医保结算信息", song(3.6, bold=0.5))
    y += 11
    for cells in (
        "医保统筹基金支付:pooled_fund;个人账户支付:personal_account",
        "其他支付（含大病）:other_payment;个人现金支付:personal_cash",
        "个人自付:self_paid;个人自费:own_expense",
    ):
        y = ruled(sheet, 14, y, 8, beside(sheet, "44 47 44 47", cells, align="r"))
    fill(sheet, 14, y + 8, "收款单位（章）：", "hospital_name", gap=0)
    fill(sheet, 104, y + 8, "收款人：", "", text=document.extra["cashier"], gap=0)
    sheet.stamp(marks.seal(document.facts["hospital_name"], "财务专用章", rng=rng, diameter=36), 148, y + 4)
    return [sheet]


def _one_below_another(sheet: Sheet, document: Document, y: float) -> float:
    """The fees with the total below; returns the y below it."""
    columns = [Column("收费项目", "name", 62, "c"), Column("单位", "unit", 26, "c"), Column("数量", "quantity", 26, "c")]
    columns.append(Column("金额（元）", "amount", 68, "r"))
    sheet.grid(14, y, columns, len(document.rows) + 1, 7)
    sheet.heading(14, y + 1.8, columns)
    for number, row in enumerate(document.rows, start=1):
        sheet.row(14, y + 1.8 + number * 7, columns, row)
    y += (len(document.rows) + 1) * 7
    sheet.box(14, y, 196, y + 8)
    fill(sheet, 16, y + 2.2, "金额合计（大写）：", "total_upper", gap=0)
    fill(sheet, 146, y + 2.2, "（小写）：", "total_amount", gap=0)
    return y + 8
