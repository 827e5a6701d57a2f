"""What-if (试算): one question through the very functions of the claim line, before there is a claim. Reads only; writes nothing."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from anpei.claims.benefit import Accumulators, Coordination
from anpei.claims.decision import coordination
from anpei.claims.decision.adjudication import Inputs, adjudicate
from anpei.claims.decision.decide import Automation
from anpei.claims.documents.completeness import conditions_of
from anpei.claims.documents.facts import Cover, Person
from anpei.claims.documents.same_event import event_of
from anpei.claims.what_if.changes import Around, ChangesFile, Difference, Instead, most_important
from anpei.claims.what_if.forecast import Case, Forecast, Verdict, forecast
from anpei.claims.what_if.names import MOST_OFFERED, Diseases, Matched
from anpei.claims.what_if.question import Question, check_question, facts_of
from anpei.engines.db import Connection
from anpei.journeys.claim_line import ClaimLine
from anpei.journeys.gathering import gather
from anpei.kernel.clock import local_day
from anpei.records.catalogues import queries as catalogues
from anpei.records.parties import queries as parties
from anpei.records.partners import queries as partners
from anpei.records.policies import accumulators
from anpei.records.policies import queries as policies
from anpei.records.policies.model import Policy
from anpei.records.products.library import NoTerms
from anpei.records.products.model import DocumentWanted, Terms
from anpei.records.providers import queries as providers
from anpei.records.providers.model import Provider

Sees = Callable[[Policy], bool]
COVERED = ("A", "B")
MOST_INSTEAD = 10
"""Replacements that are calculated for one question."""
IN_FORCE = "in_force"


@dataclass(frozen=True)
class Told:
    """The answer: the forecast, what names were taken for, what would matter most, the papers, and what it rests on (codes)."""

    terms: Terms
    forecast: Forecast
    matches: tuple[Matched, ...]
    differences: tuple[Difference, ...]
    papers: tuple[DocumentWanted, ...]
    coordination: Coordination | None
    others: tuple[Terms, ...]
    snapshot_id: str
    rests_on: tuple[str, ...]


@dataclass(frozen=True)
class WhatIf:
    """Answers what-if questions."""

    line: ClaimLine
    changes: ChangesFile
    diseases: Diseases

    def answer(self, conn: Connection, *, policy: Policy, question: Question, sees: Sees) -> Told:
        """What a claim whose papers say exactly this would come to now. Raises QuestionInvalid, ReportInvalid, NoTerms.

        The caller has made sure that whoever asks may see the policy; ``sees``: which other policies of the insured they may see.
        """
        line = self.line
        terms = line.products.terms(policy.product_id, policy.plan, at=question.event.occurred_on)
        check_question(question, terms=terms)
        diseases, of_diseases = self._diseases(question)
        person, cover = _insured(conn, line, policy), _cover(policy)
        facts = facts_of(question, terms=terms, insured=person, cover=cover, diagnoses=diseases, file=line.papers.declared)
        facts["event"] = event_of(conn, vault=line.vault, policy_id=policy.id, event=facts["event"])
        used = Accumulators.of(policy_start_on=policy.start_on, used=accumulators.used(conn, policy_id=policy.id))
        snapshot = line.snapshots.get()

        def evaluate(case: Case) -> Forecast:
            return self._evaluate(conn, policy=policy, case=case)

        now = evaluate(Case(facts, terms, used))
        around = self._around(conn, policy=policy, now=now)
        matches = (*of_diseases, *_places(conn, question, now), *_items(conn, question, now))
        shared, others = self._others(conn, policy=policy, now=now, sees=sees)
        return Told(
            terms=terms, forecast=now, matches=matches,
            differences=most_important(now=now, around=around, file=self.changes, evaluate=evaluate),
            papers=_papers(terms, facts), coordination=shared, others=others, snapshot_id=snapshot.id,
            rests_on=tuple(_rests_on(question, now, matches)),
        )  # fmt: skip

    def _evaluate(self, conn: Connection, *, policy: Policy, case: Case) -> Forecast:
        """One case by catalogue search, rules on the live snapshot, audit, benefit and decision."""
        line = self.line
        gathered = gather(conn, facts=case.facts, snapshot=line.snapshots.get())
        rows = dict(gathered.providers) | ({"": _accepted(case.terms)} if "" in gathered.providers else {})
        on = partners.automation_on(conn, insurer_id=policy.insurer_id, product_id=policy.product_id)
        inputs = Inputs(
            facts=case.facts, terms=case.terms, table=line.findings, providers=rows, items=gathered.items,
            accumulators=case.accumulators, automation=Automation(on=on, limit_fen=line.machine_limit_fen),
        )  # fmt: skip
        outputs = adjudicate(inputs=inputs, hits=gathered.hits)
        return forecast(case=case, inputs=inputs, outputs=outputs, in_question=self.changes.in_question)

    def _diseases(self, question: Question) -> tuple[list[dict[str, str]], tuple[Matched, ...]]:
        """The diagnoses with codes, and what each name was taken for."""
        told: list[dict[str, str]] = []
        matched: list[Matched] = []
        for number, one in enumerate(question.diagnoses):
            found = None if one.code else self.diseases.find(one.name)
            told.append({"code": one.code or (found.code if found else ""), "name": one.name or (found.name if found else "")})
            how = "code" if one.code else "name" if found else "none"
            offers = () if one.code or found else self.diseases.offers(one.name)
            name = f"{found.name} ({found.code})" if found else one.code
            matched.append(Matched(f"diagnoses.{number}", "disease", one.name or one.code, name, how, offers))
        return told, tuple(matched)

    def _around(self, conn: Connection, *, policy: Policy, now: Forecast) -> Around:
        line, day = self.line, date.fromisoformat(now.case.facts["event"]["occurred_on"])
        terms = now.case.terms
        plans = next((file.plans for file in line.products.files() if (file.id, file.version) == (terms.product_id, terms.version)), {})
        return Around(
            today=local_day(line.clock.now()), hospital=_hospital(conn, now), instead=tuple(self._instead(conn, now, day))[:MOST_INSTEAD],
            plans=tuple(line.products.version(terms.product_id, terms.version, plan) for plan in plans if plan != terms.plan),
        )  # fmt: skip

    def _instead(self, conn: Connection, now: Forecast, day: date) -> Iterator[Instead]:
        """Covered items of one kind with lines that the catalogue does not cover."""
        names = {f"{b['bill_id']}/{ln['line_id']}": ln["name"] for b in now.case.facts["bills"] for ln in b["lines"]}
        for key, item in now.inputs.items.items():
            payload = item["payload"]
            signs = self.changes.signs_alike(payload.get("fee_category", "")) if payload else None
            if signs is None or payload["class"] in COVERED:
                continue
            for other in catalogues.list_alike(conn, region=item["region"], code=item["code"], signs=signs, on=day):
                if other.insurance_class in COVERED and other.covered:
                    yield Instead(line=key, name=other.name, code=other.code, item=names[key] or payload["name"])

    def _others(self, conn: Connection, *, policy: Policy, now: Forecast, sees: Sees) -> tuple[Coordination | None, tuple[Terms, ...]]:
        """What the insured's other policies would pay of the same loss, after this one, in the legal order; with their terms."""
        if now.verdict is Verdict.MISSING:
            return None, ()
        known = policies.list_by_party(conn, vault=self.line.vault, party_ids=[policy.insured_id])
        held = [other for other in known if other.id != policy.id and other.insured_id == policy.insured_id and sees(other)]
        cases = [case for other in held if (case := self._case_under(conn, other, now)) is not None]
        if not cases:
            return None, ()
        return coordination.coordinate_inputs([now.inputs, *cases]), tuple(inputs.terms for inputs in cases)

    def _case_under(self, conn: Connection, other: Policy, now: Forecast) -> Inputs | None:
        """The same bills under another policy of the insured; None where it does not answer for them."""
        facts = now.case.facts
        day = date.fromisoformat(facts["event"]["occurred_on"])
        if other.status != IN_FORCE or not other.start_on <= day < other.end_on or not facts["bills"]:
            return None
        try:
            terms = self.line.products.terms(other.product_id, other.plan, at=day)
        except NoTerms:
            return None
        if facts["event"]["kind"] not in terms.event_kinds:
            return None
        used = Accumulators.of(policy_start_on=other.start_on, used=accumulators.used(conn, policy_id=other.id))
        known = {**facts, "product": {"id": terms.product_id, "plan": terms.plan}, "declared": {}, "declared_by": {}}
        return replace(now.inputs, facts=known, terms=terms, accumulators=used)


