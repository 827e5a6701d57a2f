"""Assembly (装配): the one place where ports meet connectors and events meet journeys. Builds the platform of one home folder."""

import os
import stat
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from anpei.claims import benefit
from anpei.claims.audit.model import load_findings
from anpei.claims.documents.papers import load_papers
from anpei.claims.documents.seen import SeenPages
from anpei.claims.dossier.progress import ProgressBook, load_progress
from anpei.claims.intake.guide import Guide, load_guide
from anpei.claims.iteration.operations import IterationDesk
from anpei.claims.iteration.rules import load_iteration
from anpei.claims.leak.operations import LeakDesk
from anpei.claims.leak.rules import load_leak
from anpei.claims.risk.rules import load_risk
from anpei.claims.risk.standing import CurrentModel
from anpei.claims.what_if.changes import load_changes
from anpei.claims.what_if.names import load_diseases
from anpei.connectors.mail_file import MailFile
from anpei.connectors.mail_smtp import MailSmtp, SmtpSettings
from anpei.connectors.sandbox_bank import SandboxBank
from anpei.engines.bus import Bus
from anpei.engines.db import Database, migrate
from anpei.engines.deadlines import load_clocks, load_phrases
from anpei.engines.files import FileStore
from anpei.engines.jobs import Handler, Worker
from anpei.engines.knowledge import Rulebook, shipped_rulebook
from anpei.journeys import reactions
from anpei.journeys.claim_line import ClaimLine
from anpei.journeys.claiming import Claiming
from anpei.journeys.comparing import Comparing
from anpei.journeys.early import EarlyWord
from anpei.journeys.iteration import RuleIteration
from anpei.journeys.leak import LeakReview
from anpei.journeys.looking import FindHints, ReadFile, no_hints
from anpei.journeys.recalling import PastClaims
from anpei.journeys.risk import RiskGate, RiskTraining
from anpei.journeys.telling import Teller
from anpei.journeys.what_if import WhatIf
from anpei.kernel.clock import Clock, SystemClock
from anpei.kernel.errors import InvalidInput, Unavailable
from anpei.notices.jobs import deliver_handler
from anpei.notices.ports import Delivery
from anpei.notices.templates import load_templates as load_texts
from anpei.payments.jobs import submit_handler
from anpei.reading.pool import ReadingPool
from anpei.records.products.library import ProductLibrary, load_library
from anpei.rules.snapshots.publication import CurrentSnapshot
from anpei.trust.access import AccessRules, Actor, ActorKind, Scope
from anpei.trust.signing import Signer
from anpei.trust.vault import KeyRing, Vault

EARLY_SECONDS = 5.0
"""After so long the process of early words is replaced; the answer to the upload has not waited for it."""
MACHINE, CONSOLE = "anpei-machine", "anpei-console"


@dataclass(frozen=True)
class Settings:
    """Where the platform lives and what it talks to; read from the environment (``ANPEI_…``) at the door."""

    home: Path
    database_url: str
    reading_processes: int = 2
    worker_threads: int = 3
    bank_faults: Path | None = None
    smtp: SmtpSettings | None = None

    @classmethod
    def from_environment(cls, *, home: Path | None = None, environment: Mapping[str, str] | None = None) -> "Settings":
        """Settings from ANPEI_HOME, ANPEI_DATABASE_URL, ANPEI_READING_PROCESSES, ANPEI_BANK_FAULTS, ANPEI_SMTP_…"""
        given = os.environ if environment is None else environment
        folder = (home or Path(given.get("ANPEI_HOME", "var"))).resolve()
        faults = given.get("ANPEI_BANK_FAULTS")
        return cls(
            home=folder,
            database_url=given.get("ANPEI_DATABASE_URL") or f"sqlite:///{folder / 'anpei.sqlite'}",
            reading_processes=_count(given, "ANPEI_READING_PROCESSES", 2),
            worker_threads=_count(given, "ANPEI_WORKER_THREADS", 3),
            bank_faults=Path(faults) if faults else None,
            smtp=SmtpSettings.from_environment(given),
        )


def _count(given: Mapping[str, str], name: str, default: int) -> int:
    text = given.get(name, str(default))
    if not text.isdigit() or not 1 <= int(text) <= 64:
        raise InvalidInput(f"{name} is {text!r}: give a whole number from 1 to 64", data={"field": name})
    return int(text)


@dataclass
class Platform:
    """The assembled platform. ``start`` runs the worker; ``close`` ends what was started."""

    settings: Settings
    clock: Clock
    database: Database
    vault: Vault
    signer: Signer
    files: FileStore
    rulebook: Rulebook
    access: AccessRules
    products: ProductLibrary
    snapshots: CurrentSnapshot
    guide: Guide
    progress: ProgressBook
    reading: ReadingPool
    early: EarlyWord
    bank: SandboxBank
    line: ClaimLine
    claiming: Claiming
    what_if: WhatIf
    past: PastClaims
    risk: RiskTraining
    leak: LeakReview
    iteration: RuleIteration
    worker: Worker
    bus: Bus = field(repr=False)

    @property
    def console(self) -> Actor:
        """The folder channel of the command line as an actor: reports, hands in papers, exports proofs; decides nothing."""
        return self.access.actor(account_id=CONSOLE, kind=ActorKind.MACHINE, roles=("console",), insurers=Scope.ALL)

    def start(self) -> None:
        """Run the worker's threads; what an older version stored without marks is queued to be marked, now or at a later start."""
        with suppress(Unavailable):
            self.line.mark_old_pages()
            self.leak.schedule()
            self.iteration.start()
        self.worker.start()

    def close(self) -> None:
        """Stop worker and reading processes, give connections back."""
        self.worker.stop()
        self.reading.close()
        self.early.close()
        self.database.close()


