"""Fresh set: the application for insurance money and the authority for somebody else, in two forms each."""

from random import Random

from anpei.samples.drawing.marks import qr, seal
from anpei.samples.drawing.sheet import FACE_MONO, FACE_SERIF, Colour, Pen, Sheet
from anpei.samples.layouts.fresh_pieces import Cell, Fact, Part, blank, boxed, choices, flow, label, sign, strip, title
from anpei.samples.layouts.registry import layout
from anpei.samples.world.documents import Document

TEAL: Colour = (0, 110, 122)
PALE: Colour = (224, 240, 242)


def _band(sheet: Sheet, y: float, text: str) -> float:
    """A coloured bar with the name of a section."""
    sheet.box(15, y, 195, y + 6.4, colour=TEAL, fill=TEAL)
    sheet.text(17.5, y + 1.3, text, Pen(size=3.8, colour=(255, 255, 255), bold=0.4))
    return y + 6.4


def _claim_rows(document: Document, own: Pen) -> list[tuple[str, list[list[Cell]]]]:
    """Sections and their rows."""
    extra = document.extra

    def four(first: str, one: Cell, second: str, two: Cell) -> list[Cell]:
        """Two headings, each with what is filled in beside it, 180 mm in all."""
        return [label(30, first, fill=PALE), one, label(150 - one.width - two.width, second, fill=PALE), two]

    def own_text(width: float, text: str) -> Cell:
        return blank(width, text=text, pen=own)

    def fact(width: float, name: str) -> Cell:
        return blank(width, name, pen=own)

    who = [
        four("被保险人姓名", fact(46, "insured_name"), "保险单号", fact(78, "policy_number")),
        four("被保险人证件号", fact(82, "id_number"), "投保单位", blank(42)),
    ]
    asks = [
        four("申请人姓名", fact(46, "claimant_name"), "与被保险人关系", own_text(60, extra["relation"])),
        four("联系电话", fact(46, "phone"), "电子邮箱", own_text(78, extra["email"])),
        [label(30, "联系地址", fill=PALE), own_text(150, extra["address"])],
    ]
    what = [
        four("出险日期", fact(46, "occurred_on"), "就诊医院", fact(78, "hospital_name")),
        four("疾病名称", own_text(72, extra["diagnosis"]), "申请金额(元)", fact(42, "total_amount")),
    ]
    money = [
        four("户名", fact(46, "payee_name"), "开户银行", fact(78, "bank_name")),
        [label(30, "银行账号", fill=PALE), Cell(150, (Fact("card_number", Pen(size=4.2, face=FACE_MONO)),), "l")],
    ]
    return [
        ("一、被保险人资料", who), ("二、申请人资料", asks), ("三、事故及治疗情况", what), ("四、保险金领取账户（限申请人本人账户）", money)
    ]  # fmt: skip


@layout("claim_form", "fresh-a")
def life_insurer(document: Document, rng: Random) -> list[Sheet]:
    """A life insurer's form in colour: bars over ruled tables, shaded headings, boxes to tick."""
    sheet = Sheet(210, 297, facts=document.facts, rng=rng)
    extra = document.extra
    own = Pen(size=3.6, date="cn", money="comma")
    sheet.label_pen = Pen(size=3.3)
    sheet.text(15, 12, extra["insurer"], Pen(size=4.2, colour=TEAL, bold=0.5))
    sheet.text(195, 12.6, "客服热线 9500000", Pen(size=3, colour=TEAL), anchor="r")
    title(sheet, 22, "人身保险理赔申请书", 7.4, pen=Pen())
    sheet.text(15, 35, "申请类型：")
    choices(sheet, 33, 35, ("门诊医疗", "住院医疗", "意外伤残", "重大疾病", "身故"), ticked=extra["care"] + "医疗")
    y = 41.0
    for heading, rows in _claim_rows(document, own):
        y = _band(sheet, y, heading)
        for cells in rows:
            y = strip(sheet, 15, y, 9, cells, colour=(110, 150, 154))
    y = strip(sheet, 15, y, 20, [label(30, "事故经过", fill=PALE), blank(150, text=extra["story"], pen=own)], colour=(110, 150, 154))
    y = _band(sheet, y, "五、声明与授权")
    wording = (
        "1.本人声明以上所填内容及所附资料均真实有效，如有虚假，愿承担相应法律责任。"
        "2.本人授权贵公司向医疗机构、医保部门及有关单位查询、复制与本次事故有关的资料。"
        "3.本人同意贵公司将保险金划入上述账户，因账户信息有误造成的损失由本人承担。"
    )
    y = sheet.paragraph(18, y + 3, 172, wording, Pen(size=3.0))
    sheet.text(22, y + 8, "申请人签名：")
    sheet.line(42, y + 12.5, 80, y + 12.5, weight=1)
    sign(sheet, 50, y + 12.5, document.facts["claimant_name"])
    sheet.value(sheet.text(118, y + 8, "申请日期："), y + 7.8, "signed_on", own)
    sheet.text(15, 286, f"随附单证 {extra['bills']} 张", Pen(size=2.8, colour=(110, 110, 114)))
    sheet.text(195, 286, "版本号：LP-2025-03", Pen(size=2.8, colour=(110, 110, 114)), anchor="r")
    return [sheet]


