"""Written papers for development: appraisals of disability, claim forms, powers of attorney."""

from random import Random

from anpei.samples.drawing import formats, marks
from anpei.samples.drawing.sheet import FACE_MONO, Pen, Sheet
from anpei.samples.layouts.cards_known import grouped
from anpei.samples.layouts.parts import Pair, pairs, ruled, title
from anpei.samples.layouts.registry import layout
from anpei.samples.world.documents import Document


def _fact(sheet: Sheet, name: str, style: str = "iso") -> str:
    """A fact as it goes into a sentence, recorded as shown."""
    sheet.shown[name] = sheet.facts[name]
    return sheet.printed(name, Pen(date=style))


@layout("disability_appraisal", "known-a")
def appraisal_report(document: Document, rng: Random) -> list[Sheet]:
    """司法鉴定意见书: basic facts, the case, analysis and the opinion on one page."""
    sheet = Sheet(210, 297, facts=document.facts, rng=rng)
    sheet.label_pen, sheet.value_pen = Pen(size=3.9), Pen(size=3.9, date="cn_plain")
    extra = document.extra
    sheet.value(105, 14, "appraiser_name", Pen(size=6.4, bold=0.8), anchor="c")
    title(sheet, 26, "司法鉴定意见书", Pen(size=6.4, bold=0.8), rules=1)
    sheet.value(192, 40, "report_number", anchor="r")
    head: list[list[Pair]] = [
        [(20, "一、基本情况", "")],
        [(27, f"委托人：{extra['principal']}", ""), (112, f"委托事项：{extra['matter']}", "")],
        [(27, f"受理日期：{formats.day(extra['accepted_on'], 'cn_plain')}", "")],
        [(27, "被鉴定人：", "name"), (76, "性别：", "gender"), (104, f"出生日期：{formats.day(extra['birth_on'], 'cn_plain')}", "")],
        [(27, "身份证号：", "id_number")],
        [(27, f"住址：{extra['address']}", "")],
    ]
    y = pairs(sheet, 50, 7.6, head)
    for heading, text in (("二、基本案情", extra["case"]), ("三、分析说明", extra["analysis"])):
        sheet.text(20, y + 3, heading)
        y = sheet.paragraph(27, y + 11, 162, text) + 2
    sheet.text(20, y + 3, "四、鉴定意见")
    y = sheet.paragraph(27, y + 11, 162, extra["opinion_start"] + _fact(sheet, "disability_grade") + extra["opinion_end"])
    sheet.text(104, y + 16, f"司法鉴定人：{extra['first_expert']}")
    sheet.text(104, y + 25, f"执业证号：{extra['licence']}")
    sheet.text(104, y + 34, f"司法鉴定人：{extra['second_expert']}")
    sheet.value(124, y + 46, "issued_on")
    sheet.stamp(marks.seal(document.facts["appraiser_name"], "司法鉴定专用章", rng=rng, diameter=40), 116, y + 24)
    return [sheet]


@layout("disability_appraisal", "known-b")
def appraisal_ruled(document: Document, rng: Random) -> list[Sheet]:
    """人身损害伤残等级鉴定意见书: a ruled head, the grade in a line of its own."""
    sheet = Sheet(210, 260, facts=document.facts, rng=rng)
    sheet.label_pen, sheet.value_pen = Pen(size=3.7), Pen(size=3.7, date="cn")
    extra = document.extra
    title(sheet, 16, "人身损害伤残等级鉴定意见书", Pen(size=6.2, bold=0.8))
    sheet.pair(108, 30, "鉴定编号：", "report_number", pen=Pen(size=3.3))
    y = ruled(
        sheet, 16, 40, 10,
        [
            [("鉴定机构", "appraiser_name", 28, 150)],
            [("被鉴定人", "name", 28, 40), ("性别", "gender", 20, 20), ("出生日期", "", 26, 44)],
            [("身份证号码", "id_number", 28, 150)],
            [("委托单位", "", 28, 150)],
        ],
    )  # fmt: skip
    sheet.text(151.5, y - 26.8, formats.day(extra["birth_on"], "cn"), sheet.value_pen)
    sheet.text(45.5, y - 6.8, extra["principal"], sheet.value_pen)
    y = sheet.paragraph(18, y + 6, 172, f"案情摘要：{extra['case']}")
    y = sheet.paragraph(18, y + 4, 172, f"分析说明：{extra['analysis']}")
    sheet.pair(18, y + 8, "伤残等级：", "disability_grade", pen=Pen(size=4.4, bold=0.6))
    sheet.text(18, y + 26, f"鉴定人：{extra['first_expert']}  {extra['second_expert']}")
    sheet.pair(118, y + 26, "出具日期：", "issued_on")
    sheet.stamp(marks.seal(document.facts["appraiser_name"], "鉴定专用章", rng=rng, diameter=40), 122, y + 10)
    return [sheet]


