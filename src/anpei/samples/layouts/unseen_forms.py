"""Unseen papers people sign: appraisals of disability, claim forms and powers of attorney, two forms each."""

from random import Random

from anpei.samples.drawing.sheet import FACE_MONO, Colour, Pen, Sheet
from anpei.samples.layouts.registry import layout
from anpei.samples.layouts.unseen_parts import BLUE, GREY, Cell, centred, ruled, seal, start, width_of
from anpei.samples.world.documents import Document

BODY = Pen(size=4.2)
PALE: Colour = (232, 238, 246)
INKED: Colour = (28, 40, 110)
CONSENT = "授权及声明：本人授权贵公司向医疗机构、社会保险机构查询与本次申请有关的资料，并同意将款项转入上述账户。"


def flow(
    sheet: Sheet, place: tuple[float, float], width: float, parts: tuple[str, ...], *, leading: float = 8.4, indent: float = 8.4
) -> float:
    """A running text in which parts that are fact names (starting with @) are the facts; wraps at any character.

    Facts are recorded although they may break over two lines. Returns the y below.
    """
    left, y = place
    x = left + indent
    for part in parts:
        text = part
        if part.startswith("@"):
            text = sheet.printed(part[1:], sheet.value_pen)
            sheet.shown[part[1:]] = sheet.facts[part[1:]]
        x, y = _run(sheet, (x, y), (left, left + width), text, leading=leading)
    return y + leading


def _run(sheet: Sheet, at: tuple[float, float], margins: tuple[float, float], text: str, *, leading: float) -> tuple[float, float]:
    x, y = at
    line = ""
    for char in text:
        if x + width_of(line + char, sheet.value_pen) > margins[1] and char not in "，。；：、）":
            sheet.text(x, y, line, sheet.value_pen)
            x, y, line = margins[0], y + leading, ""
        line += char
    return sheet.text(x, y, line, sheet.value_pen), y


@layout("disability_appraisal", "unseen-a")
def forensic_opinion(document: Document, rng: Random) -> list[Sheet]:
    """A forensic centre's opinion: the house's name on top, numbered heads, the grade inside the sentence of opinion."""
    extra = document.extra
    sheet = start(document, rng, (210, 297), label=BODY, value=Pen(size=4.2, date="cn"))
    sheet.value(105, 17, "appraiser_name", Pen(size=7, bold=0.7, spacing=6), anchor="c")
    centred(sheet, 31, "法医临床鉴定意见书", Pen(size=6.2))
    sheet.line(22, 43, 188, 43, weight=5)
    sheet.value(188, 46, "report_number", Pen(size=3.7), anchor="r")
    y = 58.0
    sheet.text(22, y, "一、基本情况", Pen(size=4.4, bold=0.5))
    for label, name, text in (
        ("委 托 人：", "", extra["principal"]), ("委托事项：", "", extra["matter"]), ("受理日期：", "", extra["accepted_on"]),
        ("被鉴定人：", "name", ""), ("性　　别：", "gender", ""), ("身份证号：", "id_number", ""),
    ):  # fmt: skip
        y += 8
        x = sheet.text(30, y, label)
        if name:
            sheet.value(x, y, name)
        else:
            sheet.text(x, y, text)
    y += 11
    for head, text in (("二、案情摘要", extra["case"]), ("三、分析说明", extra["analysis"])):
        sheet.text(22, y, head, Pen(size=4.4, bold=0.5))
        y = sheet.paragraph(30, y + 8.4, 158, text, BODY, leading=1.95) + 3
    sheet.text(22, y, "四、鉴定意见", Pen(size=4.4, bold=0.5))
    y = flow(sheet, (22, y + 8.4), 166, (extra["opinion_start"], "@disability_grade", extra["opinion_end"]))
    sheet.text(112, y + 12, f"司法鉴定人：{extra['first_expert']}")
    sheet.text(112, y + 20, f"司法鉴定人：{extra['second_expert']}")
    sheet.value(124, y + 30, "issued_on")
    seal(sheet, 122, y + 8, document.facts["appraiser_name"], "司法鉴定专用章", diameter=44)
    sheet.text(105, 286, "共 5 页　第 5 页", Pen(size=3), anchor="c")
    return [sheet]


