"""Forms whose amounts stand in groups, for development: a panel of labels without colons beside the table, labels above their
values, number and price in one cell, a list cut into fee categories with their own totals.
"""

from collections.abc import Iterator, Mapping, Sequence
from random import Random

from anpei.kernel.money import Money
from anpei.samples.drawing import marks
from anpei.samples.drawing.sheet import FACE_MONO, Column, Pen, Sheet
from anpei.samples.layouts.fee_lists_known import cut
from anpei.samples.layouts.parts import Pair, hospital_seal, pairs, receipt_seal, state_seal, title
from anpei.samples.layouts.registry import layout
from anpei.samples.world.documents import Document, yuan

SPLITS = [
    ("统筹基金支付", "pooled_fund"), ("个人账户支付", "personal_account"), ("其他支付", "other_payment"),
    ("现金支付", "personal_cash"), ("个人自付", "self_paid"), ("个人自费", "own_expense"),
]  # fmt: skip


def above(sheet: Sheet, x: float, y: float, cells: Sequence[tuple[str, str]], *, width: float, height: float) -> None:
    """A ruled block whose labels stand in the upper cells and their values in the cells below."""
    for index, (label, name) in enumerate(cells):
        left = x + index * width
        sheet.box(left, y, left + width, y + height)
        sheet.box(left, y + height, left + width, y + 2 * height)
        sheet.text(left + width / 2, y + height * 0.22, label, anchor="c")
        if name in sheet.facts:
            sheet.value(left + width / 2, y + height * 1.22, name, anchor="c")


@layout("outpatient_receipt", "known-d")
def priced_in_one_cell(document: Document, rng: Random) -> list[Sheet]:
    """Price and number in one cell, the total in figures behind the capitals without a label, the split in a block under its labels."""
    sheet = Sheet(210, 148, facts=document.facts, rng=rng)
    sheet.label_pen = Pen(size=3.4, colour=(30, 70, 60))
    sheet.value_pen = Pen(size=3.4)
    title(sheet, 9, f"{document.extra['province']}医疗门诊收费票据（电子）", Pen(size=6.2, colour=(30, 70, 60), bold=0.8), rules=1)
    state_seal(sheet, 105, 3, document.extra["province"], rng)
    sheet.paste(marks.qr(document.extra["qr"], 22), 12, 6)
    header: list[list[Pair]] = [
        [(40, "票据代码：", "receipt_code"), (84, "票据号码：", "receipt_number"), (140, "校验码：", "verification_code")],
        [(14, "姓名：", "patient_name"), (60, "性别：", "gender"), (84, "门诊号：", "outpatient_number"), (140, "就诊日期：", "visit_on")],
        [(14, "医疗机构类型：", "hospital_type"), (84, "医保类型：", "insurance_type"), (140, "开票日期：", "issued_on")],
    ]
    pairs(sheet, 25, 5.6, header)
    columns = [
        Column("项目名称", "name", 70),
        Column("单价×数量", "unit_price/quantity", 36, "r", joint="×"),
        Column("金额(元)", "amount", 30, "r"),
        Column("类别", "insurance_class", 20, "c"),
        Column("备注", "", 28),
    ]
    sheet.grid(13, 43, columns, 10, 5.6, colour=(120, 150, 140))
    sheet.heading(13, 43.9, columns)
    for index, row in enumerate(document.rows[:9]):
        sheet.row(13, 49.5 + index * 5.6, columns, row)
    sheet.box(13, 99, 197, 106)
    x = sheet.pair(15, 100.4, "合计（大写）：", "total_upper", gap=2)
    sheet.value(x + 12, 100.4, "total_amount", Pen(size=3.4, money="yen"))
    above(sheet, 13, 109, SPLITS, width=30.6, height=6.4)
    sheet.pair(15, 130, "收费单位（盖章）：", "hospital_name")
    sheet.text(140, 130, f"收费员：{document.extra['cashier']}")
    receipt_seal(sheet, 52, 104, document, rng)
    return [sheet]


def _panel(sheet: Sheet, x: float, y: float, step: float, cells: Sequence[tuple[str, str]]) -> None:
    """Labels without a colon, values set off to the right."""
    for label, name in cells:
        sheet.text(x, y, label)
        if name in sheet.facts:
            sheet.value(x + 46, y, name, anchor="r")
        y += step


