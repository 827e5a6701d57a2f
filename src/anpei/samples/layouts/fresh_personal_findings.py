"""Fresh set: the certificates of death and the opinions on the degree of disability."""

from collections.abc import Sequence
from random import Random

from anpei.samples.drawing.formats import day
from anpei.samples.drawing.marks import qr, seal
from anpei.samples.drawing.sheet import FACE_SERIF, Pen, Sheet
from anpei.samples.layouts.fresh_pieces import Cell, Fact, Part, blank, choices, flow, label, strip, title
from anpei.samples.layouts.registry import layout
from anpei.samples.world.documents import Document

DEATH = "居民死亡医学证明（推断）书"


def _death_head(document: Document, own: Pen) -> list[list[Cell]]:
    """The rows of the first copy that are about the person."""
    extra = document.extra

    def said(width: float, text: str) -> Cell:
        return blank(width, text=text, pen=own)

    return [
        [label(18, "死者姓名"), blank(26, "name", pen=own), label(12, "性别"), blank(14, "gender", pen=own), label(12, "民族"),
         said(16, extra["ethnicity"] + "族"), label(24, "国家或地区"), said(48, "中国")],
        [label(18, "有效身份证件类别"), said(26, "居民身份证"), label(18, "证件号码"), blank(48, "id_number", pen=own), label(12, "年龄"),
         said(14, extra["age"] + "岁"), label(16, "婚姻状况"), said(18, extra["marriage"])],
        [label(18, "出生日期"), said(38, day(extra["birth_on"], "cn")), label(18, "文化程度"), said(24, extra["education"]),
         label(20, "个人身份"), said(52, extra["occupation"])],
        [label(18, "死亡日期"), Cell(52, (Fact("died_on", own),), "l", own), label(18, "死亡地点"), said(82, extra["place"])],
        [label(28, "死亡时是否处于妊娠期或妊娠终止后42天内"), said(42, "否"), label(28, "生前工作单位"), said(72, extra["workplace"])],
        [label(18, "户籍地址"), said(67, extra["address"]), label(18, "常住地址"), said(67, extra["address"])],
        [label(24, "可联系的家属姓名"), said(30, extra["relative"]), label(18, "联系电话"), said(31, extra["relative_phone"]),
         label(20, "家属住址或工作单位"), said(47, extra["relative_address"])],
    ]  # fmt: skip


def _causes(document: Document, own: Pen) -> list[list[Cell]]:
    """The rows of the chain of causes."""
    extra = document.extra
    words = Pen(size=3.0, face=FACE_SERIF)
    return [
        [label(58, "致死的主要疾病诊断"), label(76, "疾病名称（勿填症状体征）"), label(36, "发病至死亡大概间隔时间")],
        [Cell(58, ("I.(a)直接死亡原因",), "l", words), blank(76, "cause_of_death", pen=own), blank(36)],
        [Cell(58, ("(b)引起(a)的疾病或情况",), "l", words), blank(76, text=extra["root"], pen=own), blank(36)],
        [Cell(58, ("(c)引起(b)的疾病或情况",), "l", words), blank(76), blank(36)],
        [Cell(58, ("(d)引起(c)的疾病或情况",), "l", words), blank(76), blank(36)],
        [Cell(58, ("II.其他疾病诊断(促进死亡,但与导致死亡无关)",), "l", words), blank(76), blank(36)],
        [label(30, "生前主要疾病最高诊断单位"), blank(55, text="二级及以上医院", pen=own), label(30, "生前主要疾病最高诊断依据"),
         blank(55, text="临床+理化", pen=own)],
    ]  # fmt: skip


@layout("death_certificate", "fresh-a")
def first_copy(document: Document, rng: Random) -> list[Sheet]:
    """The first copy with all of the national form's cells, the causes as a chain, filled in in sans."""
    sheet = Sheet(210, 297, facts=document.facts, rng=rng)
    sheet.label_pen = Pen(size=3.0, face=FACE_SERIF)
    title(sheet, 16, DEATH, 6.2)
    own = Pen(size=3.3, date="cn")
    address = document.extra["address"]
    sheet.text(20, 29, f"{address[:3]} {address[3:6]} {address[6:9]}")
    sheet.text(20, 35, "行政区划代码 " + document.facts["certificate_number"][:6])
    sheet.value(sheet.text(124, 35, "编号："), 35, "certificate_number", own)
    y = 41.0
    for cells in _death_head(document, own):
        y = strip(sheet, 20, y, 11, cells)
    for index, cells in enumerate(_causes(document, own)):
        y = strip(sheet, 20, y, 8.5 if index else 7.5, cells)
    y = strip(sheet, 20, y, 12, [label(24, "死者生前病史及症状体征"), blank(146, text="以上情况属实，被调查者与死者关系：子女。", pen=own)])
    sheet.text(22, y + 5, "医师签名：" + document.extra["doctor"])
    sheet.value(sheet.text(76, y + 5, "医疗卫生机构（盖章）：") + 0.6, y + 4.8, "hospital_name", own)
    sheet.value(sheet.text(22, y + 14, "填表日期："), y + 13.8, "issued_on", own)
    sheet.text(76, y + 14, "（本联由填写单位保存，复印无效）")
    sheet.stamp(seal(document.facts["hospital_name"], "死亡证明专用章", rng=rng, diameter=36), 140, y - 4)
    sheet.text(
        22,
        284,
        "注：1.此表填写范围为在家、养老服务机构、其他场所正常死亡者；2.被调查者应为死者近亲或知情人。",
        Pen(size=2.5, face=FACE_SERIF),
    )
    return [sheet]


