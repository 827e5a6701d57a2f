"""Snapshots and people for the life cycle of rules, on a platform of a test."""

from datetime import date

from anpei.assembly import Platform
from anpei.claims.iteration.model import Release, ReleaseState
from anpei.claims.iteration.operations import Proposal
from anpei.records.catalogues import queries as catalogues
from anpei.records.catalogues.compiling import source_of
from anpei.rules.model import RuleRow
from anpei.rules.snapshots.compiling import compile_snapshot
from anpei.rules.templates.library import load_templates
from anpei.trust import identity
from anpei.trust.access import Actor, ActorKind, Scope
from anpei.trust.identity import IdentityRules, NewAccount

PASSWORD = "a-Long-pass-phrase-7"
RULES = """
schema_version: 1
valid_from: 2026-01-01
owner: test
reference: test
share_bp: {share}
bounds:
  {{least_claims: {least}, automation_fall_bp: 200, mean_amount_difference_fen: 500, differing_bp: {differing}, longest_canary_hours: 336}}
loosest:
  least_claims: 1
  automation_fall_bp: 10000
  mean_amount_difference_fen: 100000
  differing_bp: 10000
  longest_canary_hours: 1440
"""


def rules_text(*, share: int = 10_000, least: int = 2, differing: int = 5000) -> str:
    """An ``iteration.yaml`` for few claims."""
    return RULES.format(share=share, least=least, differing=differing)


def compiled(platform: Platform, *more: RuleRow) -> str:
    """The live snapshot with more rows, compiled and not published; its id."""
    live = platform.snapshots.get()
    with platform.database.read() as conn:
        catalogue = source_of(list(catalogues.snapshot_rows(conn)))
    root = platform.settings.home / "snapshots"
    return compile_snapshot([*live.rows, *more], load_templates(platform.rulebook), catalogue, root, as_of=date(2026, 10, 9)).id


def person(platform: Platform, login: str, *, role: str = "operations", insurers: frozenset[str] | Scope = Scope.ALL) -> Actor:
    """A person with this role, really signed in."""
    rules, now = IdentityRules.load(platform.rulebook), platform.clock.now()
    new = NewAccount(login=login, kind=ActorKind.PERSON, display_name="演示", roles=frozenset({role}), insurers=insurers)  # type: ignore[arg-type]
    with platform.database.write() as conn:
        identity.create_account(conn, vault=platform.vault, rules=rules, account=new, at=now, by="test", password=PASSWORD)
    outcome = identity.sign_in_apart(platform.database, rules=rules, login=login, password=PASSWORD, at=now)
    with platform.database.read() as conn:
        return identity.actor_of_token(conn, rules=rules, token=outcome.session_or_raise().token, at=now)


def propose(platform: Platform, actor: Actor, snapshot_id: str, **more: object) -> Release:
    """Propose a snapshot."""
    return platform.iteration.propose(actor=actor, proposal=Proposal(snapshot_id, "新一批限定", **more))  # type: ignore[arg-type]


def approve(platform: Platform, actor: Actor, release: Release, to: ReleaseState) -> Release:
    """Approve a step."""
    return platform.iteration.approve(actor=actor, release_id=release.id, to=to, reason="已看过回溯结果")