@layout("inpatient_receipt", "known-d")
def panel_on_the_left(document: Document, rng: Random) -> list[Sheet]:
    """A paper form: fee categories on the right, on the left a panel of labels and values without colons."""
    sheet = Sheet(200, 130, facts=document.facts, rng=rng, paper=(252, 252, 247))
    blue = (50, 70, 130)
    sheet.label_pen = Pen(size=3.5, colour=blue)
    sheet.value_pen = Pen(size=3.5, face=FACE_MONO)
    title(sheet, 7, f"{document.extra['province']}医疗住院收费票据", Pen(size=6.2, colour=blue, bold=0.8), rules=2)
    state_seal(sheet, 100, 2, document.extra["province"], rng)
    header: list[list[Pair]] = [
        [(12, "票据代码 ", "receipt_code"), (74, "票据号码 ", "receipt_number"), (140, "校验码 ", "verification_code")],
        [(12, "姓名 ", "patient_name"), (50, "性别 ", "gender"), (74, "住院号 ", "admission_number"), (140, "开票日期 ", "issued_on")],
        [(12, "入院日期 ", "admitted_on"), (74, "出院日期 ", "discharged_on"), (140, "医保类型 ", "insurance_type")],
    ]
    pairs(sheet, 22, 6.2, header)
    columns = [Column("收费项目", "name", 40), Column("金额", "amount", 26, "r")]
    sheet.grid(64, 42, [*columns, *columns], 7, 6.6, colour=blue)
    for group in (0, 1):
        sheet.heading(64 + group * 66, 43.2, columns)
        for index, row in enumerate(document.rows[group * 6 : group * 6 + 6]):
            sheet.row(64 + group * 66, 49.8 + index * 6.6, columns, row)
    sheet.box(12, 42, 62, 88.2, colour=blue)
    _panel(sheet, 14, 44, 7.2, SPLITS)
    sheet.box(12, 88.2, 196, 95.4, colour=blue)
    x = sheet.pair(14, 89.8, "人民币（大写）", "total_upper", gap=2)
    sheet.pair(max(x + 8, 130), 89.8, "¥", "total_amount")
    sheet.pair(14, 99, "医疗机构类型 ", "hospital_type")
    sheet.pair(14, 116, "收款单位（章）", "hospital_name", gap=2)
    sheet.text(150, 116, f"收款人 {document.extra['cashier']}")
    receipt_seal(sheet, 58, 90, document, rng, diameter=36)
    return [sheet]


def _groups(rows: Sequence[Mapping[str, str]]) -> Iterator[tuple[str, list[Mapping[str, str]]]]:
    """Rows by fee category, in the order in which the categories first appear."""
    groups: dict[str, list[Mapping[str, str]]] = {}
    for row in rows:
        groups.setdefault(row["fee_category"], []).append(row)
    yield from groups.items()


def _sum(rows: Sequence[Mapping[str, str]]) -> str:
    return yuan(sum(Money.parse(row["amount"]).fen for row in rows))


def _grouped(sheet: Sheet, y: float, columns: Sequence[Column], rows: Sequence[Mapping[str, str]], rng: Random) -> float:
    """Each category's heading, rows and total; returns the y below."""
    for category, own in _groups(rows):
        sheet.text(12.8, y, f"【{category}】" if rng.random() < 0.5 else f"{category}：", Pen(size=3.5, bold=0.5))
        for row in own:
            y += 5.6
            sheet.row(12, y, columns, row)
        y += 5.6
        sheet.text(126, y, "小计：")
        sheet.text(181.2, y, _sum(own), anchor="r")
        y += 6.4
    return y


