"""The way of one claim: read pages, collect evidence, audit, adjudicate, settle, tell. Each step is a durable job in one transaction.

A step that ran already finds its section written or the state moved and does nothing, so a repeated job is harmless.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from anpei.claims.audit import operations as audit
from anpei.claims.audit.model import FindingsTable
from anpei.claims.benefit import Accumulators
from anpei.claims.decision import operations as decision
from anpei.claims.decision import proof
from anpei.claims.decision.adjudication import Inputs, adjudicate, examine_inputs
from anpei.claims.decision.decide import Automation
from anpei.claims.decision.elsewhere import with_payments
from anpei.claims.documents import collection, reuse
from anpei.claims.documents import operations as documents
from anpei.claims.documents import queries as document_queries
from anpei.claims.documents.events import PageRead
from anpei.claims.documents.facts import Cover, Person
from anpei.claims.documents.model import Looked, UploadState
from anpei.claims.documents.papers import PaperBook
from anpei.claims.documents.seen import SeenPages, unmarked_pages
from anpei.claims.dossier import operations as dossier
from anpei.claims.dossier import queries
from anpei.claims.dossier.model import Claim, ClaimState, SectionName
from anpei.claims.settlement import operations as settlement
from anpei.engines import jobs
from anpei.engines.bus import Emit
from anpei.engines.db import Connection, Database
from anpei.engines.files import FileStore
from anpei.engines.jobs import Handler, Job
from anpei.journeys import looking
from anpei.journeys.gathering import gather_for
from anpei.journeys.looking import FindHints, ReadFile
from anpei.journeys.risk import RiskGate
from anpei.kernel.clock import Clock
from anpei.kernel.errors import AnpeiError, InvalidInput, Unavailable
from anpei.kernel.money import Money
from anpei.reading.errors import PageFailed
from anpei.records.parties import queries as parties
from anpei.records.partners import queries as partners
from anpei.records.policies import accumulators
from anpei.records.policies import queries as policies
from anpei.records.products.library import ProductLibrary
from anpei.records.products.model import Terms
from anpei.rules.snapshots.publication import CurrentSnapshot
from anpei.rules.snapshots.snapshot import Snapshot
from anpei.trust.signing import Signer
from anpei.trust.vault import Vault

READ_UPLOAD, COLLECT, AUDIT, ADJUDICATE, SETTLE = "claim.read_upload", "claim.collect", "claim.audit", "claim.adjudicate", "claim.settle"
MARK_PAGES = "claim.mark_pages"
MARKED_AT_ONCE = 200
READING_PRIORITY = 5
"""Reading comes after the short steps, so that a claim whose pages are read is not held up by the pages of others."""


@dataclass(frozen=True)
class ClaimLine:
    """Everything the steps need; put together once, in assembly."""

    database: Database
    vault: Vault
    files: FileStore
    read_file: ReadFile
    hints: FindHints
    products: ProductLibrary
    snapshots: CurrentSnapshot
    findings: FindingsTable
    papers: PaperBook
    seen: SeenPages
    risk: RiskGate
    signer: Signer
    machine_limit_fen: int | None
    clock: Clock
    emit: Emit

    def handlers(self) -> dict[str, Handler]:
        """The job handlers of the line."""
        return {
            READ_UPLOAD: Handler(work=self._read, finish=self._store_reading, on_dead=self._reading_gave_up),
            COLLECT: Handler(finish=self._collect),
            AUDIT: Handler(finish=self._audit),
            ADJUDICATE: Handler(finish=self._adjudicate),
            SETTLE: Handler(finish=self._settle),
            MARK_PAGES: Handler(finish=self._mark_pages),
        }

    # --- reading ------------------------------------------------------------------------------------------------

    def _read(self, job: Job) -> Looked | InvalidInput:
        """Read one upload outside of any transaction. What is wrong with the file is a result.

        A page at which reading dies or hangs is tried a few times; while reading itself is down (also by a file of the rulebook that is
        wrong) the page waits, and no try counts.
        """
        upload_id = str(job.payload["upload_id"])
        with self.database.read() as conn:
            upload = document_queries.get_upload(conn, vault=self.vault, upload_id=upload_id)
            data = document_queries.load_bytes(conn, vault=self.vault, files=self.files, upload_id=upload_id)
        try:
            reading = self.read_file(data, upload.name)
            return Looked(reading, tuple(looking.hints_of(self.hints, data, page) for page in reading.pages))
        except InvalidInput as error:
            return error
        except (PageFailed, Unavailable):
            raise
        except (AnpeiError, OSError) as error:
            code = error.code if isinstance(error, AnpeiError) else "reading.down"
            raise Unavailable(f"upload {upload_id} waits: reading is down ({type(error).__name__})", code=code) from error

    def _store_reading(self, conn: Connection, job: Job, result: Looked | InvalidInput) -> None:
        upload = document_queries.get_upload(conn, vault=self.vault, upload_id=str(job.payload["upload_id"]))
        claim = dossier.lock(conn, vault=self.vault, claim_id=upload.claim_id)
        if upload.state is not UploadState.STORED:
            return
        if isinstance(result, InvalidInput):
            documents.mark_unreadable(conn, upload_id=upload.id, error=result)
            pages = 0
        else:
            pages = documents.store_reading(conn, vault=self.vault, upload=upload, claim=claim, looked=result, papers=self.papers)
        self.emit(conn, PageRead(claim.id, upload.id, pages))
        self.collect_when_ready(conn, claim=claim, cause=upload.id)

    def _reading_gave_up(self, conn: Connection, job: Job, reason: str) -> None:
        """Reading failed for good (crash, hang): the page is marked with a clear reason and the claim goes on."""
        upload = document_queries.get_upload(conn, vault=self.vault, upload_id=str(job.payload["upload_id"]))
        claim = dossier.lock(conn, vault=self.vault, claim_id=upload.claim_id)
        documents.mark_unreadable(conn, upload_id=upload.id, error=AnpeiError("reading failed repeatedly", code=reason))
        self.collect_when_ready(conn, claim=claim, cause=upload.id)

    def collect_when_ready(self, conn: Connection, *, claim: Claim, cause: str) -> None:
        """Queue the collection once the claim is submitted and its last page is read. ``cause``: what may have made it ready; a page that
        comes while a collection waits makes another one, and the first finds the claim not ready.
        """
        if collection.ready_to_collect(conn, claim=claim):
            enqueue_step(conn, kind=COLLECT, claim_id=claim.id, round=claim.round, cause=cause)

    def mark_old_pages(self) -> None:
        """Queue the marking of pages that an older version stored, where there are any."""
        with self.database.write() as conn:
            if unmarked_pages(conn, limit=1):
                jobs.enqueue(conn, kind=MARK_PAGES, payload={}, priority=READING_PRIORITY)

    def _mark_pages(self, conn: Connection, _job: Job, _result: Any) -> None:
        if reuse.mark_old_pages(conn, vault=self.vault, seen=self.seen, papers=self.papers, limit=MARKED_AT_ONCE) == MARKED_AT_ONCE:
            jobs.enqueue(conn, kind=MARK_PAGES, payload={}, priority=READING_PRIORITY)

    # --- evidence, findings, amount, decision ---------------------------------------------------------------------

    def _collect(self, conn: Connection, job: Job, _result: Any) -> None:
        claim, at = self._claim(conn, job)
        if claim.state is not ClaimState.COLLECTING or claim.round != job.payload["round"]:
            return
        collection.collect_evidence(
            conn, vault=self.vault, emit=self.emit, claim_id=claim.id, insured=self._insured(conn, claim), cover=self._cover(conn, claim),
            terms=self.terms_of(conn, claim), papers=self.papers, seen=self.seen, at=at,
        )  # fmt: skip

    def _audit(self, conn: Connection, job: Job, _result: Any) -> None:
        claim, at = self._claim(conn, job)
        if claim.state is not ClaimState.IN_AUDIT or claim.round != job.payload["round"]:
            return
        if queries.find_section(conn, vault=self.vault, claim_id=claim.id, name=SectionName.FINDINGS, round=claim.round) is None:
            evidence = queries.get_section(conn, vault=self.vault, claim_id=claim.id, name=SectionName.EVIDENCE, round=claim.round).payload
            self.risk.assess(conn, claim=claim, evidence=evidence, at=at)
            gathered = self._gather(conn, claim, evidence)
            inputs = self.inputs(conn, claim=claim, evidence=evidence, gathered=gathered)
            found = examine_inputs(inputs=inputs, hits=gathered.hits)
            audit.write_findings(
                conn, vault=self.vault, emit=self.emit, claim=claim, table=self.findings, findings=found, gathered=gathered, at=at
            )

    def _gather(self, conn: Connection, claim: Claim, evidence: Mapping[str, Any]) -> audit.Gathered:
        def try_out(gathered: audit.Gathered, snapshot: Snapshot) -> None:
            inputs = self.inputs(conn, claim=claim, evidence=evidence, gathered=gathered)
            adjudicate(inputs=inputs, hits=gathered.hits)
            proof.rows_of(snapshot=snapshot, hits=gathered.hits, inputs=inputs, on=gathered.rules_on)

        facts = evidence["facts"]
        return gather_for(conn, claim=claim, facts=facts, snapshots=self.snapshots, emit=self.emit, try_out=try_out)

    def _adjudicate(self, conn: Connection, job: Job, _result: Any) -> None:
        claim, at = self._claim(conn, job)
        if claim.state is not ClaimState.IN_AUDIT or claim.round != job.payload["round"]:
            return
        policies.lock_policy(conn, policy_id=claim.policy_id)
        referred = self.referred(conn, claim=claim)
        outputs = decision.decide_by_machine(
            conn, desk=self.desk(referred), claim=claim, inputs=referred.inputs, hits=referred.hits, rules_on=referred.rules_on, at=at
        )
        if outputs.decision.to_dict()["decision"] == "settle" and outputs.assessment is not None:
            self.use_up(conn, claim=claim, uses=outputs.assessment.accumulator_use, at=at)

    def _settle(self, conn: Connection, job: Job, _result: Any) -> None:
        claim, at = self._claim(conn, job)
        if claim.state is ClaimState.DECIDED and claim.round == job.payload["round"]:
            settlement.settle(conn, vault=self.vault, emit=self.emit, claim_id=claim.id, at=at)

    # --- what the steps stand on ----------------------------------------------------------------------------------

    def desk(self, referred: decision.Referred) -> decision.Desk:
        """What a decision is written with: the very snapshot that the findings were made by, whatever is in use now."""
        return decision.Desk(self.vault, self.signer, self.snapshots.open(referred.snapshot_id), self.findings, self.emit)

    def terms_of(self, conn: Connection, claim: Claim) -> Terms:
        """The terms as of the date of loss, which the report names."""
        report = queries.get_section(conn, vault=self.vault, claim_id=claim.id, name=SectionName.REPORT).payload
        return self.products.terms(claim.product_id, claim.plan, at=date.fromisoformat(report["event"]["occurred_on"]))

    def referred(self, conn: Connection, *, claim: Claim) -> decision.Referred:
        """The claim's inputs of this round, for the machine's adjudication and for a person's decision alike."""
        evidence = queries.get_section(conn, vault=self.vault, claim_id=claim.id, name=SectionName.EVIDENCE, round=claim.round).payload
        section = queries.find_section(conn, vault=self.vault, claim_id=claim.id, name=SectionName.FINDINGS, round=claim.round)
        gathered = self._gather(conn, claim, evidence) if section is None else audit.Gathered.from_dict(section.payload["gathered"])
        inputs = self.inputs(conn, claim=claim, evidence=evidence, gathered=gathered)
        return decision.Referred(
            claim=claim, inputs=inputs, hits=gathered.hits, rules_on=gathered.rules_on, snapshot_id=gathered.snapshot_id
        )

    def inputs(self, conn: Connection, *, claim: Claim, evidence: Mapping[str, Any], gathered: audit.Gathered) -> Inputs:
        """What the adjudication of the claim depends on now, with what its audit stands on."""
        policy = policies.get_policy(conn, vault=self.vault, policy_id=claim.policy_id)
        used = accumulators.used(conn, policy_id=claim.policy_id)
        for entry in accumulators.list_entries(conn, policy_id=claim.policy_id, claim_id=claim.id):
            used[entry.name, entry.period_key] = used.get((entry.name, entry.period_key), 0) - entry.amount
        used = {key: amount for key, amount in used.items() if amount > 0}
        on = partners.automation_on(conn, insurer_id=claim.insurer_id, product_id=claim.product_id)
        facts = with_payments(conn, vault=self.vault, claim=claim, facts=evidence["facts"])
        return Inputs(
            facts=self.risk.facts(conn, claim=claim, facts=facts), terms=self.terms_of(conn, claim), table=self.findings,
            providers=gathered.providers, items=gathered.items, accumulators=Accumulators.of(policy_start_on=policy.start_on, used=used),
            automation=Automation(on=on, limit_fen=self.machine_limit_fen),
        )  # fmt: skip

    def use_up(self, conn: Connection, *, claim: Claim, uses: Any, at: datetime) -> None:
        """Book what this decision uses of deductibles, limits and counts, once per claim and round."""
        accumulators.release(conn, policy_id=claim.policy_id, claim_id=claim.id, at=at)
        accumulators.consume(conn, policy_id=claim.policy_id, claim_id=claim.id, round=claim.round, uses=uses, at=at)

    def _claim(self, conn: Connection, job: Job) -> tuple[Claim, datetime]:
        return dossier.lock(conn, vault=self.vault, claim_id=str(job.payload["claim_id"])), self.clock.now()

    def _insured(self, conn: Connection, claim: Claim) -> Person:
        policy = policies.get_policy(conn, vault=self.vault, policy_id=claim.policy_id)
        party = parties.get_party(conn, vault=self.vault, party_id=policy.insured_id)
        return Person(name=party.name, id_number=party.id_number, sex=party.gender, birth_on=party.birth_on)

    def _cover(self, conn: Connection, claim: Claim) -> Cover:
        policy = policies.get_policy(conn, vault=self.vault, policy_id=claim.policy_id)
        return Cover(
            number=policy.number, start_on=policy.start_on, end_on=policy.end_on, first_covered_on=policy.first_covered_on,
            social_insurance=policy.social_insurance, status=policy.status,
        )  # fmt: skip


def enqueue_step(conn: Connection, *, kind: str, claim_id: str, round: int, cause: str = "") -> None:
    """Queue a step of a claim's round, once a cause."""
    payload = {"claim_id": claim_id, "round": round}
    key = f"{kind}:{claim_id}:{round}" + (f":{cause}" if cause else "")
    jobs.enqueue(conn, kind=kind, payload=payload, unique_key=key, subject=claim_id)


def enqueue_reading(conn: Connection, *, claim_id: str, upload_id: str) -> None:
    """Queue the reading of an upload, once."""
    jobs.enqueue(
        conn,
        kind=READ_UPLOAD,
        payload={"upload_id": upload_id},
        unique_key=f"{READ_UPLOAD}:{upload_id}",
        subject=claim_id,
        max_attempts=4,
        priority=READING_PRIORITY,
    )


def money_text(fen: int) -> str:
    """An amount for texts people read."""
    return str(Money(fen))