@layout("disability_appraisal", "unseen-b")
def grade_form(document: Document, rng: Random) -> list[Sheet]:
    """A ruled summary of the appraisal with the grade in a cell of its own, as it is enclosed for insurers."""
    extra = document.extra
    sheet = start(document, rng, (200, 230), label=Pen(size=3.6), value=Pen(size=3.8))
    centred(sheet, 13, "伤残等级评定结论书", Pen(size=6.2, bold=0.7))
    sheet.text(15, 25, "文书编号：")
    sheet.value(33, 25, "report_number", Pen(size=3.5))
    rows = (
        (Cell("评定对象", "name", 26, 40), Cell("性别", "gender", 18, 22), Cell("出生日期", "", 24, 40, extra=extra["birth_on"])),
        (Cell("公民身份号码", "id_number", 32, 66), Cell("受理日期", "", 26, 46, extra=extra["accepted_on"])),
        (Cell("住址", "", 26, 144, extra=extra["address"]),),
        (Cell("委托单位", "", 26, 144, extra=extra["principal"]),),
        (Cell("就诊医院", "", 26, 60, extra=extra["hospital"]), Cell("诊断", "", 18, 66, extra=extra["injury"])),
    )
    y = ruled(sheet, 15, 32, rows, height=10)
    for head, key, height in (("简要案情", "case", 34), ("评定依据", "analysis", 40)):
        sheet.box(15, y, 41, y + height)
        sheet.text(28, y + height / 2 - 2, head, anchor="c")
        sheet.box(41, y, 185, y + height)
        sheet.paragraph(44, y + 5, 136, extra[key], Pen(size=3.6), leading=1.8)
        y += height
    sheet.value_pen = Pen(size=4.4, bold=0.5)
    y = ruled(sheet, 15, y, ((Cell("评定等级", "disability_grade", 26, 144, suffix="伤残"),),), height=13)
    sheet.value_pen = Pen(size=3.8, date="cn_plain")
    sheet.pair(17, y + 8, "评定机构（盖章）：", "appraiser_name")
    sheet.text(17, y + 17, f"评定人：{extra['first_expert']}　　{extra['second_expert']}")
    sheet.pair(118, y + 17, "出具日期：", "issued_on")
    seal(sheet, 60, y - 12, document.facts["appraiser_name"], "鉴定专用章", diameter=42)
    sheet.text(17, 220, f"执业许可证号：{extra['licence']}", Pen(size=2.9, colour=GREY))
    return [sheet]