@layout("fee_list", "known-d")
def by_category(document: Document, rng: Random) -> list[Sheet]:
    """A list in groups of fee categories, each with a heading line and a total of its own."""
    sheets = []
    columns = [
        Column("项目名称", "name", 66),
        Column("规格", "spec", 28),
        Column("单位", "unit", 14, "c"),
        Column("单价(元)", "unit_price", 22, "r"),
        Column("数量", "quantity", 16, "r"),
        Column("金额(元)", "amount", 24, "r"),
        Column("自付比例", "", 18),
    ]
    ordered = [row for _, rows in _groups(document.rows) for row in rows]
    for facts, rows in cut(Document(kind=document.kind, facts=document.facts, rows=tuple(ordered), extra=document.extra), 14):
        sheet = Sheet(210, 297, facts=facts, rng=rng)
        sheet.label_pen = Pen(size=3.5)
        sheet.value_pen = Pen(size=3.4)
        title(sheet, 12, facts["hospital_name"], Pen(size=5.8, bold=0.8))
        sheet.shown["hospital_name"] = facts["hospital_name"]
        title(sheet, 21, "病人费用清单（分类）", Pen(size=5, bold=0.6))
        sheet.pair(14, 32, "患者姓名：", "patient_name")
        inpatient = "admission_number" in facts
        sheet.pair(74, 32, "住院号：" if inpatient else "门诊号：", "admission_number" if inpatient else "outpatient_number")
        if inpatient:
            x = sheet.pair(14, 39, "住院日期：", "admitted_on")
            sheet.value(sheet.text(x + 1, 39, "至") + 1, 39, "discharged_on")
        sheet.line(12, 46, 200, 46)
        sheet.heading(12, 47.2, columns)
        sheet.line(12, 53, 200, 53)
        y = _grouped(sheet, 55.0, columns, rows, rng)
        if facts["page_no"] == facts["page_count"]:
            sheet.line(12, y, 200, y)
            sheet.pair(126, y + 2, "总费用：", "total_amount")
        x = sheet.pair(94, 284, "第", "page_no", gap=1)
        x = sheet.pair(x + 1, 284, "页，共", "page_count", gap=1)
        sheet.text(x + 1, 284, "页")
        sheets.append(sheet)
    return sheets


@layout("settlement_sheet", "known-c")
def labels_above(document: Document, rng: Random) -> list[Sheet]:
    """A form in which every value stands under its label."""
    sheet = Sheet(210, 170, facts=document.facts, rng=rng)
    sheet.label_pen = Pen(size=3.2)
    sheet.value_pen = Pen(size=3.4)
    title(sheet, 12, f"{document.extra['province']}医疗保险费用结算单", Pen(size=5.8, bold=0.8))
    rows = [
        [("参保人姓名", "patient_name"), ("险种类型", "insurance_type"), ("住院号", "admission_number"), ("结算日期", "settled_on")],
        [("入院日期", "admitted_on"), ("出院日期", "discharged_on"), ("住院天数", ""), ("科室", "")],
        [
            ("医疗费用总额", "total_amount"), ("基本医保统筹基金支付", "pooled_fund"), ("大病保险支付", "serious_illness_fund"),
            ("其他支付", "other_payment"),
        ],
        [("个人账户支付", "personal_account"), ("个人现金支付", "personal_cash"), ("个人自付", "self_paid"), ("个人自费", "own_expense")],
    ]  # fmt: skip
    sheet.pair(12, 24, "医疗机构名称：", "hospital_name")
    sheet.pair(120, 24, "身份证号：", "id_number")
    y = 32.0
    for row in rows:
        above(sheet, 12, y, row, width=46.5, height=8)
        y += 18
    sheet.text(14, y + 8, f"经办人：{document.extra['doctor']}")
    hospital_seal(sheet, 148, y - 10, document, "医保结算专用章", rng=rng, diameter=38)
    return [sheet]


@layout("outpatient_record", "known-c")
def record_bracketed(document: Document, rng: Random) -> list[Sheet]:
    """门诊病历 whose labels stand in brackets."""
    sheet = Sheet(182, 200, facts=document.facts, rng=rng)
    sheet.label_pen = sheet.value_pen = Pen(size=3.7)
    sheet.value(91, 12, "hospital_name", Pen(size=5.8, bold=0.8), anchor="c")
    title(sheet, 21, "门 诊 病 历", Pen(size=5.2, bold=0.6), rules=1)
    head: list[list[Pair]] = [
        [(14, "姓名：", "patient_name"), (58, "性别：", "gender"), (84, "年龄：", "age"), (116, "就诊时间：", "visit_on")],
        [(14, "科室：", "department"), (84, "病历号：" + document.extra["number"], "")],
    ]
    pairs(sheet, 34, 8, head)
    sheet.pair(14, 54, "【主诉】", "chief_complaint")
    y = sheet.paragraph(14, 62, 152, f"【现病史】患者{document.extra['complaint']}，休息后缓解不明显，无发热寒战。")
    y = sheet.paragraph(14, y + 3, 152, "【体格检查】神志清，精神可，心肺听诊未及明显异常，腹平软。")
    x = sheet.pair(14, y + 3, "【初步诊断】", "diagnosis")
    sheet.text(sheet.value(sheet.text(x + 1, y + 3, "("), y + 3, "diagnosis_code"), y + 3, ")")
    sheet.paragraph(14, y + 14, 152, f"【处理】{document.extra['advice']}")
    sheet.text(120, y + 44, f"【医生】{document.extra['doctor']}")
    return [sheet]
