"""What a live claim tells a scorer (信号): numbers and words by name, from its facts. No identity, no sex, no age. Pure.

A model works in the line when every feature of its mapping is one of these. Each has its name for people, zh and en.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any, Literal

Signal = int | str | None

NUMERIC: Mapping[str, tuple[str, str]] = {
    "claimed_fen": ("申请金额（分）", "amount claimed (fen)"), "bills": ("票据张数", "bills"), "lines": ("明细行数", "lines"),
    "pages": ("材料页数", "pages"), "largest_line_bp": ("最大一行占比（万分之一）", "share of the largest line (basis points)"),
    "days_covered": ("投保到出险天数", "days from cover to event"),
    "days_to_cover_end": ("出险到期满天数", "days from event to end of cover"),
    "days_to_report": ("出险到报案天数", "days from event to report"), "hints": ("影像疑点数", "hints on pages"),
    "papers_seen_before": ("见过的材料数", "papers seen before"), "claims_before": ("一年内赔案数", "claims in the year before"),
    "linked_persons": ("关联的其他被保险人", "other insured persons linked"),
}  # fmt: skip
CATEGORY: Mapping[str, tuple[str, str]] = {
    "product": ("产品", "product"), "plan": ("计划", "plan"), "event_kind": ("事故类型", "kind of event"), "cause": ("原因", "cause"),
    "hospital": ("医院", "hospital"), "diagnosis_group": ("诊断类目", "diagnosis category"),
    "social_insurance": ("有社保", "social insurance"), "channel": ("报案渠道", "channel"),
}  # fmt: skip


def title_of(name: str, *, lang: Literal["zh", "en"]) -> str:
    """A signal's name for people; its own name when it is none of ours."""
    zh, en = NUMERIC.get(name) or CATEGORY.get(name) or (name, name)
    return zh if lang == "zh" else en


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
