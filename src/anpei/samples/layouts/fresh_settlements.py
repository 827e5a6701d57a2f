"""Settlement sheets of the fresh set: ruled throughout, two columns in dot matrix, a page of a portal."""

from random import Random

from anpei.samples.drawing import formats, marks
from anpei.samples.drawing.sheet import FACE_MONO, Colour, Pen, Sheet
from anpei.samples.layouts.fresh_forms import Box, beside, dashes, emblem, fill, paper, ruled, signature, song, tractor
from anpei.samples.layouts.fresh_inpatient_receipts import days_of
from anpei.samples.layouts.registry import layout
from anpei.samples.world.documents import Document, yuan

SHADE: Colour = (238, 238, 238)
TEAL: Colour = (20, 110, 120)


def sums_of(document: Document) -> dict[str, str]:
    """Sums that settlement sheets print beside the fields: what lies in the catalogue, what the funds and the person pay."""
    fen = {name: int(value.replace(".", "")) for name, value in document.facts.items() if value.count(".") == 1}
    return {
        "inside": yuan(fen["total_amount"] - fen["own_expense"]),
        "funds": yuan(fen["pooled_fund"] + fen["serious_illness_fund"] + fen["other_payment"]),
        "person": yuan(fen["personal_account"] + fen["personal_cash"]),
    }


@layout("settlement_sheet", "fresh-a")
def national(document: Document, rng: Random) -> list[Sheet]:
    """结算单 ruled throughout, A4, Song: three parts with shaded bars, label boxes beside value boxes, the total also in capitals."""
    sheet = paper((210, 297), document.facts, rng, label=song(3.5), value=song(3.6))
    extra = document.extra
    sheet.text(105, 16, f"{extra['province']}基本医疗保险住院医疗费用结算单", song(5.8, bold=0.4), anchor="c")
    fill(sheet, 15, 27, "结算流水号：", "", text=extra["number"][2:] + extra["issued_on"].replace("-", ""))
    fill(sheet, 142, 27, "金额单位：元", "")
    y = _basic(sheet, document, _bar(sheet, 33, "一、基本信息"))
    y = _money(sheet, document, y)
    fill(sheet, 15, y + 7, "医院经办人：", "", text=extra["doctor"][0] + "敏")
    sheet.text(76, y + 7, "患者（家属）签字：")
    signature(sheet, 109, y + 6, document.facts["patient_name"])
    sheet.text(140, y + 7, "医疗机构（盖章）")
    sheet.stamp(marks.seal(document.facts["hospital_name"], "医保结算专用章", rng=rng, diameter=36), 142, y + 11)
    sheet.text(15, y + 17, "注：本结算单一式三份，医疗机构、参保人员、医保经办机构各执一份。", song(3.0))
    return [sheet]


def _basic(sheet: Sheet, document: Document, y: float) -> float:
    """Who, where, when; returns the y below."""
    extra = document.extra
    for widths, cells in (
        ("28 32 20 18 26 56", "姓名:patient_name;性别:gender;证件号码:id_number"),
        ("28 70 26 56", f"险种类型:insurance_type;参保地:{extra['province']}本级"),
        ("28 98 26 28", f"医疗机构名称:hospital_name;医院等级:{extra['grade']}"),
        ("28 42 28 28 26 28", f"住院号:admission_number;住院科室:{extra['department']};医疗类别:普通住院"),
        ("28 42 28 28 26 28", f"入院日期:admitted_on;出院日期:discharged_on;住院天数:{days_of(document.facts)}"),
        ("28 98 26 28", f"出院诊断:{extra['diagnosis']};结算日期:settled_on"),
    ):
        y = ruled(sheet, 15, y, 8.5, beside(sheet, widths, cells))
    return y


def _money(sheet: Sheet, document: Document, y: float) -> float:
    """What it cost and who paid; returns the y below."""
    sums = sums_of(document)
    y = _bar(sheet, y, "二、费用信息")
    for cells in (f"医疗费总额:total_amount;政策范围内金额:{sums['inside']}", "全自费金额:own_expense;个人自付金额:self_paid"):
        y = ruled(sheet, 15, y, 8.5, beside(sheet, "36 54 36 54", cells, align="r"))
    y = ruled(sheet, 15, y, 8.5, [Box(36, "医疗费总额（大写）"), Box(144, text=formats.capitals(document.facts["total_amount"]))])
    y = _bar(sheet, y, "三、支付信息")
    for cells in (
        f"基金支付总额:{sums['funds']};基本统筹基金支付:pooled_fund",
        "大病保险支付:serious_illness_fund;其他基金支付:other_payment",
        f"个人负担总额:{sums['person']};个人账户支付:personal_account",
        "现金支付金额:personal_cash;备注:",
    ):
        y = ruled(sheet, 15, y, 8.5, beside(sheet, "36 54 36 54", cells, align="r"))
    return y


def _bar(sheet: Sheet, y: float, text: str) -> float:
    """A shaded bar across the form."""
    return ruled(sheet, 15, y, 7.5, [Box(180, text, align="l")], shade=SHADE)