def _slip(sheet: Sheet, document: Document, y: float, own: Pen) -> float:
    """The short table of the later copies."""
    extra = document.extra

    def said(width: float, text: str) -> Cell:
        return blank(width, text=text, pen=own)

    rows: Sequence[tuple[float, list[Cell]]] = (
        (10, [label(20, "死者姓名"), blank(32, "name", pen=own), label(14, "性别"), blank(14, "gender", pen=own), label(14, "民族"),
              said(16, extra["ethnicity"]), label(14, "年龄"), said(26, extra["age"] + "岁")]),
        (10, [label(20, "身份证件号码"), blank(74, "id_number", pen=own), label(22, "常住地址"), said(34, extra["address"][:9])]),
        (10, [label(20, "出生日期"), said(60, day(extra["birth_on"], "cn_plain")), label(20, "死亡日期"), blank(50, "died_on", pen=own)]),
        (10, [label(20, "死亡地点"), said(60, extra["place"]), label(20, "死亡原因"), blank(50, "cause_of_death", pen=own)]),
        (10, [label(20, "家属姓名"), said(32, extra["relative"]), label(20, "联系电话"), said(78, extra["relative_phone"])]),
    )  # fmt: skip
    for height, cells in rows:
        y = strip(sheet, 30, y, height, cells)
    return y


@layout("death_certificate", "fresh-b")
def family_copy(document: Document, rng: Random) -> list[Sheet]:
    """The fourth copy, which the family hands to the crematorium: half a sheet, few cells, needle printed, number in running text."""
    sheet = Sheet(210, 148, facts=document.facts, rng=rng, paper=(252, 250, 244))
    sheet.label_pen = Pen(size=3.2, face=FACE_SERIF)
    title(sheet, 11, DEATH, 5.6)
    sheet.text(176, 22, "（第四联）", Pen(size=3.0, face=FACE_SERIF), anchor="c")
    own = Pen(size=3.4, dots=True, date="cn_plain")
    sheet.value(sheet.text(30, 22, "No."), 21.8, "certificate_number", own)
    y = _slip(sheet, document, 28, own)
    sheet.text(32, y + 6, "医师签名：" + document.extra["doctor"])
    sheet.value(sheet.text(94, y + 6, "医疗卫生机构："), y + 6, "hospital_name", own)
    sheet.value(sheet.text(94, y + 14, "开具日期："), y + 14, "issued_on", own)
    sheet.text(32, y + 14, "民警签名：")
    sheet.line(32, y + 24, 178, y + 24, weight=1)
    sheet.paragraph(
        32, y + 28, 146, "此联由死者家属收执，持此联到殡仪馆办理殡葬手续。本证明经公安机关盖章后有效。", Pen(size=2.9, face=FACE_SERIF)
    )
    sheet.stamp(seal(document.facts["hospital_name"], "医务科", rng=rng, diameter=34), 118, y - 6)
    sheet.stamp(seal(document.extra["station"], "户口专用章", rng=rng, diameter=32), 38, y + 1)
    return [sheet]


def _opinion_parts(document: Document) -> list[tuple[str, list[Part]]]:
    """Headings and what stands below them."""
    extra = document.extra
    accepted = day(extra["accepted_on"], "cn_plain")
    return [
        ("一、基本情况", [f"委托人：{extra['principal']}"]),
        ("", ["委托鉴定事项：对", Fact("name"), f"进行{extra['matter']}。"]),
        ("", [f"受理日期：{accepted}　鉴定地点：本中心法医临床室"]),
        ("", ["鉴定材料：病历复印件1份、影像片3张、道路交通事故认定书复印件1份。"]),
        ("", ["被鉴定人：", Fact("name", after="，"), Fact("gender", after="，"), f"{day(extra['birth_on'], 'cn_plain')}出生，住",
              f"{extra['address']}，公民身份号码：", Fact("id_number", after="。")]),
        ("二、基本案情", [extra["case"]]),
        ("三、资料摘要", [f"据{extra['hospital']}住院病历记载：患者因外伤入院，诊断为{extra['injury']}，予以治疗后好转出院。"]),
        ("四、鉴定过程", ["按照《法医临床检验规范》(SF/T 0111-2021)对被鉴定人进行检验，步入检查室，神志清楚，对答切题。"]),
        ("五、分析说明", [extra["analysis"]]),
        ("六、鉴定意见", [extra["opinion_start"], Fact("disability_grade"), extra["opinion_end"]]),
    ]  # fmt: skip