def _boxes(sheet: Sheet, x: float, y: float, words: tuple[str, ...], chosen: str) -> None:
    """Choices with small boxes; the chosen one is ticked."""
    for word in words:
        sheet.box(x, y + 0.2, x + 2.6, y + 2.8)
        if word == chosen:
            sheet.line(x + 0.4, y + 1.5, x + 1.1, y + 2.5, weight=3)
            sheet.line(x + 1.1, y + 2.5, x + 2.8, y - 0.4, weight=3)
        x = sheet.text(x + 3.6, y, word) + 5


def _account(sheet: Sheet, y: float) -> float:
    """Where the money goes. Returns the y below."""
    sheet.text(16, y + 2.6, "三、保险金领取方式（银行转账）", Pen(size=3.5, bold=0.5))
    cells = [[("账户名", "payee_name", 28.0, 40.0), ("开户银行", "bank_name", 26.0, 88.0)], [("银行账号", "card_number", 28.0, 154.0)]]
    return ruled(sheet, 14, y + 8, 9, cells)


@layout("claim_form", "known-a")
def claim_ruled(document: Document, rng: Random) -> list[Sheet]:
    """理赔申请书: a ruled form in parts, with boxes to tick."""
    sheet = Sheet(210, 297, facts=document.facts, rng=rng)
    sheet.label_pen, sheet.value_pen = Pen(size=3.4), Pen(size=3.5, date="cn")
    extra = document.extra
    title(sheet, 12, extra["insurer"], Pen(size=5.2, bold=0.6))
    title(sheet, 22, "理 赔 申 请 书", Pen(size=6.4, bold=0.8))
    y = ruled(sheet, 14, 36, 9, [[("保险单号", "policy_number", 26, 64), ("申请日期", "signed_on", 26, 66)]])
    sheet.text(16, y + 2.6, "一、出险人（被保险人）信息", Pen(size=3.5, bold=0.5))
    y = ruled(
        sheet, 14, y + 8, 9,
        [
            [("被保险人姓名", "insured_name", 28, 40), ("身份证号码", "id_number", 26, 88)],
            [("出险日期", "occurred_on", 28, 62), ("就诊医院", "hospital_name", 26, 66)],
        ],
    )  # fmt: skip
    sheet.box(14, y, 196, y + 9)
    sheet.text(16, y + 2.8, "申请类型")
    _boxes(sheet, 46, y + 2.8, ("门诊", "住院", "意外伤残", "身故", "重大疾病"), extra["care"])
    sheet.box(14, y + 9, 196, y + 31)
    sheet.paragraph(16, y + 12, 176, f"事故经过：{extra['story']}")
    sheet.text(16, y + 33.6, "二、申请人信息", Pen(size=3.5, bold=0.5))
    y = ruled(
        sheet, 14, y + 39, 9,
        [
            [("申请人姓名", "claimant_name", 28, 40), ("与被保险人关系", "", 30, 84)],
            [("联系电话", "phone", 28, 40), ("联系地址", "", 26, 88)],
            [("申请金额", "total_amount", 28, 154)],
        ],
        units={"total_amount": "元"},
    )  # fmt: skip
    _boxes(sheet, 116, y - 24.2, ("本人", "配偶", "父母", "子女"), extra["relation"])
    sheet.text(109.5, y - 15.2, extra["address"], Pen(size=3.0))
    y = _account(sheet, y)
    y = sheet.paragraph(16, y + 5, 176, "声明与授权：本人所填内容及提交的资料均真实有效，授权贵公司向有关机构查询与本次事故相关的情况。")
    sheet.text(20, y + 14, f"申请人签名：{document.facts['claimant_name']}")
    sheet.text(120, y + 14, f"所附单据：{extra['bills']} 份")
    return [sheet]