@layout("settlement_sheet", "fresh-b")
def two_columns(document: Document, rng: Random) -> list[Sheet]:
    """A dot-matrix sheet on 241 by 139.7 mm paper without any ruling: labels and values run in two columns, dashes between parts."""
    pen = Pen(size=3.5, face=FACE_MONO, dots=True, colour=(44, 44, 60), date="slash")
    sheet = paper((241, 139.7), document.facts, rng, label=pen, value=pen)
    tractor(sheet)
    extra, sums = document.extra, sums_of(document)
    large = Pen(size=5.0, dots=True, colour=(44, 44, 60))
    sheet.value(120, 8, "hospital_name", large, anchor="c", suffix="医保结算单")
    fill(sheet, 20, 18, "打印时间:", "", text=extra["issued_on"].replace("-", "/") + " 10:26:41")
    fill(sheet, 150, 18, "医疗类别:", "", text="普通住院")
    dashes(sheet, 20, 23.5, 221)
    pairs = (
        (("姓    名:", "patient_name", ""), ("身份证号:", "id_number", "")),
        (("性    别:", "gender", ""), ("人员类别:", "insurance_type", "")),
        (("住 院 号:", "admission_number", ""), ("科    室:", "", extra["department"])),
        (("入院时间:", "admitted_on", ""), ("出院时间:", "discharged_on", "")),
        (("病种名称:", "", extra["diagnosis"]), ("结算时间:", "settled_on", "")),
    )
    _pairs(sheet, 26, pairs)
    dashes(sheet, 20, 58, 221)
    money = (
        (("费用总额:", "total_amount", ""), ("报销范围:", "", sums["inside"])),
        (("统筹支付:", "pooled_fund", ""), ("自    费:", "own_expense", "")),
        (("大病支付:", "serious_illness_fund", ""), ("自    付:", "self_paid", "")),
        (("其它支付:", "other_payment", ""), ("账户支付:", "personal_account", "")),
        (("报销合计:", "", sums["funds"]), ("现金支付:", "personal_cash", "")),
    )
    _pairs(sheet, 61, money)
    dashes(sheet, 20, 93, 221)
    sheet.text(20, 96, f"报销合计(大写): {formats.capitals(sums['funds'])}")
    for x, text in ((20, "审核:"), (82, "操作员: 0127"), (150, "病人签名:")):
        sheet.text(x, 106, text)
    signature(sheet, 170, 104.5, document.facts["patient_name"])
    sheet.stamp(marks.seal(document.facts["hospital_name"], "医疗保险专用章", rng=rng, diameter=32, flat=0.7), 100, 107)
    return [sheet]


def _pairs(sheet: Sheet, y: float, pairs: tuple[tuple[tuple[str, str, str], ...], ...]) -> None:
    for number, line in enumerate(pairs):
        for x, (label, fact, text) in zip((20, 125), line, strict=True):
            fill(sheet, x, y + number * 6.3, label, fact, text=text, gap=1.5)


@layout("settlement_sheet", "fresh-c")
def portal(document: Document, rng: Random) -> list[Sheet]:
    """A page of an insurer's portal printed on A4: no ruling, grey labels above values, large figures, dates in Chinese."""
    value = Pen(size=3.9, date="cn")
    sheet = paper((210, 297), document.facts, rng, label=Pen(size=3.0, colour=(130, 134, 140)), value=value)
    sheet.paste(emblem(13, TEAL), 16, 13)
    sheet.text(33, 14, "医疗保障服务平台", Pen(size=4.6, colour=TEAL, bold=0.5))
    sheet.text(33, 21.5, "医保费用结算单", Pen(size=3.6, colour=(90, 94, 100)))
    sheet.line(16, 30, 194, 30, colour=TEAL, weight=5)
    blocks = (
        (("参保人", "patient_name"), ("身份证件号码", "id_number"), ("性别", "gender")),
        (("险种", "insurance_type"), ("就诊医院", "hospital_name"), ("住院号", "admission_number")),
        (("入院", "admitted_on"), ("出院", "discharged_on"), ("结算", "settled_on")),
    )
    for down, line in enumerate(blocks):
        for x, (label, fact) in zip((16, 70, 148), line, strict=True):
            sheet.text(x, 38 + down * 17, label)
            sheet.value(x, 44 + down * 17, fact)
    sheet.line(16, 88, 194, 88, colour=(205, 208, 212))
    large = Pen(size=7, bold=0.6, colour=(24, 26, 32))
    for x, label, fact in (
        (16, "医疗总费用（元）", "total_amount"),
        (82, "统筹基金支付（元）", "pooled_fund"),
        (148, "现金支付（元）", "personal_cash"),
    ):
        sheet.text(x, 95, label)
        sheet.value(x, 101, fact, large)
    _shares(sheet, 118)
    sheet.text(16, 190, "本页面内容由医保结算系统生成，仅供参考，报销以经办机构审核结果为准。", Pen(size=2.8, colour=(150, 152, 156)))
    return [sheet]


def _shares(sheet: Sheet, y: float) -> None:
    """One line for each share with the amount at the right edge."""
    sheet.text(16, y, "费用构成", Pen(size=4.2, bold=0.5))
    lines = (
        ("大病保险支付", "serious_illness_fund"),
        ("其他支付", "other_payment"),
        ("个人账户支付", "personal_account"),
        ("个人自付（目录内）", "self_paid"),
        ("个人自费（目录外）", "own_expense"),
    )
    for number, (label, fact) in enumerate(lines):
        top = y + 9 + number * 10
        sheet.text(16, top, label, Pen(size=3.6, colour=(60, 64, 70)))
        sheet.value(194, top, fact, anchor="r", suffix=" 元")
        sheet.line(16, top + 6.5, 194, top + 6.5, colour=(226, 228, 231), weight=1)