def _insured(conn: Connection, line: ClaimLine, policy: Policy) -> Person:
    party = parties.get_party(conn, vault=line.vault, party_id=policy.insured_id)
    return Person(name=party.name, id_number=party.id_number, sex=party.gender, birth_on=party.birth_on)


def _cover(policy: Policy) -> Cover:
    return Cover(
        number=policy.number, start_on=policy.start_on, end_on=policy.end_on, first_covered_on=policy.first_covered_on,
        social_insurance=policy.social_insurance, status=policy.status,
    )  # fmt: skip


def _accepted(terms: Terms) -> dict[str, Any]:
    """A hospital that the clause accepts, where none was told (``rests_on``: hospital)."""
    hospital = terms.hospital
    return {"provider_id": "", "name": "", "grade": hospital.min_grade, "ownership": hospital.ownership[0], "region": ""}


def _hospital(conn: Connection, now: Forecast) -> tuple[str, str] | None:
    """A hospital that the clause accepts, as near as division codes tell to the one that was asked about."""
    asked = [row["region"] for row in now.inputs.providers.values() if row is not None]
    near = asked[0] if asked else ""
    accepts = now.case.terms.hospital.accepts
    found = [one for one in providers.list_providers(conn) if accepts(ownership=one.ownership, grade=one.grade)]

    def far(one: Provider) -> tuple[int, str, str]:
        return -next((n for n in (6, 4, 2) if near and one.region[:n] == near[:n]), 0), one.region, one.name

    best = min(found, key=far, default=None)
    return None if best is None else (best.name, best.grade)


