"""What a live claim tells a scorer (信号): numbers and words by name, from its facts. No identity, no sex, no age. Pure.

A model works in the line when every feature of its mapping is one of these. ``TITLES`` names them for people.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

Signal = int | str | None

NUMERIC = {
    "claimed_fen": "申请金额（分）", "bills": "票据张数", "lines": "明细行数", "pages": "材料页数", "largest_line_bp": "最大一行占比",
    "days_covered": "投保到出险天数", "days_to_cover_end": "出险到期满天数", "days_to_report": "出险到报案天数",
    "hints": "影像疑点数", "papers_seen_before": "见过的材料数", "claims_before": "一年内赔案数", "linked_persons": "关联的其他被保险人",
}  # fmt: skip
CATEGORY = {
    "product": "产品", "plan": "计划", "event_kind": "事故类型", "cause": "原因", "hospital": "医院", "diagnosis_group": "诊断类目",
    "social_insurance": "有社保", "channel": "报案渠道",
}  # fmt: skip
TITLES: Mapping[str, str] = NUMERIC | CATEGORY


def signals_of(
    *, facts: Mapping[str, Any], product: str, plan: str, channel: str, reported_on: date, claims_before: int, linked_persons: int | None
) -> dict[str, Signal]:
    """The signals of a claim whose evidence is complete."""
    bills, policy, event = facts["bills"], facts["policy"], facts["event"]
    amounts = [line["amount_fen"] for bill in bills for line in bill["lines"] if line["amount_fen"] > 0]
    totals = [bill["total_fen"] for bill in bills if bill["total_fen"] is not None]
    occurred_on = date.fromisoformat(event["occurred_on"])
    return {
        "claimed_fen": sum(totals) if totals else None, "bills": len(bills), "lines": len(amounts), "pages": len(facts["pages"]),
        "largest_line_bp": max(amounts) * 10_000 // sum(amounts) if amounts else None,
        "days_covered": (occurred_on - date.fromisoformat(policy["start_on"])).days,
        "days_to_cover_end": (date.fromisoformat(policy["end_on"]) - occurred_on).days,
        "days_to_report": (reported_on - occurred_on).days, "hints": sum(len(page["hints"]) for page in facts["pages"]),
        "papers_seen_before": len(facts["alike"]), "claims_before": claims_before, "linked_persons": linked_persons,
        "product": product, "plan": plan, "event_kind": event["kind"], "cause": event["cause"],
        "hospital": next((bill["hospital"] for bill in bills if bill["hospital"]), None),
        "diagnosis_group": next((item["code"][:3] for item in facts["diagnoses"] if item["code"]), None),
        "social_insurance": "yes" if policy["social_insurance"] else "no", "channel": channel,
    }  # fmt: skip