@layout("claim_form", "unseen-a")
def blue_form(document: Document, rng: Random) -> list[Sheet]:
    """An insurer's form with blue bars above blocks of cells; filled in blue ink; boxes ticked in the block of causes."""
    extra = document.extra
    sheet = start(document, rng, (210, 270), label=Pen(size=3.3, colour=(50, 60, 80)), value=Pen(size=3.7, colour=INKED))
    sheet.text(16, 12, extra["insurer"], Pen(size=4, colour=BLUE, bold=0.4))
    sheet.text(194, 11, "保险金给付申请书", Pen(size=6, colour=BLUE, bold=0.6), anchor="r")
    y = _bar(sheet, 24, "保单及被保险人资料")
    rows = (
        (Cell("保险单号", "policy_number", 26, 62), Cell("出险人姓名", "insured_name", 26, 64)),
        (Cell("出险人证件号", "id_number", 26, 62), Cell("出险日期", "occurred_on", 26, 64)),
        (Cell("就诊医院", "hospital_name", 26, 62), Cell("疾病名称", "", 26, 64, extra=extra["diagnosis"])),
    )
    y = ruled(sheet, 16, y, rows, height=9.4, colour=(150, 160, 180))
    y = _bar(sheet, y + 4, "申请人资料")
    applicant = (
        (Cell("申请人", "claimant_name", 26, 42), Cell("与出险人关系", "", 26, 24, extra=extra["relation"]), Cell("手机", "phone", 16, 44)),
        (Cell("证件号码", "", 26, 66, extra=extra["claimant_id_number"]), Cell("电子邮箱", "", 22, 64, extra=extra["email"])),
        (Cell("联系地址", "", 26, 152, extra=extra["address"]),),
    )
    y = ruled(sheet, 16, y, applicant, height=9.4, colour=(150, 160, 180))
    y = _bar(sheet, y + 4, "事故经过")
    ticks = "　".join(("■" if word == extra["care"] else "□") + word for word in ("门诊", "住院", "身故", "伤残", "重大疾病"))
    sheet.text(18, y + 2, f"申请项目：{ticks}")
    y = sheet.paragraph(18, y + 9, 172, extra["story"], Pen(size=3.6, colour=INKED), leading=1.8)
    y = _bar(sheet, y + 3, "领款账户")
    account = (
        (Cell("户名", "payee_name", 20, 40), Cell("开户银行", "bank_name", 22, 96)),
        (Cell("银行账号", "card_number", 22, 80), Cell("索赔金额（元）", "total_amount", 30, 46)),
    )
    y = ruled(sheet, 16, y, account, height=9.4, colour=(150, 160, 180))
    sheet.text(16, y + 5, "声明：本人所填内容及所附单证均真实，如有隐瞒，愿承担相应责任。", Pen(size=3))
    sheet.text(16, y + 14, "申请人签名：")
    sheet.text(40, y + 13, document.facts["claimant_name"], Pen(size=5, colour=INKED, spacing=3))
    sheet.pair(122, y + 14, "申请日期：", "signed_on", pen=Pen(size=3.7, colour=INKED, date="spaced"))
    return [sheet]


def _bar(sheet: Sheet, y: float, word: str) -> float:
    sheet.box(16, y, 194, y + 7, colour=PALE, fill=PALE)
    sheet.text(19, y + 1.7, word, Pen(size=3.7, colour=BLUE, bold=0.4))
    return y + 7


@layout("claim_form", "unseen-b")
def lined_form(document: Document, rng: Random) -> list[Sheet]:
    """A plain printed form with numbered lines to write on, the payee first, the insured person further down."""
    extra = document.extra
    sheet = start(document, rng, (210, 285), label=Pen(size=3.7), value=Pen(size=3.9, colour=(40, 40, 48), face=FACE_MONO, date="cn_plain"))
    centred(sheet, 13, "理　赔　申　请　表", Pen(size=6.4, bold=0.7))
    centred(sheet, 22.5, f"（{extra['insurer']}）", Pen(size=3.4))
    y = 34.0
    lines: tuple[tuple[tuple[str, str, str], ...], ...] = (
        (("1. 保单号码", "policy_number", ""), ("报案人与被保险人关系", "", extra["relation"])),
        (("2. 申请人姓名", "claimant_name", ""), ("联系电话", "phone", "")),
        (("3. 申请人住址", "", extra["address"]),),
        (("4. 受益人（领款人）", "payee_name", ""), ("开户行", "bank_name", "")),
        (("5. 收款账号", "card_number", ""),),
        (("6. 被保险人", "insured_name", ""), ("身份证号", "id_number", "")),
        (("7. 事故发生日期", "occurred_on", ""), ("就诊科室", "", extra["department"])),
        (("8. 治疗医院", "hospital_name", ""),),
        (("9. 申请金额", "total_amount", "元"), ("发票张数", "", extra["bills"] + " 张")),
    )
    for line in lines:
        for place, (label, name, text) in enumerate(line):
            x = sheet.text(18 + place * 92, y, label + "：")
            end = 104 if len(line) > 1 and place == 0 else 192
            if name:
                sheet.value(x + 1, y, name, suffix=text)
            else:
                sheet.text(x + 1, y, text, sheet.value_pen)
            sheet.line(x, y + 5.2, end, y + 5.2, colour=(150, 150, 150), weight=1)
        y += 11.4
    sheet.text(18, y, "10. 事故经过：")
    y = sheet.paragraph(25, y + 7, 164, extra["story"], sheet.value_pen, leading=1.8)
    sheet.box(18, y + 6, 192, y + 34, colour=GREY)
    sheet.paragraph(21, y + 10, 166, CONSENT, Pen(size=3.4))
    sheet.text(18, y + 42, f"申请人签字（手写）：{document.facts['claimant_name']}")
    sheet.pair(128, y + 42, "填表日期：", "signed_on")
    sheet.text(105, 276, "1 / 1", Pen(size=3, colour=GREY), anchor="c")
    return [sheet]