def prepare_home(home: Path) -> None:
    """Create the home folder for this user alone; it holds keys and sealed pages."""
    home.mkdir(parents=True, exist_ok=True)
    home.chmod(stat.S_IRWXU)


def build(settings: Settings, *, clock: Clock | None = None, read_file: ReadFile | None = None, hints: FindHints | None = None) -> Platform:
    """Put the platform together: keys, database (migrated), knowledge, machines, journeys, worker. Starts nothing.

    ``read_file`` and ``hints`` stand in for the reading processes in tests that are not about reading. Raises AnpeiError that names the
    file or setting when something is wrong.
    """
    ticking = clock or SystemClock()
    home = settings.home
    prepare_home(home)
    database = Database(settings.database_url)
    migrate(database)
    vault = Vault(_keys(home))
    signer = Signer.load_or_create(home / "signing.pem")
    files = FileStore(home / "files")
    rulebook = _rulebook(home)
    access = AccessRules.load(rulebook)
    products = load_library(rulebook, check=benefit.failed_examples)
    snapshots = CurrentSnapshot(home / "snapshots")
    reading = ReadingPool(rulebook.folders, processes=settings.reading_processes)
    bus = Bus(ticking)
    bank = SandboxBank.open(home / "sandbox-bank.sqlite", faults=settings.bank_faults)
    line = ClaimLine(
        database=database, vault=vault, files=files, read_file=read_file or reading.read_file, products=products,
        hints=hints or (no_hints if read_file else reading.hints), snapshots=snapshots,
        findings=load_findings(rulebook), papers=load_papers(rulebook), seen=SeenPages(home / "likeness"), signer=signer,
        risk=RiskGate(vault, load_risk(rulebook), CurrentModel(home / "risk")),
        machine_limit_fen=_machine_limit(access), clock=ticking, emit=bus.emit,
    )  # fmt: skip
    clocks, calendar = load_clocks(rulebook)
    progress = load_progress(rulebook, clocks=clocks, calendar=calendar, phrases=load_phrases(rulebook))
    reactions.connect(bus, line=line, teller=Teller(line=line, texts=load_texts(rulebook), progress=progress))
    leak = LeakReview(database, LeakDesk(vault, signer, load_leak(rulebook), bus.emit), files, ticking)
    iteration = _iteration(line, rulebook, bus)
    handlers = {**line.handlers(), **leak.handlers(), **iteration.handlers(), **_outside(line, bank=bank, delivery=_delivery(settings))}
    worker = Worker(database=database, handlers=handlers, threads=settings.worker_threads)
    return Platform(
        settings=settings, clock=ticking, database=database, vault=vault, signer=signer, files=files, rulebook=rulebook, access=access,
        products=products, snapshots=snapshots, guide=load_guide(rulebook), progress=progress, reading=reading,
        early=EarlyWord(ReadingPool(rulebook.folders, processes=1, page_seconds=EARLY_SECONDS)), bank=bank, line=line,
        claiming=Claiming(line), what_if=WhatIf(line, load_changes(rulebook), load_diseases(rulebook)),
        past=PastClaims(database, vault, ticking), risk=RiskTraining(database, line.risk, ticking), leak=leak,
        iteration=iteration, worker=worker, bus=bus,
    )  # fmt: skip


def _iteration(line: ClaimLine, rulebook: Rulebook, bus: Bus) -> RuleIteration:
    """The life cycle of rules over the line, told of its events."""
    desk = IterationDesk(line.vault, line.signer, load_iteration(rulebook), bus.emit)
    iteration = RuleIteration(line.database, desk, line.snapshots, Comparing(line), line.clock)
    iteration.connect(bus)
    return iteration


def _outside(line: ClaimLine, *, bank: SandboxBank, delivery: Delivery) -> dict[str, Handler]:
    """The jobs that speak to the outside: payments and notices."""
    database, vault, clock, emit = line.database, line.vault, line.clock, line.emit
    return {
        "payments.submit": submit_handler(database=database, vault=vault, bank=bank, clock=clock, emit=emit),
        "notices.deliver": deliver_handler(database=database, vault=vault, delivery=delivery, clock=clock, emit=emit),
    }


def _rulebook(home: Path) -> Rulebook:
    """The shipped rulebook under the adopter's own folder, if there is one."""
    overlay = home / "rulebook"
    return shipped_rulebook(overlay if overlay.is_dir() else None)


def _keys(home: Path) -> KeyRing:
    """The keys of this home; made only for a home that never had a signing key, so that lost keys are never replaced in silence."""
    path, is_new = home / "keys.json", not (home / "signing.pem").exists()
    if is_new and "ANPEI_KEYS" not in os.environ:
        return KeyRing.load_or_create(path)
    return KeyRing.find(path=path)


def _machine_limit(access: AccessRules) -> int | None:
    actor = access.actor(account_id=MACHINE, kind=ActorKind.MACHINE, roles=("claim_machine",), insurers=Scope.ALL)
    return dict(actor.authority).get("claim.decide", 0)


def _delivery(settings: Settings) -> Delivery:
    return MailFile(settings.home / "outbox") if settings.smtp is None else MailSmtp(settings.smtp)
