"""Settlement sheets held back from development: a two-column regional form and a landscape statement with values below labels."""

from random import Random

from anpei.samples.drawing.sheet import FACE_MONO, Pen, Sheet
from anpei.samples.layouts.parts import Pair, hospital_seal, pairs, title
from anpei.samples.layouts.registry import layout
from anpei.samples.layouts.settlement_known import boxes
from anpei.samples.world.documents import Document


@layout("settlement_sheet", "heldback-a")
def two_column_form(document: Document, rng: Random) -> list[Sheet]:
    """A regional form with two label-value columns and other words for the same payments."""
    sheet = Sheet(210, 240, facts=document.facts, rng=rng)
    sheet.label_pen = Pen(size=3.4)
    sheet.value_pen = Pen(size=3.5, date="cn", money="comma")
    title(sheet, 12, "基本医疗保险医疗费用结算单", Pen(size=6, bold=0.8))
    sheet.text(105, 22, f"（{document.extra['province']}　住院）", Pen(size=3.6), anchor="c")
    rows = [
        [("参保人姓名", "patient_name"), ("证件号码", "id_number")],
        [("就诊机构", "hospital_name"), ("险种类型", "insurance_type")],
        [("住院流水号", "admission_number"), ("结算时间", "settled_on")],
        [("入院时间", "admitted_on"), ("出院时间", "discharged_on")],
        [("费用总额", "total_amount"), ("起付线", "")],
        [("基本统筹支付", "pooled_fund"), ("大病保险基金", "serious_illness_fund")],
        [("其他基金支付", "other_payment"), ("个人账户支出", "personal_account")],
        [("自付金额", "self_paid"), ("自费金额", "own_expense")],
        [("现金支付金额", "personal_cash"), ("备注", "")],
    ]
    y = boxes(sheet, 12, 30, rows, label=34, value=59, height=11)
    sheet.text(14, y + 10, f"经办：{document.extra['doctor']}")
    sheet.text(80, y + 10, "参保人签字：")
    hospital_seal(sheet, 146, y - 10, document, "医保结算章", rng=rng, diameter=38)
    return [sheet]


@layout("settlement_sheet", "heldback-b")
def landscape_statement(document: Document, rng: Random) -> list[Sheet]:
    """A landscape statement: personal data in running lines, the amounts in a strip with values below their labels."""
    sheet = Sheet(240, 150, facts=document.facts, rng=rng, paper=(252, 252, 250))
    sheet.label_pen = Pen(size=3.5)
    sheet.value_pen = Pen(size=3.5, face=FACE_MONO, date="dots")
    title(sheet, 9, f"{document.facts['hospital_name']}医疗保险结算单", Pen(size=5.8, bold=0.8), rules=1)
    sheet.shown["hospital_name"] = document.facts["hospital_name"]
    head: list[list[Pair]] = [
        [(14, "姓名 ", "patient_name"), (70, "公民身份号码 ", "id_number"), (154, "参保类别 ", "insurance_type")],
        [(14, "住院号 ", "admission_number"), (70, "住院时段 ", "admitted_on")],
    ]
    pairs(sheet, 26, 8, head)
    x = sheet.text(112, 34, "至 ")
    sheet.value(x, 34, "discharged_on")
    sheet.pair(154, 34, "结算日期 ", "settled_on")
    strip = [
        [("总费用", "total_amount"), ("医保统筹", "pooled_fund"), ("大病保险", "serious_illness_fund"), ("其他支付", "other_payment")],
        [("个人自付", "self_paid"), ("个人自费", "own_expense"), ("个人账户", "personal_account"), ("个人现金", "personal_cash")],
    ]
    for index, row in enumerate(strip):
        y = 50 + index * 26
        for column, (label, name) in enumerate(row):
            x = 14 + column * 53
            sheet.box(x, y, x + 53, y + 9, fill=(238, 238, 232))
            sheet.box(x, y + 9, x + 53, y + 20)
            sheet.text(x + 26.5, y + 2.6, label, anchor="c")
            sheet.value(x + 26.5, y + 12.8, name, anchor="c")
    sheet.text(14, 112, f"经办人 {document.extra['doctor']}")
    sheet.text(14, 122, "以上费用已由本人核对无误。签名：")
    hospital_seal(sheet, 180, 98, document, "医保办", rng=rng, diameter=38)
    return [sheet]