@layout("power_of_attorney", "unseen-a")
def authority_letter(document: Document, rng: Random) -> list[Sheet]:
    """A typed letter: all facts inside sentences, the date alone at the foot at the right."""
    extra = document.extra
    sheet = start(document, rng, (210, 297), label=BODY, value=Pen(size=4.4, date="cn"))
    centred(sheet, 28, "委　托　书", Pen(size=9, bold=0.9))
    sheet.text(26, 52, f"{extra['insurer']}：", Pen(size=4.4))
    y = flow(
        sheet,
        (26, 64),
        158,
        (
            "本人", "@principal_name", "（身份证号：", "@principal_id_number", f"，联系电话：{extra['principal_phone']}）因工作原因，",
            f"不能亲自到贵公司办理保险单{extra['policy_number']}项下的理赔事宜。",
        ),
        leading=10.4,
    )  # fmt: skip
    y = flow(
        sheet,
        (26, y),
        158,
        (
            "现全权委托", "@agent_name", "（身份证号：", "@agent_id_number", f"，系本人{extra['relation']}关系）作为我的合法代理人，",
            "代为递交材料、签署文件、领取给付通知。代理人在委托权限内所办理的一切事项，本人均予承认。",
        ),
        leading=10.4,
    )  # fmt: skip
    y = flow(sheet, (26, y), 158, (f"委托期限至{extra['until']}止，代理人无转委托权。",), leading=10.4)
    sheet.text(112, y + 22, "委托人（签名）：")
    sheet.text(112, y + 36, "受托人（签名）：")
    sheet.value(130, y + 52, "signed_on")
    return [sheet]


@layout("power_of_attorney", "unseen-b")
def authority_form(document: Document, rng: Random) -> list[Sheet]:
    """A ruled form: the agent's block above the principal's, matters to be ticked, the date beside the signature."""
    extra = document.extra
    sheet = start(document, rng, (195, 220), label=Pen(size=3.5), value=Pen(size=3.7, date="dots"), paper=(253, 253, 250))
    centred(sheet, 13, "保险理赔事务授权委托书", Pen(size=6, bold=0.6))
    y = 28.0
    for who, word in (("agent", "代办人"), ("principal", "授权人")):
        rows = (
            (
                Cell(f"{word}姓名", f"{who}_name", 28, 40),
                Cell("性别", "", 16, 18, extra=extra[f"{who}_gender"]),
                Cell("电话", "", 16, 47, extra=extra[f"{who}_phone"]),
            ),
            (Cell("证件号码", f"{who}_id_number", 28, 58), Cell("证件类型", "", 22, 57, extra="居民身份证")),
            (Cell("住　　址", "", 28, 137, extra=extra[f"{who}_address"]),),
        )
        y = ruled(sheet, 15, y, rows, height=10) + 5
    sheet.text(17, y + 1, f"授权保单：{extra['policy_number']}　　双方关系：{extra['relation']}")
    sheet.text(17, y + 9, "授权事项：■提交理赔申请　■补充材料　■查询进度　□领取保险金")
    y = sheet.paragraph(
        17,
        y + 19,
        158,
        f"授权人因故不能亲自前往{extra['insurer']}办理，特授权上述代办人代为办理，由此产生的法律后果由授权人承担。",
        Pen(size=3.6),
        leading=1.9,
    )
    sheet.text(17, y + 12, f"授权人签字：{document.facts['principal_name']}")
    sheet.pair(112, y + 12, "签署日期：", "signed_on")
    sheet.text(17, y + 24, f"代办人签字：{document.facts['agent_name']}")
    sheet.text(17, 208, "本委托书复印无效", Pen(size=2.9, colour=GREY))
    return [sheet]
