"""Rule hits in words: one sentence for the customer, everything it stands on for the auditor."""

import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from anpei.claims.audit.telling import HIDDEN, tell_hits
from anpei.claims.decision.adjudication import judged, rule_facts_of
from anpei.kernel.errors import NotFound
from anpei.rules.model import RuleRow, Source, rule_id_for
from anpei.rules.snapshots.execution import examine_snapshot
from anpei.rules.snapshots.snapshot import Snapshot
from tests.factories import cases, readings

ON = date(2026, 10, 3)
SINCE, END = date(2020, 1, 1), date(2030, 1, 1)


def row(template: str, subject: str, **parameters: Any) -> RuleRow:
    number = rule_id_for(template_id=template, subject=subject, parameters=parameters, valid_from=SINCE, document="某省医保局〔2020〕1号")
    source = Source("某省医保局〔2020〕1号", batch="2", file="t.csv", line=7)
    return RuleRow(number, template, subject, parameters, SINCE, source, END, title="子宫附件超声")


@pytest.fixture
def met(tmp_path: Path) -> tuple[dict[str, Any], Snapshot, tuple[dict[str, Any], ...]]:
    """Facts, snapshot and hits: an item for women charged to a man, and an age limit while the age is known."""
    rows = [readings.item("普通门诊诊查费", "10.00", code=cases.VISIT), readings.item("子宫附件超声", "422.60", code=cases.UTERUS)]
    inputs = cases.inputs(cases.pages(rows=rows), sex="M")
    more = row("age", cases.VISIT, age_max_years=14), row("indication", cases.UTERUS, icd_prefixes=("N8",))
    snapshot = cases.snapshot(tmp_path, *more)
    facts = rule_facts_of(facts=inputs.facts, items=inputs.items, providers=inputs.providers)
    return dict(inputs.facts), snapshot, judged(examine_snapshot(facts=facts, snapshot=snapshot, on=ON))


def test_the_customer_reads_one_sentence_with_the_amount_it_concerns(met: Any) -> None:
    facts, snapshot, hits = met
    told = {one.template_id: one for one in tell_hits(hits, facts=facts, snapshot=snapshot, language="zh", depth="customer")}
    assert set(told) == {"age", "sex", "indication"}
    assert told["age"].text.endswith("涉及金额 ¥10.00。")
    assert "限14周岁及以下使用，就诊人34周岁。" in told["age"].text
    assert told["age"].at_stake_fen == 1000
    assert told["sex"].at_stake_fen == 42260
    assert all(one.details == () for one in told.values())


def test_the_auditor_reads_all_that_it_stands_on(met: Any) -> None:
    facts, snapshot, hits = met
    told = {one.template_id: one for one in tell_hits(hits, facts=facts, snapshot=snapshot, language="zh", depth="auditor")}
    age = told["age"]
    rule_id = age.rule_ids[0]
    assert age.details == (
        "规则 age：限定年龄；依据：国家医保局《医疗保障基金智能监管规则库、知识库》“限定年龄对象”",
        (
            f"条目 {rule_id}：{cases.VISIT}；age_max_years = 14；"
            "来源：某省医保局〔2020〕1号（批次 2） 第 7 行；2020-01-01 起，至 2030-01-01 前"
        ),
        "读到的值：年龄（天） = 12631",
        "后果：整行不在责任内",
        f"规则快照 {snapshot.id}",
    )


def test_english_is_complete(met: Any) -> None:
    facts, snapshot, hits = met
    for one in tell_hits(hits, facts=facts, snapshot=snapshot, language="en", depth="auditor"):
        assert not re.search("[\u4e00-\u9fff]", one.text.replace("子宫附件超声", ""))
        assert one.details[0].startswith(f"Rule {one.template_id}: ")
        assert one.details[-1] == f"Rule snapshot {snapshot.id}"


def test_what_a_reader_must_not_see_is_covered(met: Any) -> None:
    facts, snapshot, hits = met
    for one in tell_hits(hits, facts=facts, snapshot=snapshot, language="zh", depth="auditor", covered=True):
        assert not [word for word in ("子宫附件超声", cases.VISIT, cases.UTERUS, "N8", "J06") if word in repr((one.text, one.details))]
        assert HIDDEN in one.text
        assert one.details == ()


def test_what_could_not_be_judged_says_what_is_missing(tmp_path: Path, met: Any) -> None:
    facts, _, _ = met
    snapshot = cases.snapshot(tmp_path, row("age", cases.VISIT, age_max_years=14))
    open_ = {
        "finding": "rule.undecided", "of": "rule.age", "template": "age", "rule_id": snapshot.rows[0].rule_id,
        "rule_ids": [one.rule_id for one in snapshot.rows if one.template_id == "age"], "subjects": ["x/y"],
        "missing": ["fact.age_days", "subject.day", "fact.unheard"],
    }  # fmt: skip
    (told,) = tell_hits([open_], facts=facts, snapshot=snapshot, language="zh", depth="customer")
    assert told.text == "“子宫附件超声”尚不能判断：不知道年龄（天）、收费日期、fact.unheard。"
    assert told.at_stake_fen is None


def test_a_rule_that_the_snapshot_does_not_have_is_named(tmp_path: Path, met: Any) -> None:
    facts, _, hits = met
    with pytest.raises(NotFound, match=r"has no rule r"):
        tell_hits(hits, facts=facts, snapshot=cases.snapshot(tmp_path / "other"), language="zh", depth="customer")
