"""Checks of risk: a score or a link asks for a person, and can do nothing else (findings.yaml: outcome refer)."""

from collections.abc import Iterator

from anpei.claims.audit.model import Case, Finding, finding


def check_risk(case: Case) -> Iterator[Finding]:
    """A score at or above its referral point, a model in use that could not score, values shared with other insured persons."""
    risk = case.facts.get("risk") or {}
    score = risk.get("score")
    if score is not None and score["score_bp"] is None:
        yield finding("risk.not_scored", model=score["model"])
    elif score is not None and score["score_bp"] >= score["refer_at_bp"]:
        yield finding("risk.score_high", model=score["model"], score_bp=score["score_bp"], refer_at_bp=score["refer_at_bp"])
    for shared in risk.get("shared", ()):
        yield finding("risk.linked", kind=shared["kind"], persons=shared["persons"])