@layout("claim_form", "known-b")
def claim_lines(document: Document, rng: Random) -> list[Sheet]:
    """保险金给付申请书: lines to fill in, the account number in groups, signature and date at the foot."""
    sheet = Sheet(210, 270, facts=document.facts, rng=rng)
    sheet.label_pen, sheet.value_pen = Pen(size=3.7), Pen(size=3.8, face=FACE_MONO, colour=(28, 36, 90))
    extra = document.extra
    title(sheet, 12, "个人保险理赔给付申请书", Pen(size=6.2, bold=0.8))
    rows: list[list[Pair]] = [
        [(16, "保单号码：", "policy_number"), (110, f"承保公司：{extra['insurer'][:6]}", "")],
        [(16, "被保险人：", "insured_name"), (86, "证件号码：", "id_number")],
        [(16, "申 请 人：", "claimant_name"), (86, "手机号码：", "phone")],
        [(16, f"与被保险人关系：{extra['relation']}", ""), (86, f"电子邮箱：{extra['email']}", "")],
        [(16, "事故日期：", "occurred_on"), (86, "治疗医院：", "hospital_name")],
        [(16, "申请理赔金额：", "total_amount"), (86, f"诊断：{extra['diagnosis']}", "")],
    ]
    y = pairs(sheet, 32, 10, rows)
    for index in range(6):
        sheet.line(14, 38 + index * 10, 196, 38 + index * 10, weight=1)
    y = sheet.paragraph(16, y + 2, 176, f"出险经过及结果：{extra['story']}") + 4
    sheet.text(16, y, "受益人账户信息", Pen(size=3.8, bold=0.5))
    sheet.pair(16, y + 9, "户名：", "payee_name")
    sheet.pair(86, y + 9, "开户行：", "bank_name")
    sheet.shown["card_number"] = document.facts["card_number"]
    sheet.text(sheet.text(16, y + 19, "账号：") + 0.6, y + 19, grouped(document.facts["card_number"], (4, 4, 4, 4, 3)), sheet.value_pen)
    y = sheet.paragraph(16, y + 32, 176, "本人声明以上陈述均属事实，并同意保险公司将理赔款转入上述账户。")
    sheet.text(16, y + 14, f"申请人（签字）：{document.facts['claimant_name']}")
    sheet.pair(120, y + 14, "日期：", "signed_on", pen=Pen(size=3.8, date="cn_plain"))
    return [sheet]


@layout("power_of_attorney", "known-a")
def authority_sentences(document: Document, rng: Random) -> list[Sheet]:
    """授权委托书 in running text, the values inside sentences."""
    sheet = Sheet(210, 297, facts=document.facts, rng=rng)
    sheet.label_pen = sheet.value_pen = Pen(size=4.2, date="cn_plain")
    extra = document.extra
    title(sheet, 26, "授 权 委 托 书", Pen(size=8, bold=1.0))
    for level, who, name, number, address in (
        (50, "委托人", "principal_name", "principal_id_number", "principal_address"),
        (74, "受托人", "agent_name", "agent_id_number", "agent_address"),
    ):
        x = sheet.pair(22, level, f"{who}：", name)
        x = sheet.text(x, level, f"，{extra[number.split('_', maxsplit=1)[0] + '_gender']}，身份证号：")
        sheet.value(x, level, number)
        sheet.text(22, level + 9, f"住址：{extra[address]}")
    body = (
        f"委托人因故不能亲自办理保险理赔事宜，现委托受托人（与委托人系{extra['relation']}关系）作为代理人，"
        f"代为向{extra['insurer']}办理保单号为{extra['policy_number']}的理赔申请、递交资料、签收文书等事项。"
        "受托人在授权范围内所签署的一切文件，委托人均予以承认，并承担相应的法律责任。"
    )
    y = sheet.paragraph(30, 102, 150, body, leading=2.1)
    sheet.text(30, y + 2, f"委托期限：自签署之日起至{formats.day(extra['until'], 'cn_plain')}止。")
    sheet.text(110, y + 26, f"委托人（签字）：{document.facts['principal_name']}")
    sheet.text(110, y + 38, f"受托人（签字）：{document.facts['agent_name']}")
    sheet.value(128, y + 52, "signed_on")
    return [sheet]


@layout("power_of_attorney", "known-b")
def authority_blanks(document: Document, rng: Random) -> list[Sheet]:
    """理赔授权委托书 of an insurer: a printed sentence with blanks that were filled in, then the two sides in a ruled block."""
    sheet = Sheet(210, 240, facts=document.facts, rng=rng)
    sheet.label_pen, sheet.value_pen = Pen(size=3.8), Pen(size=3.9, date="iso", colour=(24, 32, 84))
    extra = document.extra
    title(sheet, 16, "理赔授权委托书", Pen(size=6.6, bold=0.8))
    sheet.text(18, 36, f"{extra['insurer']}：")
    y = sheet.paragraph(
        26,
        46,
        164,
        f"兹授权下列被委托人代本人办理保险合同（保险单号 {extra['policy_number']}）项下的理赔手续，由此产生的法律后果由本人承担。",
    )
    y = ruled(
        sheet, 18, y + 4, 11,
        [
            [("委托人姓名", "principal_name", 30, 34), ("证件号码", "principal_id_number", 26, 84)],
            [("联系电话", "", 30, 144)],
            [("被委托人姓名", "agent_name", 30, 34), ("证件号码", "agent_id_number", 26, 84)],
            [("联系电话", "", 30, 144)],
        ],
    )  # fmt: skip
    sheet.text(49.5, y - 29.4, extra["principal_phone"], sheet.value_pen)
    sheet.text(49.5, y - 7.4, extra["agent_phone"], sheet.value_pen)
    sheet.text(18, y + 16, f"委托人签名：{document.facts['principal_name']}")
    sheet.text(110, y + 16, f"被委托人签名：{document.facts['agent_name']}")
    sheet.pair(18, y + 28, "签署日期：", "signed_on")
    return [sheet]