def _places(conn: Connection, question: Question, now: Forecast) -> Iterator[Matched]:
    """What each hospital's name was taken for."""
    fields = {"event.hospital": question.event.hospital} | {f"bills.{n}.hospital": bill.hospital for n, bill in enumerate(question.bills)}
    for field, name in fields.items():
        row = now.inputs.providers.get(name)
        if name and row is not None:
            yield Matched(field, "hospital", name, row["name"], row["how"])
        elif name:
            offers = tuple(one.name for one in providers.offer_providers(conn, name=name, most=MOST_OFFERED))
            yield Matched(field, "hospital", name, "", "none", offers)


def _items(conn: Connection, question: Question, now: Forecast) -> Iterator[Matched]:
    """What each line was taken for in the catalogue."""
    on = question.event.occurred_on
    for number, bill in enumerate(question.bills):
        for place, line in enumerate(bill.lines):
            item = now.inputs.items[f"b{number + 1}/1.{place + 1}"]
            field, given = f"bills.{number}.lines.{place}", line.name or line.code
            if item["match"] == "none":
                offered = catalogues.offer_items(conn, region=item["region"], name=given, on=on, most=MOST_OFFERED)
                yield Matched(field, "item", given, "", "none", tuple(one.name for one in offered))
            else:
                yield Matched(field, "item", given, str(item["payload"]["name"]), item["match"])


def _papers(terms: Terms, facts: Mapping[str, Any]) -> tuple[DocumentWanted, ...]:
    """The papers that this claim would take."""
    holds = conditions_of(facts["bills"])
    return tuple(one for one in terms.documents_for(facts["event"]["kind"]) if not one.only_if or one.only_if in holds)


def _rests_on(question: Question, now: Forecast, matches: Sequence[Matched]) -> Iterator[str]:
    """What the answer rests on, as codes of texts."""
    yield from ("policy", "terms", "rules", "told")
    if question.bills and "" in now.inputs.providers:
        yield "hospital"
    if question.event.cause == "accident" and not question.diagnoses:
        yield "accident"
    if any(not bill.lines for bill in question.bills):
        yield "lines"
    if any(one.how == "none" for one in matches):
        yield "names"
    if any(not bill.settled_by_social for bill in question.bills):
        yield "social"
    yield "binding"
