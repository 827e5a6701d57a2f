"""The calculation in words: what a customer reads, what an auditor reads, in both languages."""

from collections.abc import Callable
from datetime import date

import pytest

from anpei.claims import benefit
from anpei.claims.benefit import Accumulators, BillFacts
from anpei.records.products.library import ProductLibrary
from anpei.records.products.model import Terms

Build = Callable[..., BillFacts]


def test_the_customer_reads_what_mattered(standard: Terms, unused: Accumulators, visit: Build) -> None:
    made = benefit.assess(terms=standard, bills=[visit(inside=43_260)], accumulators=unused)
    assert benefit.explain(assessment=made, terms=standard, lang="zh", depth="customer") == [
        "2026-03-02 就诊：",
        "本次就诊医保目录内由您个人负担的费用为432.60元。",
        "每次就诊免赔额100.00元，从目录内费用中扣除100.00元。",
        "目录内剩余332.60元按80%赔付，为266.08元。",
        "合计赔付266.08元。",
    ]


def test_caps_are_told_when_they_cut(standard: Terms, unused: Accumulators, visit: Build) -> None:
    made = benefit.assess(terms=standard, bills=[visit("a", inside=90_000), visit("b", inside=30_000)], accumulators=unused)
    told = benefit.explain(assessment=made, terms=standard, lang="zh")
    assert told[4:] == [
        "每次就诊最多赔付500.00元，本次按500.00元计算。",
        "2026-03-02 就诊：",
        "本次就诊医保目录内由您个人负担的费用为300.00元。",
        "每次就诊免赔额100.00元，从目录内费用中扣除100.00元。",
        "目录内剩余200.00元按80%赔付，为160.00元。",
        "同一天内可赔付的就诊次数已用完，这次就诊不再重复赔付。",
        "可用的限额或次数已用完，本次赔付0元。",
        "合计赔付500.00元。",
    ]


@pytest.mark.parametrize(
    ("total", "pooled", "zh", "en"),
    [
        (632_000, 0, "可计算费用未超过剩余免赔额，已计入免赔额累计，本次赔付0元。", "they count towards it, and ¥0 is paid now."),
        (632_000, 632_000, "费用已由医保或其他途径全部支付", "Social insurance and others have paid everything"),
    ],
)
def test_a_zero_is_explained(million: Terms, unused: Accumulators, stay: Build, total: int, pooled: int, zh: str, en: str) -> None:
    made = benefit.assess(terms=million, bills=[stay(total=total, pooled_fen=pooled)], accumulators=unused)
    assert zh in benefit.explain(assessment=made, terms=million, lang="zh")[-1]
    assert en in benefit.explain(assessment=made, terms=million, lang="en")[-1]


def test_an_unexplained_zero_promises_a_person(standard: Terms, unused: Accumulators, visit: Build) -> None:
    made = benefit.assess(terms=standard, bills=[visit(outside=30_000)], accumulators=unused)
    assert benefit.explain(assessment=made, terms=standard, lang="zh")[-1] == "按条款计算为0元，将由理赔人员复核。"


def test_the_auditor_reads_every_step_with_clause_and_formula(million: Terms, unused: Accumulators, stay: Build) -> None:
    made = benefit.assess(terms=million, bills=[stay(total=1_234_567, settled_by_social=False)], accumulators=unused)
    told = benefit.explain(assessment=made, terms=million, lang="zh", depth="auditor")
    assert told[2:] == [
        "b1 · 本次抵扣年免赔额 [第七条 年免赔额按年累计]: 取较小值 {可计算费用 12345.67; 剩余年免赔额 10000.00} = 10000.00",
        "b1 · 扣除免赔额后的费用 [第七条 年免赔额按年累计]: 可计算费用 12345.67 − 本次抵扣年免赔额 10000.00 = 2345.67",
        "b1 · 按比例给付 [第八条]: 扣除免赔额后的费用 2345.67 × 以医保身份投保但未经医保结算的赔付比例 60% = 1407.40 [四舍五入到分]",
        "b1 · 年度限额 [第九条]: 取较小值 {按比例给付 1407.40; 年度剩余限额 2000000.00} = 1407.40",
        "合计赔付1407.40元。",
    ]


@pytest.mark.parametrize("depth", ["customer", "auditor"])
def test_english_is_complete(plus: Terms, unused: Accumulators, visit: Build, depth: str) -> None:
    bills = [visit("a", inside=150_000, outside=50_000), visit("b", inside=1_000, service_on=date(2026, 3, 3), other_payment_fen=500)]
    made = benefit.assess(terms=plus, bills=bills, accumulators=unused)
    told = benefit.explain(assessment=made, terms=plus, lang="en", depth=depth)  # type: ignore[arg-type]
    words = [text.split("]: ", 1)[-1] for text in told]
    assert len(told) > 6
    assert [text for text in words if any("\u4e00" <= sign <= "\u9fff" for sign in text)] == []


def test_steps_are_told_in_their_units(products: ProductLibrary, unused: Accumulators) -> None:
    terms = products.terms("accident", "standard", at=date(2026, 3, 2))
    facts = {"graded_on": "2026-05-10", "disabilities": [{"grade": 8}, {"grade": 8}]}
    made = benefit.assess(terms=terms, accumulators=unused, event=benefit.EventFacts.of(on=date(2026, 2, 10), facts=facts))
    told = {step.title: step for step in benefit.told_steps(assessment=made, terms=terms, lang="en")}
    shown = [told[title] for title in ("days from accident to appraisal", "graded in time", "most severe grade", "per cent of this grade")]
    assert [(step.result, step.is_money) for step in shown] == [("89", False), ("yes", False), ("grade 7", False), ("40%", False)]
    assert told["most severe grade"].formula == (
        "the most severe of {grade 001 grade 8; grade 002 grade 8} (several equal ones: promoted by one grade) = grade 7"
    )
    assert (told["disability benefit"].result, told["disability benefit"].is_money) == ("200000.00", True)
    assert told["days from accident to death"].formula == "does not apply (dead no)"


def test_other_terms_cannot_explain_it(standard: Terms, plus: Terms, unused: Accumulators, visit: Build) -> None:
    made = benefit.assess(terms=standard, bills=[visit(inside=43_260)], accumulators=unused)
    with pytest.raises(benefit.BenefitInvalid, match="terms_digest"):
        benefit.explain(assessment=made, terms=plus)