def _asked(sheet: Sheet, x: float, y: float, words: str, name: str, *, end: float, pen: Pen) -> None:
    """A label, a fact and the line below it that runs to ``end``."""
    at = sheet.text(x, y, words)
    sheet.line(at, y + 5.5, end, y + 5.5, weight=1)
    sheet.value(at + 1.2, y - 0.1, name, pen)


def _plain_line(sheet: Sheet, x: float, y: float, words: str, text: str, *, end: float) -> None:
    """A label, a text that is no fact and the line below it."""
    at = sheet.text(x, y, words)
    sheet.line(at, y + 5.5, end, y + 5.5, weight=1)
    sheet.text(at + 1.2, y - 0.1, text)


@layout("claim_form", "fresh-b")
def lines_and_boxes(document: Document, rng: Random) -> list[Sheet]:
    """A property insurer's form in Song: lines to write on, one box a digit for the identity number and the account."""
    sheet = Sheet(210, 297, facts=document.facts, rng=rng, paper=(253, 252, 249))
    extra = document.extra
    sheet.label_pen = Pen(size=3.7, face=FACE_SERIF)
    own = Pen(size=3.8, face=FACE_SERIF, date="spaced", money="plain")
    digits = Pen(size=4.2, face=FACE_MONO)
    title(sheet, 18, extra["insurer"], 5.4)
    title(sheet, 27, "索 赔 申 请 书", 7.6)
    sheet.text(22, 41, "（请用黑色墨水笔正楷填写，涂改处须签名）", Pen(size=3, face=FACE_SERIF))
    _asked(sheet, 22, 49, "保单号码：", "policy_number", end=110, pen=own)
    _asked(sheet, 114, 49, "被保险人：", "insured_name", end=188, pen=own)
    sheet.text(22, 60.5, "被保险人身份证号：")
    boxed(sheet, 55, 58.5, "id_number", pitch=6.6, boxes=18, pen=digits)
    _asked(sheet, 22, 71, "索赔申请人：", "claimant_name", end=88, pen=own)
    _asked(sheet, 92, 71, "联系电话：", "phone", end=188, pen=own)
    _plain_line(sheet, 22, 80, "联系地址：", extra["address"], end=188)
    _asked(sheet, 22, 89, "出险时间：", "occurred_on", end=88, pen=own)
    _asked(sheet, 92, 89, "治疗医院：", "hospital_name", end=188, pen=own)
    sheet.text(22, 98, "治疗方式：")
    choices(sheet, 42, 98, ("门诊", "住院"), ticked=extra["care"])
    _plain_line(sheet, 92, 98, "诊断：", extra["diagnosis"], end=188)
    sheet.text(22, 107, "出险原因及经过：")
    sheet.paragraph(26, 114, 160, extra["story"], leading=1.9)
    for row in range(4):
        sheet.line(22, 119.4 + row * 7, 188, 119.4 + row * 7, weight=1)
    _asked(sheet, 22, 147, "索赔金额：人民币", "total_amount", end=110, pen=own)
    sheet.text(112, 147, "元")
    sheet.text(22, 158, "赔款支付信息", Pen(size=3.9, face=FACE_SERIF, bold=0.6))
    _asked(sheet, 22, 166, "收款人：", "payee_name", end=88, pen=own)
    _asked(sheet, 92, 166, "开户行：", "bank_name", end=188, pen=own)
    sheet.text(22, 177.5, "账号：")
    boxed(sheet, 36, 175.5, "card_number", pitch=6.6, boxes=21, pen=digits)
    sheet.paragraph(
        22, 191, 166, "本人保证上述填写内容真实，并已知晓故意编造保险事故、夸大损失程度的，保险人有权依法不承担赔偿责任。", leading=1.7
    )
    _signed(sheet, document, own)
    return [sheet]


def _signed(sheet: Sheet, document: Document, own: Pen) -> None:
    """The foot of the form: who signed when, and the cells of the insurer."""
    sheet.text(112, 214, "索赔申请人（签章）：")
    sheet.line(148, 218.6, 188, 218.6, weight=1)
    sign(sheet, 156, 218.6, document.facts["claimant_name"])
    sheet.value(188, 225, "signed_on", own, anchor="r")
    sheet.text(22, 240, "以下由保险公司填写", Pen(size=3.1, face=FACE_SERIF))
    strip(sheet, 22, 246, 12, [label(28, "受理人"), blank(55), label(28, "受理时间"), blank(55)])


