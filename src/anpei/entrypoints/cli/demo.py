"""The demo insurer: loaded once into an empty home, with hospitals, a catalogue, rules and accounts; and explanations in words."""

import secrets
from collections.abc import Callable
from importlib import resources
from pathlib import Path
from typing import Literal

from anpei.assembly import Platform
from anpei.claims import benefit
from anpei.claims.benefit import Assessment
from anpei.claims.documents import queries as documents
from anpei.claims.dossier import queries
from anpei.claims.dossier.model import SectionName
from anpei.entrypoints.cli.publishing import import_rules, is_published, publish
from anpei.kernel.errors import InvalidInput
from anpei.records.catalogues import imports as catalogue_imports
from anpei.records.partners import operations as partners
from anpei.records.partners import queries as partner_queries
from anpei.records.policies import imports as policy_imports
from anpei.records.providers import imports as provider_imports
from anpei.records.tables import ImportReport
from anpei.trust import identity
from anpei.trust.access import ActorKind, Scope, masking
from anpei.trust.identity import IdentityRules, NewAccount

Say = Callable[[str], None]
INSURER = "jianghai"
STAFF = (
    ("handler", "handler", "理赔作业员 演示"),
    ("supervisor", "supervisor", "核赔主管 演示"),
    ("operations", "operations", "运营 演示"),
    ("operations-2", "operations", "运营二 演示"),
    ("operations-3", "operations", "运营三 演示"),
    ("auditor", "auditor", "稽核员 演示"),
    ("admin", "admin", "管理员 演示"),
)
"""Login, role and name. Three of operations: nobody brings rules into use alone."""


SHOWN = {
    "patient_name": "姓名", "name": "姓名", "id_number": "证件", "card_number": "卡号", "hospital_name": "医院", "visit_on": "就诊",
    "total_amount": "合计", "pooled_fund": "统筹", "self_paid": "自付", "own_expense": "自费", "diagnosis": "诊断",
}  # fmt: skip


class DemoRefused(InvalidInput):
    """A table of the demo data is not accepted as it is: a fault of the data or of an own mapping or template in the home."""

    code = "demo.refused"


def data_file(name: str) -> Path:
    """A table of the shipped demo data."""
    return Path(str(resources.files("anpei.samples") / "data" / name))


def load_once(platform: Platform, *, say: Say) -> None:
    """Load the demo insurer into a home that has none; otherwise do nothing. Repeating it after a crash goes on where it stopped."""
    with platform.database.read() as conn:
        known = partner_queries.find_insurer(conn, code=INSURER)
    if known is not None and is_published(platform):
        return
    say("loading the demo insurer: hospitals, catalogue, rules")
    at = platform.clock.now()
    with platform.database.write() as conn:
        partners.add_insurer(conn, code=INSURER, name="江海健康保险", at=at)
        provider_imports.import_providers(conn, file=data_file("hospitals.csv"), at=at)
        catalogue_imports.import_items(conn, file=data_file("items.csv"), region="CN", at=at)
    _import_rules(platform)
    publish(platform, as_of=at.date())


def _import_rules(platform: Platform) -> None:
    """The limits of the demo catalogue; all of its lines are right. Raises DemoRefused that names the first that is not."""
    report = import_rules(platform, [data_file("items.csv")], accept_partial=False)
    if not report.kept:
        lines = "; ".join(f"{error.file}, line {error.line}, {error.column}: {error.reason_en}" for error in report.shown)
        raise DemoRefused(f"the demo's rules were not loaded, because lines were refused: {lines}")


def import_policies(platform: Platform, file: Path, *, say: Say) -> ImportReport:
    """Import policies; refused rows are named, good ones taken."""
    with platform.database.write() as conn:
        report = policy_imports.import_policies(conn, vault=platform.vault, products=platform.products, file=file, at=platform.clock.now())
    say(f"policies from {file.name}: {report.taken} taken, {len(report.errors)} refused")
    for error in report.errors:
        say(f"  line {error.line}, {error.column}: {error.reason}")
    return report


def create_staff(platform: Platform) -> list[tuple[str, str]]:
    """The demo accounts with fresh passwords, kept in ``demo-accounts.txt`` of the home (readable by its owner only)."""
    file = platform.settings.home / "demo-accounts.txt"
    if file.is_file():
        return [tuple(line.split("\t", 1)) for line in file.read_text().splitlines() if "\t" in line]  # type: ignore[misc]
    rules = IdentityRules.load(platform.rulebook)
    made: list[tuple[str, str]] = []
    with platform.database.write() as conn:
        for login, role, name in STAFF:
            password = f"{secrets.token_urlsafe(12)}-A1"
            account = NewAccount(login=login, kind=ActorKind.PERSON, display_name=name, roles=frozenset({role}), insurers=Scope.ALL)
            try:
                identity.create_account(
                    conn, vault=platform.vault, rules=rules, account=account, at=platform.clock.now(), by="demo", password=password
                )
            except identity.LoginTaken:
                continue
            made.append((login, password))
        file.touch(mode=0o600)
        file.write_text("".join(f"{login}\t{password}\n" for login, password in made))
    return made


def tell_papers(platform: Platform, claim_id: str) -> list[str]:
    """What was read from each paper, personal details masked: kind, confidence, key amounts, rows, seconds."""
    titles = platform.line.papers.titles
    with platform.database.read() as conn:
        pages = documents.list_pages(conn, vault=platform.vault, claim_id=claim_id)
    told: list[str] = []
    for page in pages:
        reading = page.reading
        shown = [f"{SHOWN[name]} {_masked(name, field.value)}" for name, field in reading.fields.items() if name in SHOWN]
        kind = titles.get(reading.kind, reading.kind)
        told.append(f"{kind} ({reading.kind_confidence:.2f}, {reading.seconds:.2f} s): " + ", ".join(shown))
        if reading.rows:
            told[-1] += f", {len(reading.rows)} 行明细"
    return told


def _masked(name: str, value: str) -> str:
    if name in ("patient_name", "name"):
        return masking.mask_name(value)
    if name == "id_number":
        return masking.mask_id_number(value)
    return masking.mask_card(value) if name == "card_number" else value


def tell_audit(platform: Platform, claim_id: str) -> list[str]:
    """What the audit looked at and found."""
    with platform.database.read() as conn:
        section = queries.find_section(conn, vault=platform.vault, claim_id=claim_id, name=SectionName.FINDINGS)
    if section is None:
        return []
    gathered, findings = section.payload["gathered"], section.payload["findings"]
    told = [f"{gathered['considered']} 条规则逐条判断, {len(gathered['hits'])} 条命中; 规则快照 {gathered['snapshot'][:12]}"]
    told += [f"{platform.line.findings.kind(item['code']).title_zh} ({item['code']})" for item in findings]
    return told if findings else [*told, "身份、保期、等待期、医院、重复票据、合计、大小写、医保分割、二维码: 全部一致"]


def explain(platform: Platform, claim_id: str, *, lang: str = "zh", depth: Literal["customer", "auditor"] = "auditor") -> list[str]:
    """The calculation of a claim in words, line by line, for the person in front of the terminal."""
    with platform.database.read() as conn:
        claim = queries.get_claim(conn, vault=platform.vault, claim_id=claim_id)
        section = queries.find_section(conn, vault=platform.vault, claim_id=claim_id, name=SectionName.ASSESSMENT)
        if section is None:
            return []
        terms = platform.line.terms_of(conn, claim)
    return benefit.explain(assessment=Assessment.from_dict(section.payload["assessment"]), terms=terms, lang=lang, depth=depth)
