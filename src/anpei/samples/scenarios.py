"""The scenarios of claim folders: what happens, what is wrong with the papers, and what should come of it."""

from dataclasses import dataclass

from anpei.kernel import errors
from anpei.samples import defects
from anpei.samples.defects import Defect
from anpei.samples.expected import MILLION_MEDICAL, SMALL_OUTPATIENT
from anpei.samples.world.visits import Wish

SETTLE, REFER, WANTING = "settle", "refer", "wanting"
UNATTENDED, FAST, SPECIALIST, INVESTIGATION = "unattended", "fast", "specialist", "investigation"


class UnknownScenario(errors.NotFound):
    """No scenario has this name."""

    code = "samples.unknown_scenario"


PLAIN = Wish()


@dataclass(frozen=True, slots=True)
class Scenario:
    """One story.

    ``start_days`` is how many days before the event the policy began (negative: after it). ``hospital`` picks a kind of
    hospital: eligible, private, low_grade or unknown. ``itemised`` None takes any receipt layout. ``missing`` are the kinds to be
    asked for. Money in fen.
    """

    name: str
    title: str
    plan: str = "plus"
    wish: Wish = PLAIN
    start_days: int = 200
    renewed: bool = False
    deductible_used: int = 0
    limit_used: int = 0
    hospital: str = "eligible"
    gender: str = ""
    itemised: bool | None = None
    certificate: bool = False
    cards: bool = False
    defect: Defect | None = None
    decision: str = SETTLE
    lane: str = UNATTENDED
    findings: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    twice: bool = False

    @property
    def product(self) -> str:
        """The product whose policy the claim is made under."""
        return MILLION_MEDICAL if self.wish.care == "inpatient" else SMALL_OUTPATIENT


IN = Wish(care="inpatient")
IN_SERIOUS = Wish(care="inpatient", costly=True, serious_bp=1500)
IN_COSTLY = Wish(care="inpatient", costly=True)
FULL = Wish(count=6, fund_bp=0, extra=(("CT平扫", 1),))
BIG = Wish(count=4, fund_bp=0, extra=(("磁共振平扫(1.5T)", 2), ("CT平扫", 3), ("过敏原筛查", 1), ("复合维生素片", 2)))


def refer(name: str, title: str, finding: str, *, lane: str = SPECIALIST, **story: object) -> Scenario:
    """A scenario with one defect that a person has to look at."""
    return Scenario(name=name, title=title, decision=REFER, lane=lane, findings=(finding,), **story)  # type: ignore[arg-type]


def wanting(name: str, title: str, missing: str, defect: Defect, **story: object) -> Scenario:
    """A scenario in which one kind of paper has to be asked for."""
    return Scenario(name=name, title=title, decision=WANTING, lane=FAST, missing=(missing,), defect=defect, **story)  # type: ignore[arg-type]


