"""Access: roles give permissions and authority, the gate writes down who opens personal data before it is handed out."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from anpei.engines.db import Database
from anpei.engines.knowledge import KnowledgeError, parse_text, shipped_rulebook
from anpei.kernel.errors import Forbidden
from anpei.kernel.money import Money
from anpei.trust import access
from anpei.trust.access import ALL, AccessEntry, AccessRules, Actor, ActorKind, AuthorityExceeded, RoleInvalid, shipped_rules
from anpei.trust.access.rules import RolesFile

AT = datetime(2026, 11, 21, 8, 30, tzinfo=UTC)
SHIPPED = shipped_rulebook().file("access/roles.yaml")


def actor(*roles: str, kind: ActorKind = ActorKind.PERSON, insurers: Any = ALL, **more: Any) -> Actor:
    return shipped_rules().actor(account_id="a-1", kind=kind, roles=roles, insurers=insurers, session_id="s-1", **more)


def test_a_role_gives_its_permissions_and_no_other() -> None:
    handler = actor("handler")
    access.require(handler, "claim.decide")
    with pytest.raises(Forbidden, match=r"account a-1 has no permission account\.manage") as caught:
        access.require(handler, "account.manage")
    assert caught.value.data == {"account": "a-1", "permission": "account.manage"}


def test_an_actor_of_no_role_may_nothing() -> None:
    nobody = Actor(account_id="a-1", kind=ActorKind.PERSON, roles=frozenset({"supervisor"}), insurers=ALL)
    assert not any(nobody.may(permission) for permission in shipped_rules().permissions)


def test_the_scope_of_insurers_is_kept() -> None:
    scoped = actor("handler", insurers=frozenset({"i-1"}))
    access.require(scoped, "claim.read", insurer_id="i-1")
    access.require(actor("handler"), "claim.read", insurer_id="i-2")
    with pytest.raises(Forbidden, match="insurer i-2"):
        access.require(scoped, "claim.read", insurer_id="i-2")
    with pytest.raises(Forbidden, match="insurer i-1"):
        access.require(actor("handler", insurers=frozenset()), "claim.read", insurer_id="i-1")


@pytest.mark.parametrize(
    ("fen", "passes"), [(0, True), (4_999_999, True), (5_000_000, True), (5_000_001, False), (50_000_000, False)]
)  # fmt: skip
def test_authority_ends_at_the_amount_of_the_role(fen: int, passes: bool) -> None:
    handler = actor("handler")
    assert handler.has_authority("claim.decide", amount=Money(fen)) is passes
    if passes:
        access.require_authority(handler, "claim.decide", amount=Money(fen))
    else:
        with pytest.raises(AuthorityExceeded) as caught:
            access.require_authority(handler, "claim.decide", amount=Money(fen))
        assert caught.value.data == {"account": "a-1", "permission": "claim.decide", "amount_fen": fen}


def test_several_roles_give_the_highest_authority() -> None:
    both = actor("handler", "supervisor")
    assert both.has_authority("claim.refuse", amount=Money(50_000_000))
    assert not both.has_authority("claim.refuse", amount=Money(50_000_001))
    assert not both.has_authority("claim.read", amount=Money(0))


def test_authority_without_the_permission_or_the_scope_is_none() -> None:
    with pytest.raises(Forbidden, match="no permission"):
        access.require_authority(actor("auditor"), "claim.decide", amount=Money(1))
    with pytest.raises(Forbidden, match="insurer i-2"):
        access.require_authority(actor("handler", insurers=frozenset({"i-1"})), "claim.decide", amount=Money(1), insurer_id="i-2")
    assert not replace(actor("handler"), permissions=frozenset()).has_authority("claim.decide", amount=Money(1))


@pytest.mark.parametrize("limit", ["claim.decide: 5000000", "claim.decide: 50000000"])
def test_unlimited_authority_is_written_out(tmp_path: Path, limit: str) -> None:
    folder = tmp_path / "access"
    folder.mkdir()
    (folder / "roles.yaml").write_text(
        SHIPPED.read_text(encoding="utf-8").replace(f"{limit},", "claim.decide: unlimited,"), encoding="utf-8"
    )
    rules = AccessRules.load(shipped_rulebook(tmp_path))
    chief = rules.actor(account_id="a-1", kind=ActorKind.PERSON, roles={"handler", "supervisor"}, insurers=ALL)
    assert chief.has_authority("claim.decide", amount=Money(10**14))


@pytest.mark.parametrize("role", sorted(shipped_rules().roles))
def test_no_machine_and_no_customer_refuses_or_reduces(role: str) -> None:
    found = shipped_rules().roles[role]
    for kind in found.kinds - {ActorKind.PERSON}:
        made = actor(role, kind=kind)
        assert not {"claim.refuse", "claim.reduce", "automation.switch", "account.manage"} & made.permissions


@pytest.mark.parametrize(
    ("kind", "roles", "words"),
    [
        (ActorKind.MACHINE, ["handler"], "handler is not for an account of the kind machine"),
        (ActorKind.PERSON, ["claim_machine"], "claim_machine is not for an account of the kind person"),
        (ActorKind.CUSTOMER, ["customer", "handler"], "handler is not for an account of the kind customer"),
        (ActorKind.PERSON, ["emperor"], "no live role emperor"),
        (ActorKind.PERSON, ["admin", "handler"], "admin and handler do not go together"),
        (ActorKind.PERSON, ["auditor", "supervisor"], "auditor and supervisor do not go together"),
    ],
)
def test_roles_that_do_not_suit_are_refused(kind: ActorKind, roles: list[str], words: str) -> None:
    with pytest.raises(RoleInvalid, match=words):
        actor(*roles, kind=kind)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("[claim.report, claim.upload, claim.read, policy.import]", "[claim.refuse]", "partner .* may not hold: claim.refuse"),
        ("kinds: [person]", "kinds: [person, machine]", "may not hold"),
        ("account.manage, trail.verify", "account.mange, trail.verify", "not listed: account.mange"),
        ("not_with: [admin, auditor]", "not_with: [adm]", "do not exist: adm"),
        ("authority: {claim.decide: 1000000}", "authority: {rule.publish: 1}", "without the permission: rule.publish"),
        ("authority: {claim.decide: 1000000}", "authority: {claim.decide: -1}", "negative authority"),
        ("  - id: partner", "  - id: admin", "two roles have the same id"),
    ],
)  # fmt: skip
def test_a_roles_file_that_contradicts_itself_does_not_load(old: str, new: str, words: str) -> None:
    text = SHIPPED.read_text(encoding="utf-8")
    assert old in text
    changed = text.replace(old, new, 1)
    with pytest.raises(KnowledgeError, match=words):
        parse_text(changed, RolesFile, name="roles")


def test_a_purpose_with_a_strange_permission_or_field_does_not_load(tmp_path: Path) -> None:
    (tmp_path / "access").mkdir()
    text = shipped_rulebook().file("access/purposes.yaml").read_text(encoding="utf-8")
    overlay = tmp_path / "access" / "purposes.yaml"
    overlay.write_text(text.replace("permission: payment.release", "permission: payment.relase"), encoding="utf-8")
    with pytest.raises(RoleInvalid, match=r"payout names the permission payment\.relase"):
        AccessRules.load(shipped_rulebook(tmp_path))
    overlay.write_text(text.replace("[name, id_number, bank_card]", "[name, wallet]"), encoding="utf-8")
    with pytest.raises(KnowledgeError, match="payout names fields that are not listed: wallet"):
        AccessRules.load(shipped_rulebook(tmp_path))


def test_a_retired_role_is_gone(tmp_path: Path) -> None:
    data = yaml.safe_load(SHIPPED.read_text(encoding="utf-8"))
    next(role for role in data["roles"] if role["id"] == "partner")["status"] = "retired"
    (tmp_path / "access").mkdir()
    (tmp_path / "access" / "roles.yaml").write_text(yaml.safe_dump(data, allow_unicode=True), encoding="utf-8")
    rules = AccessRules.load(shipped_rulebook(tmp_path))
    with pytest.raises(RoleInvalid, match="no live role partner"):
        rules.actor(account_id="m-1", kind=ActorKind.MACHINE, roles={"partner"}, insurers=ALL)


def test_every_permission_is_held_by_a_role_and_every_purpose_reachable() -> None:
    rules = shipped_rules()
    held = frozenset[str]().union(*(role.permissions for role in rules.roles.values()))
    assert held == set(rules.permissions)
    assert all(purpose.fields for purpose in rules.purposes.values())


def test_the_gate_writes_who_opened_what_for_which_purpose(database: Database) -> None:
    with database.write() as conn:
        grant = access.open_personal(conn, actor=actor("handler"), at=AT, purpose="claim_handling", subject="c-1", fields=["phone", "name"])
    with database.read() as conn:
        [entry] = access.access_log(conn, subject="c-1")
        assert access.access_log(conn, subject="c-2") == []
    assert entry == AccessEntry(
        id=grant.id, at=AT, account_id="a-1", kind=ActorKind.PERSON, roles=("handler",), session_id="s-1", purpose="claim_handling",
        subject="c-1", fields=("name", "phone"),
    )  # fmt: skip
    grant.check(subject="c-1", field="name")
    with pytest.raises(Forbidden, match="does not open id_number of c-1"):
        grant.check(subject="c-1", field="id_number")
    with pytest.raises(Forbidden, match="does not open name of c-2"):
        grant.check(subject="c-2", field="name")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"actor": actor("admin")}, "may not open personal data for claim_handling"),
        ({"purpose": "curiosity"}, "may not open personal data for curiosity"),
        (
            {"purpose": "payout", "actor": actor("claim_machine", kind=ActorKind.MACHINE), "fields": ["medical"]},
            "payout does not need medical",
        ),
        ({"fields": []}, "no fields of c-1 are named"),
        ({"insurer_id": "i-2", "actor": actor("handler", insurers=frozenset({"i-1"}))}, "insurer i-2"),
        ({"purpose": "own_file", "actor": actor("customer", kind=ActorKind.CUSTOMER)}, "a customer opens only the own file"),
    ],
)
def test_who_may_not_gets_nothing_and_leaves_no_row(database: Database, change: dict[str, Any], words: str) -> None:
    values: dict[str, Any] = {"actor": actor("handler"), "at": AT, "purpose": "claim_handling", "subject": "c-1", "fields": ["name"]}
    with database.write() as conn:
        with pytest.raises(Forbidden, match=words):
            access.open_personal(conn, **values | change)
        assert access.access_log(conn, subject="c-1") == []


def test_a_customer_opens_the_own_file(database: Database) -> None:
    customer = actor("customer", kind=ActorKind.CUSTOMER, party_id="p-1")
    with database.write() as conn:
        access.open_personal(conn, actor=customer, at=AT, purpose="own_file", subject="c-1", fields=["name"], own=True)
        assert [entry.kind for entry in access.access_log(conn, subject="c-1")] == [ActorKind.CUSTOMER]


def test_the_log_is_listed_newest_first_for_a_file_and_in_order_for_an_account(database: Database) -> None:
    with database.write() as conn:
        for minutes, subject in ((0, "c-1"), (1, "c-2"), (2, "c-1")):
            at = AT + timedelta(minutes=minutes)
            access.open_personal(conn, actor=actor("handler"), at=at, purpose="page_reading", subject=subject, fields=["page_image"])
        newest = access.access_log(conn, subject="c-1")
        looked = access.list_by_account(conn, account_id="a-1", since=AT, until=AT + timedelta(minutes=2))
        assert access.list_by_account(conn, account_id="a-2", since=AT, until=AT + timedelta(minutes=9)) == []
    assert [entry.at.minute for entry in newest] == [32, 30]
    assert [entry.subject for entry in looked] == ["c-1", "c-2"]