@layout("disability_appraisal", "fresh-a")
def judicial_opinion(document: Document, rng: Random) -> list[Sheet]:
    """The judicial opinion in running text: numbered headings, the grade within the last sentence."""
    sheet = Sheet(210, 297, facts=document.facts, rng=rng)
    body = Pen(size=4.0, face=FACE_SERIF)
    sheet.label_pen, sheet.value_pen = body, body
    sheet.value(105, 17, "appraiser_name", Pen(size=7.4, face=FACE_SERIF, bold=1.0), anchor="c")
    title(sheet, 29, "司法鉴定意见书", 8.4, spacing=10)
    sheet.value(184, 43, "report_number", body, anchor="r")
    y = 53.0
    for heading, parts in _opinion_parts(document):
        if heading:
            sheet.text(26, y, heading, Pen(size=4.2, bold=0.5))
            y += 7
        y = flow(sheet, 26, y, 158, parts, leading=1.62, first=8) + 0.3
    expert = document.extra
    sheet.text(96, y + 4, f"司法鉴定人：{expert['first_expert']}")
    sheet.text(96, y + 11.5, "《司法鉴定人执业证》证号：" + expert["licence"], Pen(size=3.2, face=FACE_SERIF))
    sheet.text(96, y + 19, f"司法鉴定人：{expert['second_expert']}")
    sheet.text(96, y + 26.5, "《司法鉴定人执业证》证号：" + expert["licence"][::-1], Pen(size=3.2, face=FACE_SERIF))
    sheet.value(176, y + 36, "issued_on", Pen(size=4.0, face=FACE_SERIF, date="cn_plain"), anchor="r")
    sheet.stamp(seal(document.facts["appraiser_name"], "司法鉴定专用章", rng=rng, diameter=40), 138, y + 14)
    sheet.text(105, 287, "共 1 页 第 1 页", Pen(size=2.8, face=FACE_SERIF), anchor="c")
    return [sheet]


@layout("disability_appraisal", "fresh-b")
def conclusion_table(document: Document, rng: Random) -> list[Sheet]:
    """A table of one page: particulars, findings, the grade in a cell of its own, a code to verify it."""
    sheet = Sheet(210, 297, facts=document.facts, rng=rng)
    extra, own = document.extra, Pen(size=3.7, date="cn")
    sheet.label_pen = Pen(size=3.6, bold=0.3)
    title(sheet, 18, "伤残等级鉴定意见书", 7.4, pen=Pen())
    sheet.value(sheet.text(20, 34, "文书编号："), 34, "report_number", own)
    grey = (236, 238, 242)
    rows: list[tuple[float, list[Cell]]] = [
        (11, [label(28, "鉴定机构", fill=grey), blank(142, "appraiser_name", pen=own)]),
        (11, [label(28, "委托单位", fill=grey), blank(72, text=extra["principal"], pen=own), label(28, "受理日期", fill=grey),
              blank(42, text=day(extra["accepted_on"], "cn"), pen=own)]),
        (11, [label(28, "被鉴定人", fill=grey), blank(32, "name", pen=own), label(16, "性别", fill=grey), blank(24, "gender", pen=own),
              label(28, "出生日期", fill=grey), blank(42, text=day(extra["birth_on"], "cn"), pen=own)]),
        (11, [label(28, "身份证号码", fill=grey), blank(72, "id_number", pen=own), label(28, "伤残原因", fill=grey),
        blank(42, text="交通事故", pen=own)]),
        (30, [label(28, "案情摘要", fill=grey), blank(142, text=extra["case"], pen=own)]),
        (32, [label(28, "检验所见", fill=grey),
        blank(142, text=f"送检病历及影像示：{extra['injury']}，治疗终结，遗留功能障碍。", pen=own)]),
        (38, [label(28, "分析说明", fill=grey), blank(142, text=extra["analysis"], pen=own)]),
        (16, [label(28, "伤残等级", fill=grey), Cell(142, (Fact("disability_grade", Pen(size=5.2, bold=0.6)),), "c")]),
        (12, [label(28, "适用标准", fill=grey), blank(142, text="《人体损伤致残程度分级》", pen=own)]),
    ]  # fmt: skip
    y = 42.0
    for height, cells in rows:
        y = strip(sheet, 20, y, height, cells, colour=(90, 90, 96))
    sheet.text(22, y + 8, f"鉴定人：{extra['first_expert']}　{extra['second_expert']}", own)
    sheet.text(22, y + 17, f"授权签字人：{extra['second_expert']}", own)
    sheet.value(sheet.text(112, y + 17, "签发日期：", own), y + 17, "issued_on", own)
    sheet.paste(qr("verify:" + document.facts["report_number"], 22), 22, y + 26)
    sheet.text(48, y + 34, "扫码核验文书真伪", Pen(size=2.8))
    choices(sheet, 112, y + 28, ("首次鉴定", "重新鉴定"), ticked="首次鉴定", pen=own)
    sheet.stamp(seal(document.facts["appraiser_name"], "鉴定专用章", rng=rng, diameter=40), 134, y + 2)
    return [sheet]