CLEAN = (
    Scenario("outpatient_standard", "门诊，标准款，医保已结算", plan="standard", wish=Wish(count=8)),
    Scenario("outpatient_plus", "门诊，升级款，医保已结算", itemised=True),
    Scenario("outpatient_list", "门诊，票据只列费用类别，附费用清单", itemised=False),
    Scenario("outpatient_certificate", "门诊，以诊断证明书代替病历，附身份证和银行卡", certificate=True, cards=True, itemised=True),
    Scenario("outpatient_unsettled", "门诊，自费就诊", wish=Wish(settled=False, count=7), itemised=True),
    Scenario("outpatient_unrelated_page", "门诊，夹有一页无关纸张", defect=defects.with_unrelated, itemised=True),
    Scenario("visit_cap", "门诊，达到单次限额", wish=BIG, itemised=True),
    Scenario("visit_cap_standard", "门诊，标准款达到单次限额", plan="standard", wish=BIG, itemised=True),
    Scenario("annual_limit", "门诊，年度限额只剩五十元", plan="standard", wish=FULL, limit_used=4_950_00, itemised=True),
    Scenario("renewal_in_waiting", "续保，保单生效第十天就诊", start_days=10, renewed=True),
    Scenario("accident_in_waiting", "意外，保单生效第六天就诊", wish=Wish(accident=True), start_days=6),
    Scenario("inpatient", "住院，年免赔额已抵扣九千元", wish=IN, plan="standard", deductible_used=9_000_00, cards=True),
    Scenario("inpatient_large", "住院，费用超过年免赔额", wish=IN_COSTLY, plan="standard"),
    Scenario("inpatient_serious_illness", "住院，大病保险已支付一部分", wish=IN_SERIOUS, plan="standard"),
    Scenario("inpatient_below_deductible", "住院，费用未超过年免赔额", wish=IN, plan="standard"),
)
DEFECTIVE = (
    refer("wrong_person", "票据上是另一个人", "identity.name_mismatch", lane=INVESTIGATION, defect=defects.wrong_person),
    refer("event_before_cover", "就诊早于保险期间", "cover.outside_period", start_days=-20),
    refer("waiting_period", "等待期内就诊", "cover.waiting_period", start_days=12),
    refer("private_hospital", "民营医院", "hospital.not_eligible", hospital="private"),
    refer("low_grade_hospital", "一级医院", "hospital.not_eligible", hospital="low_grade"),
    refer("unknown_hospital", "名录中没有的医院", "hospital.unknown", hospital="unknown", itemised=True),
    refer("rows_do_not_sum", "明细合计与总额不符", "bill.rows_do_not_sum", defect=defects.row_left_out, itemised=True),
    refer(
        "upper_case_differs", "大写与小写不符", "bill.upper_case_differs", lane=INVESTIGATION, defect=defects.capitals_differ, itemised=True
    ),
    refer("split_does_not_add_up", "支付构成与总额不符", "bill.split_does_not_add_up", defect=defects.split_differs),
    refer("qr_differs", "二维码与票面不符", "bill.qr_differs", lane=INVESTIGATION, defect=defects.code_differs, itemised=True),
    refer("sex_rule", "男性收取妇科项目", "rule.sex", wish=Wish(count=5, extra=(("经阴道妇科超声", 1),)), gender="M", itemised=True),
    refer("age_rule", "成人使用儿童药品", "rule.age", wish=Wish(count=5, extra=(("小儿氨酚黄那敏颗粒", 1),)), itemised=True),
    refer(
        "mutual_exclusion",
        "同日收取互斥项目",
        "rule.mutual_exclusion",
        wish=Wish(count=5, extra=(("急诊诊查费", 1),)),
        itemised=True,
    ),
    refer("frequency_rule", "一日内次数超限", "rule.frequency", wish=Wish(count=5, extra=(("常规心电图检查", 6),)), itemised=True),
    refer("duplicate_bill", "同一票据第二次索赔", "bill.duplicate", lane=INVESTIGATION, itemised=True, twice=True),
    wanting("missing_page", "缺门诊病历", "outpatient_record", defects.without("outpatient_record")),
    wanting("missing_fee_list", "住院缺费用清单", "fee_list", defects.without("fee_list"), wish=IN, plan="standard"),
    wanting("blank_page", "票据拍成白纸", "outpatient_receipt", defects.blank_receipt, itemised=True),
    wanting("blurred_receipt", "票据照片严重模糊", "outpatient_receipt", defects.blurred_receipt, itemised=True),
)
ON_REQUEST = (
    Scenario("outpatient_turned", "门诊，票据横拍，病历拍得很暗", defect=defects.turned_and_dark, itemised=True),
    Scenario("inpatient_unsettled", "住院，有医保身份而未经医保结算", wish=Wish("inpatient", settled=False, costly=True), plan="standard"),
    Scenario("outpatient_pdf", "门诊，电子票据为PDF文件", defect=defects.as_pdf, itemised=True),
)
SCENARIOS = {scenario.name: scenario for scenario in (*CLEAN, *DEFECTIVE, *ON_REQUEST)}

_EACH = tuple(scenario.name for scenario in (*CLEAN, *DEFECTIVE))
MORE = ("outpatient_plus", "outpatient_standard", "outpatient_list", "outpatient_plus", "inpatient", "inpatient_large")
PLAYED = {
    "known": (*_EACH, *(scenario.name for scenario in ON_REQUEST)),
    "heldback": (*_EACH, *MORE),
    "unseen": (*_EACH, *MORE),
    "fresh": (*_EACH, *MORE),
}


def scenario(name: str) -> Scenario:
    """The scenario of this name. Raises UnknownScenario."""
    if name not in SCENARIOS:
        raise UnknownScenario(f"no scenario named {name}: take one of {', '.join(SCENARIOS)}")
    return SCENARIOS[name]
