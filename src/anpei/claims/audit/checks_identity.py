"""Who: every paper must show the insured, the payee must be the insured. Compared as commitments, never as names."""

from collections.abc import Iterator

from anpei.claims.audit.model import Case, Finding, finding


def check_identity(case: Case) -> Iterator[Finding]:
    """Names and identity numbers on the papers against the policy (身份一致性)."""
    insured = case.facts["insured"]
    reporter = case.facts["reporter"]
    if reporter["name"] != insured["name"] or (reporter["id_number"] and reporter["id_number"] != insured["id_number"]):
        yield finding("identity.report_differs")
    if insured["age_days"] is None or insured["sex"] not in ("M", "F"):
        yield finding("identity.age_or_sex_unknown")
    for person in case.facts["persons"]:
        if person["kind"] == "bank_card":
            continue
        if person["name"] is not None and person["name"] != insured["name"]:
            yield finding("identity.name_mismatch", person["page_id"], kind=person["kind"])
        if person["id_number"] is not None and person["id_number"] != insured["id_number"]:
            yield finding("identity.id_number_mismatch", person["page_id"], kind=person["kind"])
        if person["sex"] in ("M", "F") and person["sex"] != insured["sex"]:
            yield finding("identity.sex_mismatch", person["page_id"], kind=person["kind"])
    shown = {person["name"] for person in case.facts["persons"] if person["name"] is not None and person["kind"] != "bank_card"}
    if len(shown) > 1:
        yield finding("identity.several_persons", names=len(shown))


def check_payee(case: Case) -> Iterator[Finding]:
    """The payee is the insured; anyone else needs an authority that a person looks at."""
    payee = case.facts["payee"]
    if payee["account"] is None:
        yield finding("payee.account_missing")
    if payee["name"] != case.facts["insured"]["name"]:
        yield finding("payee.not_insured")