@layout("power_of_attorney", "fresh-a")
def letter(document: Document, rng: Random) -> list[Sheet]:
    """A letter in running text: underlined blanks that were filled in by word processor, signatures below."""
    sheet = Sheet(210, 297, facts=document.facts, rng=rng)
    extra = document.extra
    body = Pen(size=4.6, face=FACE_SERIF, date="cn_plain")
    sheet.label_pen, sheet.value_pen = body, body
    title(sheet, 32, "授 权 委 托 书", 8.6)

    def under(name: str) -> Fact:
        return Fact(name, under=True)

    parts: list[Part] = [
        "委托人：", under("principal_name"), "，性别：" + extra["principal_gender"] + "，身份证号码：", under("principal_id_number"),
        f"，住址：{extra['principal_address']}，联系电话：{extra['principal_phone']}。",
    ]  # fmt: skip
    y = flow(sheet, 28, 58, 154, [f"致：{extra['insurer']}"], leading=2.1)
    y = flow(sheet, 28, y, 154, parts, leading=2.0, first=9.2)
    parts = [
        "受托人：", under("agent_name"), "，性别：" + extra["agent_gender"] + "，身份证号码：", under("agent_id_number"),
        f"，住址：{extra['agent_address']}，与委托人关系：{extra['relation']}。",
    ]  # fmt: skip
    y = flow(sheet, 28, y, 154, parts, leading=2.0, first=9.2)
    words = (
        f"因本人不便亲自办理，现委托上述受托人代为办理保险单（保单号{extra['policy_number']}）"
        "项下的理赔申请、递交材料、领取赔款通知书等事宜。"
    )
    y = flow(sheet, 28, y, 154, [words], leading=2.0, first=9.2)
    words = (
        "受托人在上述权限内签署的一切有关文件，本人均予以承认，由此产生的法律后果由本人承担。"
        f"委托期限自签署之日起至{extra['until']}止，受托人无转委托权。"
    )
    y = flow(sheet, 28, y, 154, [words], leading=2.0, first=9.2)
    sheet.text(100, y + 16, "委托人（签字、按手印）：")
    sheet.line(154, y + 21.5, 184, y + 21.5, weight=1)
    sign(sheet, 159, y + 21.5, document.facts["principal_name"])
    sheet.text(100, y + 30, "受托人（签字）：")
    sheet.line(138, y + 35.5, 184, y + 35.5, weight=1)
    sign(sheet, 146, y + 35.5, document.facts["agent_name"])
    sheet.value(182, y + 44, "signed_on", anchor="r")
    return [sheet]


@layout("power_of_attorney", "fresh-b")
def insurers_table(document: Document, rng: Random) -> list[Sheet]:
    """An insurer's printed form: two columns of particulars side by side, the matters ticked below."""
    sheet = Sheet(210, 297, facts=document.facts, rng=rng)
    extra, own = document.extra, Pen(size=3.6, date="slash")
    sheet.label_pen = Pen(size=3.5)
    sheet.text(20, 14, extra["insurer"], Pen(size=4, bold=0.4))
    sheet.paste(qr("POA|" + extra["policy_number"], 16), 174, 10)
    title(sheet, 30, "理赔委托授权书", 7.2, pen=Pen())
    sheet.text(20, 44, "保险合同号：" + extra["policy_number"], own)
    grey = (240, 240, 240)
    y = strip(sheet, 20, 51, 8, [label(85, "委托人（授权人）信息", fill=grey), label(85, "受托人（被授权人）信息", fill=grey)])
    pairs = (
        ("姓 名", Fact("principal_name", own), Fact("agent_name", own)),
        ("性 别", extra["principal_gender"], extra["agent_gender"]),
        ("证件类型", "居民身份证", "居民身份证"),
        ("证件号码", Fact("principal_id_number", own), Fact("agent_id_number", own)),
        ("联系电话", extra["principal_phone"], extra["agent_phone"]),
        ("住 址", extra["principal_address"], extra["agent_address"]),
    )
    for words, left, right in pairs:
        height = 12 if words == "住 址" else 9
        y = strip(sheet, 20, y, height, [label(22, words), Cell(63, (left,), "l", own), label(22, words), Cell(63, (right,), "l", own)])
    y = strip(sheet, 20, y, 9, [label(44, "受托人与委托人关系"), blank(126, text=extra["relation"], pen=own)])
    sheet.text(20, y + 7, "委托事项：")
    choices(sheet, 38, y + 7, ("申请理赔并递交资料", "领取理赔结果通知", "代领保险金", "其他"), ticked="申请理赔并递交资料")
    wording = (
        "委托人兹授权受托人以委托人名义办理上述事项。委托人确认受托人在授权范围内的行为视同委托人本人行为，"
        "保险金仍须划入委托人本人名下账户。本授权自签署之日起生效，至上述事项办理完毕时终止。"
    )
    y = sheet.paragraph(20, y + 16, 170, wording, Pen(size=3.5), leading=1.8)
    sheet.text(20, y + 14, "委托人签名：")
    sheet.text(110, y + 14, "受托人签名：")
    sheet.line(41, y + 19, 84, y + 19, weight=1)
    sheet.line(131, y + 19, 174, y + 19, weight=1)
    sign(sheet, 50, y + 19, document.facts["principal_name"])
    sign(sheet, 140, y + 19, document.facts["agent_name"])
    sheet.value(sheet.text(20, y + 28, "签署日期："), y + 28, "signed_on", own)
    sheet.stamp(seal(extra["insurer"], "理赔业务专用章", rng=rng, diameter=38), 128, y + 30)
    return [sheet]
