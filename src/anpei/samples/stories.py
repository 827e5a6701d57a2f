"""From a scenario to a story: the person, the policy, the visit, the papers, what is reported and what should come of it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random
from typing import Any

from anpei.samples.defects import Paper, Papers, yuan
from anpei.samples.expected import visit_pays
from anpei.samples.layouts import PROVINCES, Layout, layouts_of
from anpei.samples.pages import document_of
from anpei.samples.scenarios import FAST, REFER, SETTLE, UNATTENDED, Scenario
from anpei.samples.world import documents
from anpei.samples.world.catalogue import Hospital, hospitals
from anpei.samples.world.dice import dice
from anpei.samples.world.people import Person, make_person
from anpei.samples.world.visits import Visit, make_visit

INSURER = "江海健康保险"
UNATTENDED_LIMIT_FEN = 3_000_00  # a settlement above this is worked in the fast lane
MACHINE_LIMIT_FEN = 10_000_00  # a settlement above this is decided by a person
UNKNOWN_HOSPITALS = {"浙江省": "望江协和医院", "广东省": "珠屿同济医院", "湖北省": "荆浦博爱医院", "湖南省": "湘屏协和医院"}


@dataclass(frozen=True, slots=True)
class Story:
    """One claim folder before it is drawn: ``claim`` is claim.yaml, ``policy`` a row of policies.csv, ``truth`` without pages."""

    name: str
    key: str
    papers: Papers
    claim: Mapping[str, Any]
    policy: Mapping[str, str]
    truth: Mapping[str, Any]


def tell(scenario: Scenario, *, which: str, key: str, label: str) -> list[Story]:
    """The folder of a scenario, or two for a bill that is handed in twice (the clean first claim, then the duplicate)."""
    rng = dice("story", key)
    person = make_person(rng, gender=scenario.gender, provinces=PROVINCES[which])
    day = date(2026, 3, 2) + timedelta(days=rng.randrange(215))
    wish = replace(scenario.wish, hospital=_hospital(scenario, which, rng))
    visit = make_visit(rng, person=person, day=day, wish=wish, provinces=PROVINCES[which])
    policy = _policy(scenario, person, day, rng)
    clean = _papers(scenario, visit, which, rng)
    papers = scenario.defect(clean, rng) if scenario.defect else clean
    truth = _truth(scenario, visit, which)
    name = f"{label}-{scenario.name}" if scenario.name not in label else label
    story = Story(name, key, papers, _claim(visit, policy, name, key), policy, truth)
    if not scenario.twice:
        return [story]
    first_truth = _truth(replace(scenario, decision=SETTLE, lane=UNATTENDED, findings=()), visit, which)
    first_name = f"{name}-first"
    first = Story(first_name, f"{key}/first", clean, _claim(visit, policy, first_name, f"{key}/first"), policy, first_truth)
    second = replace(story, name=f"{name}-second", claim=_claim(visit, policy, f"{name}-second", f"{key}/second"))
    return [first, second]


def _hospital(scenario: Scenario, which: str, rng: Random) -> Hospital | None:
    place = PROVINCES[which]
    if scenario.hospital == "private":
        return rng.choice([h for h in hospitals() if h.ownership == "private" and h.province in place])
    if scenario.hospital == "low_grade":
        return rng.choice([h for h in hospitals() if h.grade.startswith("一级") and h.province in place])
    if scenario.hospital == "unknown":
        return Hospital(
            name=UNKNOWN_HOSPITALS[place[0]],
            region_code={"浙江省": "339901", "广东省": "449901", "湖北省": "429901", "湖南省": "439901"}[place[0]],
            grade="二级甲等",
            ownership="public",
            designated=True,
            province=place[0],
        )
    return None


def _policy(scenario: Scenario, person: Person, day: date, rng: Random) -> dict[str, str]:
    start = day - timedelta(days=scenario.start_days)
    end = start.replace(year=start.year + 1) - timedelta(days=1)
    number = "".join(rng.choice("0123456789") for _ in range(10))
    return {
        "policy_number": f"P{start:%Y}{'M' if scenario.product == 'million-medical' else 'S'}{number}",
        "insurer": INSURER,
        "product": scenario.product,
        "plan": scenario.plan,
        "start_on": start.isoformat(),
        "end_on": end.isoformat(),
        "holder_name": person.name,
        "insured_name": person.name,
        "insured_id_type": "resident_id",
        "insured_id_number": person.id_number,
        "insured_phone": person.phone,
        "insured_gender": person.gender,
        "insured_birth_on": person.birth_on.isoformat(),
        "social_insurance": "yes",
        "first_covered_on": start.replace(year=start.year - 1).isoformat() if scenario.renewed else "",
        "deductible_used": yuan(scenario.deductible_used),
        "limit_used": yuan(scenario.limit_used),
    }


def _paper(kind: str, which: str, visit: Visit, rng: Random, *, itemised: bool | None = None) -> tuple[Paper, Layout]:
    layout = rng.choice([entry for entry in layouts_of(kind, which) if itemised is None or entry.itemised == itemised])
    return Paper(layout=layout.id, document=document_of(layout, visit)), layout


def _papers(scenario: Scenario, visit: Visit, which: str, rng: Random) -> Papers:
    """The papers the product asks for, complete and right."""
    if visit.inpatient:
        kinds = ["inpatient_receipt", "fee_list", "discharge_summary", *(["settlement_sheet"] if visit.settled else [])]
        papers = [_paper(kind, which, visit, rng)[0] for kind in kinds]
    else:
        receipt, layout = _paper("outpatient_receipt", which, visit, rng, itemised=scenario.itemised)
        papers = [receipt, _paper("diagnosis_certificate" if scenario.certificate else "outpatient_record", which, visit, rng)[0]]
        if not layout.itemised:
            papers.append(_paper("fee_list", which, visit, rng)[0])
    if scenario.cards:
        person = visit.person
        papers.append(Paper(rng.choice(layouts_of("id_card", which)).id, documents.id_card(person)))
        papers.append(Paper(rng.choice(layouts_of("bank_card", which)).id, documents.bank_card(person)))
    return tuple(papers)


def _claim(visit: Visit, policy: Mapping[str, str], name: str, key: str) -> dict[str, Any]:
    """The content of claim.yaml."""
    person = visit.person
    accident = visit.diagnosis.code.startswith("S")
    told = f"因{visit.diagnosis.complaint}{'住院治疗' if visit.inpatient else '门诊就诊'}。"
    return {
        "request_id": f"sample-{key.replace('/', '-')}-{name}",
        "policy": {"number": policy["policy_number"]},
        "insured": {"name": person.name, "id_type": "resident_id", "id_number": person.id_number, "phone": person.phone},
        "event": {
            "kind": "inpatient" if visit.inpatient else "outpatient",
            "cause": "accident" if accident else "illness",
            "occurred_on": visit.started_on,
            "hospital": visit.hospital.name,
            "what_happened": told,
        },
        "payee": {"name": person.name, "bank": person.bank_name, "account": person.card_number},
    }


def _truth(scenario: Scenario, visit: Visit, which: str) -> dict[str, Any]:
    pays = visit_pays(
        visit, product=scenario.product, plan=scenario.plan, deductible_used=scenario.deductible_used, limit_used=scenario.limit_used
    )
    settles = scenario.decision == SETTLE
    lane = FAST if settles and pays > UNATTENDED_LIMIT_FEN else scenario.lane
    above = settles and pays > MACHINE_LIMIT_FEN
    return {
        "set": which,
        "scenario": scenario.name,
        "title": scenario.title,
        "expected_lane": lane,
        "expected_decision": REFER if above else scenario.decision,
        "expected_total_fen": pays if settles and not above else None,
        "expected_findings": ["amount.above_authority"] if above else list(scenario.findings),
        "missing": list(scenario.missing),
    }
