"""Risk on the way of a claim: when the evidence is complete, marks, links and score are written beside it; a person trains and chooses.

Nothing here decides: the section's facts go to the audit, which can only send the claim to a person.
"""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from anpei.claims.documents import queries as documents
from anpei.claims.dossier import queries
from anpei.claims.dossier.model import Claim, ClaimState, SectionName
from anpei.claims.risk import operations as risk
from anpei.claims.risk.links import find_links
from anpei.claims.risk.marks import marks_of, write_marks
from anpei.claims.risk.rules import RiskRules
from anpei.claims.risk.scorer.artefact import Model, load_model, write_model
from anpei.claims.risk.scorer.history import read_history
from anpei.claims.risk.scorer.mapping import HistoryMapping, check_features
from anpei.claims.risk.scorer.training import train
from anpei.claims.risk.signals import Signal, signals_of
from anpei.claims.risk.standing import CurrentModel, check_suitable, set_current
from anpei.engines.db import Connection, Database
from anpei.kernel.clock import Clock, local_day
from anpei.records.policies import queries as policies
from anpei.trust import trail
from anpei.trust.access import Actor, Scope, require
from anpei.trust.vault import Vault

YEAR = timedelta(days=365)
MOST_EARLIER = 200
USE, EXPORT = "rule.publish", "rule.replay"
"""Who puts a rule to work puts a model to work: a person. Who replays past claims may have their signals as a table."""
BATCH = 200
DECIDED = (ClaimState.PAID, ClaimState.CLOSED_WITHOUT_PAYMENT, ClaimState.REFUSED)


@dataclass(frozen=True)
class RiskGate:
    """The line's one way to risk."""

    vault: Vault
    rules: RiskRules
    models: CurrentModel

    def assess(self, conn: Connection, *, claim: Claim, evidence: Mapping[str, Any], at: datetime) -> None:
        """Write marks and the risk section of the round; the claim is locked by the caller."""
        report = queries.get_section(conn, vault=self.vault, claim_id=claim.id, name=SectionName.REPORT).payload
        insured_id = policies.get_policy(conn, vault=self.vault, policy_id=claim.policy_id).insured_id
        pages = documents.list_current_pages(conn, vault=self.vault, claim_id=claim.id) if self.rules.links.doctor_fields else ()
        marks = marks_of(report=report, facts=evidence["facts"], pages=pages, rules=self.rules.links)
        write_marks(conn, vault=self.vault, claim=claim, insured_id=insured_id, marks=marks)
        links = find_links(conn, claim_id=claim.id, rules=self.rules.links)
        model_id, model = self.models.get_or_refused()
        linked = max(links.persons.values(), default=0)
        signals = {} if model_id is None else self.signals(conn, claim=claim, evidence=evidence, report=report, linked_persons=linked)
        assessed = risk.Assessed(model_id, model, signals, links)
        risk.write_risk(conn, vault=self.vault, rules=self.rules, claim=claim, assessed=assessed, at=at)

    def facts(self, conn: Connection, *, claim: Claim, facts: Mapping[str, Any]) -> Mapping[str, Any]:
        """The facts of the round with those of risk, as they were written; the same facts when there is nothing."""
        section = queries.find_section(conn, vault=self.vault, claim_id=claim.id, name=SectionName.RISK, round=claim.round)
        told = None if section is None else section.payload["facts"]
        return facts if told is None else {**facts, "risk": told}

    def signals(
        self, conn: Connection, *, claim: Claim, evidence: Mapping[str, Any], report: Mapping[str, Any], linked_persons: int | None
    ) -> dict[str, Signal]:
        """What the claim tells a scorer, as of its report."""
        earlier = queries.list_claims(conn, vault=self.vault, insurers=None, policies=frozenset({claim.policy_id}), limit=MOST_EARLIER)
        before = [
            other for other in earlier if other.id < claim.id and claim.reported_at - YEAR <= other.reported_at
        ]  # ids are in order of time
        return signals_of(
            facts=evidence["facts"], product=claim.product_id, plan=claim.plan, channel=str(report.get("channel") or ""),
            reported_on=local_day(claim.reported_at), claims_before=len(before), linked_persons=linked_persons,
        )  # fmt: skip


