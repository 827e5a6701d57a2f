"""Settlement sheets of basic medical insurance (基本医疗保险结算单) for development."""

from random import Random

from anpei.samples.drawing.sheet import FACE_MONO, Pen, Sheet
from anpei.samples.layouts.parts import Pair, hospital_seal, pairs, title
from anpei.samples.layouts.registry import layout
from anpei.samples.world.documents import Document


def boxes(sheet: Sheet, x: float, y: float, rows: list[list[tuple[str, str]]], *, label: float, value: float, height: float) -> float:
    """A ruled form: label cell, value cell, side by side; unknown or empty names leave the cell blank."""
    for row in rows:
        at = x
        for text, name in row:
            sheet.box(at, y, at + label, y + height)
            sheet.box(at + label, y, at + label + value, y + height)
            sheet.text(at + label / 2, y + height * 0.26, text, anchor="c")
            if name in sheet.facts:
                sheet.value(at + label + 1.5, y + height * 0.26, name)
            at += label + value
        y += height
    return y


@layout("settlement_sheet", "known-a")
def ruled_form(document: Document, rng: Random) -> list[Sheet]:
    """A ruled form, three label-value columns, as printed by provincial platforms."""
    sheet = Sheet(210, 200, facts=document.facts, rng=rng)
    sheet.label_pen = Pen(size=3.1)
    sheet.value_pen = Pen(size=3.2)
    title(sheet, 12, f"{document.extra['province']}基本医疗保险住院费用结算单", Pen(size=5.8, bold=0.8))
    sheet.pair(12, 25, "定点医疗机构：", "hospital_name")
    sheet.pair(110, 25, "结算日期：", "settled_on")
    sheet.text(165, 25, "单位：元")
    who = [
        [("姓名", "patient_name"), ("性别", ""), ("医保类型", "insurance_type")],
        [("住院号", "admission_number"), ("入院日期", "admitted_on"), ("出院日期", "discharged_on")],
    ]
    y = boxes(sheet, 12, 32, who, label=24, value=38, height=9)
    sheet.box(12, y, 36, y + 9)
    sheet.box(36, y, 198, y + 9)
    sheet.text(24, y + 2.4, "身份证号", anchor="c")
    sheet.value(37.5, y + 2.4, "id_number")
    sheet.box(12, y + 9, 198, y + 17)
    sheet.text(105, y + 11, "费用结算情况", Pen(size=3.4, bold=0.5), anchor="c")
    money = [
        [("医疗费总额", "total_amount"), ("统筹基金支付", "pooled_fund"), ("大病保险支付", "serious_illness_fund")],
        [("其他支付", "other_payment"), ("个人账户支付", "personal_account"), ("个人现金支付", "personal_cash")],
        [("个人自付", "self_paid"), ("个人自费", "own_expense"), ("起付标准", "")],
    ]
    y = boxes(sheet, 12, y + 17, money, label=24, value=38, height=10)
    sheet.text(14, y + 10, f"经办人：{document.extra['doctor']}")
    sheet.text(80, y + 10, "患者或家属签字：")
    hospital_seal(sheet, 148, y - 6, document, "医保结算专用章", rng=rng, diameter=38)
    return [sheet]


@layout("settlement_sheet", "known-b")
def plain_list(document: Document, rng: Random) -> list[Sheet]:
    """An unruled slip of a hospital window, one amount a line."""
    sheet = Sheet(148, 210, facts=document.facts, rng=rng)
    sheet.label_pen = Pen(size=3.6)
    sheet.value_pen = Pen(size=3.6, face=FACE_MONO, date="cn")
    sheet.value(74, 10, "hospital_name", Pen(size=5.2, bold=0.7), anchor="c")
    title(sheet, 19, "基本医疗保险结算单", Pen(size=5, bold=0.6), rules=1)
    head: list[list[Pair]] = [
        [(12, "姓名：", "patient_name"), (66, "医保类型：", "insurance_type")],
        [(12, "身份证号：", "id_number")],
        [(12, "住院号：", "admission_number"), (66, "科室：" + document.extra["department"], "")],
        [(12, "入院日期：", "admitted_on"), (72, "出院日期：", "discharged_on")],
        [(12, "结算日期：", "settled_on")],
    ]
    y = pairs(sheet, 33, 7.5, head)
    sheet.line(10, y, 138, y, weight=3)
    amounts: list[list[Pair]] = [
        [(12, "费用总额：", "total_amount")],
        [(12, "医保统筹基金支付：", "pooled_fund")],
        [(12, "大病保险支付：", "serious_illness_fund")],
        [(12, "其他支付：", "other_payment")],
        [(12, "个人自付：", "self_paid")],
        [(12, "个人自费：", "own_expense")],
        [(12, "个人账户支付：", "personal_account")],
        [(12, "个人现金支付：", "personal_cash")],
    ]
    y = pairs(sheet, y + 5, 8, amounts)
    sheet.line(10, y, 138, y)
    sheet.text(12, y + 8, f"操作员：{document.extra['doctor']}")
    sheet.text(72, y + 8, "参保人签名：")
    hospital_seal(sheet, 92, y - 34, document, "医保办公室", rng=rng, diameter=36)
    return [sheet]
