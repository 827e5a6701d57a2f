"""The rulebook's notice texts: complete, in the voice, with the result first, and refusing wrong values."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from anpei.engines.knowledge import KnowledgeError, shipped_rulebook
from anpei.kernel.money import Money
from anpei.notices.model import Language
from anpei.notices.templates import InvalidValues, Template, TemplateBook, TemplateUnknown, load_templates
from anpei.notices.voice import example_problems, load_voice

RULEBOOK = shipped_rulebook()
BOOK = load_templates(RULEBOOK)
VOICE = load_voice(RULEBOOK)
TODAY = date(2026, 11, 21)
IDS = {
    "claim_reported", "supplement_wanted", "claim_settled", "settled_zero", "referred_to_person", "payment_confirmed", "payment_failed",
    "refused", "withdrawn", "system_degraded",
}  # fmt: skip
PAID: dict[str, Any] = {
    "claim_number": "AP-1",
    "amount": Money(123_456),
    "account_tail": "1234",
    "paid_at": datetime(2026, 11, 21, 6, 5, tzinfo=UTC),
    "bank_reference": "R1",
}


def body(template_id: str, language: Language = Language.ZH) -> list[str]:
    template = BOOK.get(template_id, on=TODAY)
    return template.render(template.read_values(template.good_examples[0].values), language=language).body.split("\n")


def test_every_kind_is_there_once() -> None:
    assert sorted(template.id for template in BOOK.templates) == sorted(IDS)
    assert {BOOK.get(each, on=TODAY).id for each in IDS} == IDS


@pytest.mark.parametrize("template", BOOK.templates, ids=lambda template: template.id)
def test_the_examples_hold(template: Template) -> None:
    assert example_problems(template, voice=VOICE) == []


@pytest.mark.parametrize("template", BOOK.templates, ids=lambda template: template.id)
def test_the_words_themselves_are_in_the_voice(template: Template) -> None:
    for language, words in ((Language.ZH, template.zh), (Language.EN, template.en)):
        assert VOICE.problems(words.subject + "\n" + words.body, language=language) == []


@pytest.mark.parametrize("template", BOOK.templates, ids=lambda template: template.id)
def test_every_text_names_the_claim_and_a_way_to_a_person(template: Template) -> None:
    for words, ways in ((template.zh, ("找人看看", "我有异议")), (template.en, ("Ask a person", "I disagree"))):
        assert "{claim_number}" in words.subject
        assert any(way in words.body for way in ways)


def test_the_result_comes_first() -> None:
    assert body("claim_settled")[0] == "可赔 ¥8,665.67。"
    assert body("claim_settled", Language.EN)[0] == "We pay ¥8,665.67."
    assert body("settled_zero")[0] == "这次可赔 ¥0.00。"
    assert body("payment_confirmed")[0] == "¥8,665.67 已付到尾号 1234 的账户。"
    assert body("supplement_wanted")[0] == "还差 2 样，补上就接着办。"
    assert body("refused")[0] == "这次不能赔。"


def test_a_settlement_goes_amount_then_calculation_then_what_to_do() -> None:
    text = body("claim_settled")
    assert text[2:6] == ["怎么算的", "1. 发票总额 ¥12,400.00，医保已付 ¥3,234.33", "2. 减免赔额 ¥500.00", "3. 按 100% 赔付，得 ¥8,665.67"]
    assert text[7] == "接下来"


def test_a_refusal_names_clause_fact_person_and_how_to_object() -> None:
    text = "\n".join(body("refused"))
    for part in (
        "条款第2.4条第3项",
        "“被保险人在等待期内",
        "出院小结写的发病日是2026年3月12日",
        "核赔员 工号 0217",
        "我有异议",
        "12378",
        "法院",
    ):
        assert part in text


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        (Language.ZH, "因材料不完备不予受理", ["“不予受理”", "“不予”", "“材料不完备”"]),
        (Language.ZH, "还差一张住院发票。拍清楚四个角就可以。", []),
        (Language.ZH, "请你补充", ["“你”"]),
        (Language.ZH, "字" * 61, ["a sentence of 61 characters"]),
        (Language.ZH, "字" * 60 + "。" + "字" * 60, []),
        (Language.ZH, "条款写着“" + "字" * 80 + "”。", []),
        (Language.EN, "Unfortunately, we cannot pay.", ["“unfortunately”"]),
        (Language.EN, "One invoice is still missing.", []),
    ],
)
def test_the_voice_hears(language: Language, text: str, expected: list[str]) -> None:
    found = VOICE.problems(text, language=language)
    assert [problem.split(":")[0].split(" (at")[0] for problem in found] == expected


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"bank_reference": None}, "bank_reference must be of the kind text"),
        ({"bank_reference": " "}, "bank_reference must be of the kind text"),
        ({"amount": 123_456}, "amount must be of the kind amount"),
        ({"amount": "1234.56"}, "amount must be of the kind amount"),
        ({"paid_at": TODAY}, "paid_at must be of the kind instant"),
        ({"paid_at": datetime(2026, 11, 21, 6, 5)}, "paid_at must be of the kind instant"),  # noqa: DTZ001
        ({"name": "王小安"}, "differ in: name"),
    ],
)
def test_wrong_values_are_named(change: dict[str, Any], named: str) -> None:
    with pytest.raises(InvalidValues, match=named):
        BOOK.get("payment_confirmed", on=TODAY).render(PAID | change)


def test_a_missing_value_is_named() -> None:
    values = {name: value for name, value in PAID.items() if name != "amount"}
    with pytest.raises(InvalidValues, match="differ in: amount"):
        BOOK.get("payment_confirmed", on=TODAY).render(values)


@pytest.mark.parametrize("papers", [[], "住院发票", [1]])
def test_a_list_is_a_list_of_lines(papers: object) -> None:
    with pytest.raises(InvalidValues, match="papers must be of the kind list"):
        BOOK.get("supplement_wanted", on=TODAY).render({"claim_number": "AP-1", "count": 1, "papers": papers})  # type: ignore[dict-item]


def test_values_cannot_bring_placeholders_or_lines_of_their_own() -> None:
    values = PAID | {"claim_number": "{amount}\nBcc: x", "bank_reference": "{claim_number}"}
    text = BOOK.get("payment_confirmed", on=TODAY).render(values)
    assert text.subject == "已付 ¥1,234.56（{amount} Bcc: x）"
    assert "银行流水号：{claim_number}" in text.body


def test_days_and_instants_in_both_languages() -> None:
    template = BOOK.get("payment_confirmed", on=TODAY)
    assert "时间：2026年11月21日 14:05" in template.render(PAID).body
    assert "Time: 21 November 2026, 14:05 (China time)" in template.render(PAID, language=Language.EN).body


def test_a_text_is_chosen_by_the_day() -> None:
    with pytest.raises(TemplateUnknown, match="no notice text refused is in force on 2021-10-31"):
        BOOK.get("refused", on=date(2021, 10, 31))
    with pytest.raises(TemplateUnknown):
        TemplateBook([]).get("refused", on=TODAY)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("claim_number: text, ", "", "zh text differ in: claim_number"),
        ("    Bank reference: {bank_reference}\n", "", "en text differ in: bank_reference"),
        ("时间：{paid_at}", "时间：{paid_at", "differ in: paid_at"),
        ("时间：{paid_at}", "时间：{paid_at}}", "a brace stands alone"),
        ("status: live", "status: alive", "status"),
        ("amount: amount,", "amount: money,", "placeholders"),
    ],
)
def test_a_wrong_text_is_refused_with_its_place(tmp_path: Path, old: str, new: str, message: str) -> None:
    shipped = RULEBOOK.file("notices/texts/payment_confirmed.yaml").read_text(encoding="utf-8")
    assert old in shipped
    (tmp_path / "notices" / "texts").mkdir(parents=True)
    (tmp_path / "notices" / "texts" / "payment_confirmed.yaml").write_text(shipped.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(KnowledgeError, match=message) as caught:
        load_templates(shipped_rulebook(tmp_path))
    assert "payment_confirmed.yaml" in str(caught.value)


def test_a_broken_example_is_noticed() -> None:
    template = BOOK.get("payment_confirmed", on=TODAY)
    good = template.good_examples[0].model_copy(update={"zh": "说了别的"})
    bad = template.bad_examples[0].model_copy(update={"text": "钱已付到您的账户。"})
    broken = template.model_copy(update={"good_examples": (good,), "bad_examples": (bad,)})
    assert example_problems(broken, voice=VOICE) == [
        "payment_confirmed: the zh text does not say “说了别的”",
        "payment_confirmed: nothing forbids “钱已付到您的账户。” (没有金额和账户)",
    ]