@dataclass(frozen=True)
class RiskTraining:
    """What people do with models: train from a table, put one to use or out of use."""

    database: Database
    gate: RiskGate
    clock: Clock

    @property
    def rules(self) -> RiskRules:
        """The rules of risk."""
        return self.gate.rules

    @property
    def models(self) -> CurrentModel:
        """Where models lie, and which is in use."""
        return self.gate.models

    def train(self, *, table: Path, mapping: HistoryMapping) -> Model:
        """Train and keep a model; it is not in use yet. Raises FeatureForbidden, HistoryRefused, TrainingRefused."""
        check_features(mapping, never=self.rules.never_features)
        history = read_history(table, mapping=mapping)
        with table.open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
        trained = train(history, mapping=mapping, settings=self.rules.training)
        return write_model(
            self.models.root, trained=trained, mapping=mapping, settings=self.rules.training, table_sha256=digest, at=self.clock.now()
        )

    def rows(self, *, actor: Actor) -> Iterator[dict[str, Signal]]:
        """The platform's own decided claims as rows to learn from: signals as of the report, and what was decided by whom.

        ``linked_persons`` is left out: what was linked at that time is not kept. No identity is in a row; who took it is on the trail.
        """
        require(actor, EXPORT)
        scope = None if actor.insurers is Scope.ALL else actor.insurers
        before, count = None, 0
        while True:
            with self.database.read() as conn:
                claims = queries.list_claims(conn, vault=self.gate.vault, insurers=scope, states=DECIDED, limit=BATCH, before=before)
                found = [row for claim in claims if (row := self._row(conn, claim)) is not None]
            if not claims:
                break
            yield from found
            before, count = claims[-1].id, count + len(found)
        with self.database.write() as conn:
            name = f"{actor.kind.value}:{actor.account_id}"
            trail.append(conn, at=self.clock.now(), actor=name, action="risk.table_taken", subject="history", facts={"rows": count})

    def _row(self, conn: Connection, claim: Claim) -> dict[str, Signal] | None:
        """A decided claim as a row; None when its evidence or decision is not there."""
        names = (SectionName.EVIDENCE, SectionName.DECISION, SectionName.REPORT)
        evidence, decision, report = (queries.find_section(conn, vault=self.gate.vault, claim_id=claim.id, name=name) for name in names)
        if evidence is None or decision is None or report is None:
            return None
        signals = self.gate.signals(conn, claim=claim, evidence=evidence.payload, report=report.payload, linked_persons=None)
        del signals["linked_persons"]
        by = str(decision.payload["by"]).partition(":")[0]
        return {
            "id": claim.id, "reported_on": local_day(claim.reported_at).isoformat(), **signals,
            "decision": str(decision.payload["decision"]["decision"]), "by": by,
        }  # fmt: skip

    def use(self, *, actor: Actor, model_id: str | None) -> None:
        """A person puts a model to use in the line, or takes it out (None).

        Raises Forbidden, FeatureForbidden, ModelUnsuitable, ModelUnknown, ModelDamaged, ModelNewer.
        """
        require(actor, USE)
        if model_id is not None:
            model = load_model(self.models.root, model_id)
            check_features(model.mapping, never=self.rules.never_features)
            check_suitable(model)
        self.models.root.mkdir(parents=True, exist_ok=True)
        before = self.models.wanted
        with self.database.write() as conn:
            name = f"{actor.kind.value}:{actor.account_id}"
            facts = {"model": model_id, "before": before}
            trail.append(conn, at=self.clock.now(), actor=name, action="risk.model_used", subject=model_id or "none", facts=facts)
            set_current(self.models.root, model_id=model_id)
