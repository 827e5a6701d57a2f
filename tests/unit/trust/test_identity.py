"""Identity: accounts, a sign-in that gives nothing away and locks, tokens kept as hashes."""

import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from anpei.engines.db import Connection, Database
from anpei.kernel.errors import InvalidInput, NotFound
from anpei.trust import identity, trail
from anpei.trust.access import ALL, ActorKind, RoleInvalid
from anpei.trust.identity import (
    AccountStatus,
    IdentityRules,
    LoginTaken,
    NewAccount,
    PasswordWeak,
    SignInRefused,
    SignInRequired,
    shipped_identity_rules,
)
from anpei.trust.identity._tables import accounts, tokens
from anpei.trust.identity.model import SignInFailure
from anpei.trust.identity.passwords import check_password, make_password, password_matches
from anpei.trust.identity.rules import Argon2Cost
from anpei.trust.signing import Signer, sign_as_person
from anpei.trust.vault import KeyRing, Vault

AT = datetime(2026, 11, 21, 8, 30, tzinfo=UTC)
SCOPE = frozenset({"i-1"})
VAULT = Vault(KeyRing.fresh())
CHEAP = Argon2Cost(time_cost=1, memory_kib=8, parallelism=1)
RULES = IdentityRules(access=shipped_identity_rules().access, sign_in=shipped_identity_rules().sign_in.model_copy(update={"argon2": CHEAP}))
PASSWORD = "Wind-und-Wetter-7"
HANDLER = NewAccount(login="li.hua", kind=ActorKind.PERSON, display_name="李华", roles=frozenset({"handler"}), insurers=ALL)
PARTNER = NewAccount(login="hospital-3", kind=ActorKind.MACHINE, display_name="第三医院", roles=frozenset({"partner"}), insurers=SCOPE)


def create(conn: Connection, account: NewAccount = HANDLER, password: str | None = PASSWORD, **more: Any) -> str:
    return identity.create_account(conn, vault=VAULT, rules=RULES, account=account, at=AT, by="cli", password=password, **more)


@pytest.fixture
def account_id(database: Database) -> str:
    with database.write() as conn:
        return create(conn)


def attempt(database: Database, *, login: str = "li.hua", password: str = PASSWORD, at: datetime = AT) -> identity.SignInOutcome:
    with database.write() as conn:
        return identity.sign_in(conn, rules=RULES, login=login, password=password, at=at)


def token(database: Database) -> str:
    return attempt(database).session_or_raise().token


def test_an_account_comes_back_with_its_name_sealed_in_the_table(database: Database, account_id: str) -> None:
    with database.read() as conn:
        account = identity.get_account(conn, vault=VAULT, account_id=account_id)
        sealed = conn.execute(select(accounts.c.display_name)).scalar_one()
        assert identity.find_account(conn, vault=VAULT, login=" LI.Hua ") == account
        assert identity.find_account(conn, vault=VAULT, login="other") is None
    assert (account.login, account.kind, account.display_name, account.status) == ("li.hua", ActorKind.PERSON, "李华", AccountStatus.ACTIVE)
    assert (account.roles, account.insurers, account.has_password, account.locked_until) == (frozenset({"handler"}), ALL, True, None)
    assert "李华".encode() not in sealed
    assert "李华" not in repr(account)


def test_each_change_of_an_account_stands_in_the_trail(database: Database, account_id: str) -> None:
    with database.write() as conn:
        identity.set_roles(conn, rules=RULES, account_id=account_id, roles=frozenset({"supervisor"}), insurers=SCOPE, at=AT, by="a-9")
        identity.set_password(conn, rules=RULES, account_id=account_id, password="Regen-und-Sonne-8", at=AT, by="a-9")
        identity.open_session(conn, rules=RULES, account_id=account_id, at=AT)
        identity.set_status(conn, account_id=account_id, status=AccountStatus.DISABLED, at=AT, by="a-9")
        assert identity.list_sessions(conn, account_id=account_id, at=AT) == []
        identity.unlock(conn, account_id=account_id, at=AT, by="a-9")
        entries = trail.list_entries(conn, subject=account_id)
    assert [(entry.actor, entry.action, entry.facts) for entry in entries] == [
        ("cli", "identity.account.created", {"kind": "person", "roles": ["handler"], "scope": {"all": True}}),
        ("a-9", "identity.roles.changed", {"roles": ["supervisor"], "scope": {"insurers": ["i-1"]}}),
        ("a-9", "identity.password.changed", {"sessions_ended": 0}),
        ("a-9", "identity.status.changed", {"status": "disabled", "sessions_ended": 1}),
        ("a-9", "identity.account.unlocked", {}),
    ]


def test_a_login_is_given_once_in_whatever_writing(database: Database, account_id: str) -> None:
    with database.write() as conn:
        with pytest.raises(LoginTaken):
            create(conn, replace(HANDLER, login="Ｌｉ.hua"))
        assert [account.id for account in identity.list_accounts(conn, vault=VAULT)] == [account_id]


@pytest.mark.parametrize(
    ("change", "password", "error", "words"),
    [
        ({"login": "李华"}, PASSWORD, InvalidInput, "login is not of the form"),
        ({"login": "ab"}, PASSWORD, InvalidInput, "login is not of the form"),
        ({"login": "13812341234"}, PASSWORD, InvalidInput, r"login is personal data \(phone\)"),
        ({"roles": frozenset({"claim_machine"})}, PASSWORD, RoleInvalid, "not for an account of the kind person"),
        ({}, None, InvalidInput, "kind person and its password"),
        ({"kind": ActorKind.MACHINE, "roles": frozenset({"partner"})}, PASSWORD, InvalidInput, "kind machine and its password"),
        ({}, "short", PasswordWeak, "has 5 signs: use 10 to 128"),
    ],
)
def test_an_account_that_breaks_a_rule_is_not_made(
    database: Database, change: dict[str, Any], password: str | None, error: type[Exception], words: str
) -> None:
    with database.write() as conn:
        with pytest.raises(error, match=words):
            create(conn, replace(HANDLER, **change), password)
        assert conn.execute(select(accounts.c.id)).all() == []
        assert trail.head(conn).seq == 0


@pytest.mark.parametrize(
    ("password", "words"),
    [
        ("Aa1-", "4 signs"), ("Aa1-" * 40, "160 signs"), ("abcdefghijk1", "too few kinds"), ("Passw0rd-2026", "everybody tries"),
        ("Aa-1Aa-1Aa-1", "everybody tries"), ("My-Li.Hua-2026", "holds the login"),
    ],
)  # fmt: skip
def test_weak_passwords_are_refused_and_not_shown(password: str, words: str) -> None:
    with pytest.raises(PasswordWeak, match=words) as caught:
        check_password(password, login="li.hua", rules=RULES.sign_in.password)
    assert password not in str(caught.value)


@pytest.mark.parametrize("password", [PASSWORD, "风雨-und-Wetter1", "correct Horse 42 battery", make_password()], ids=range(4))
def test_good_passwords_pass(password: str) -> None:
    check_password(password, login="li.hua", rules=RULES.sign_in.password)


def test_a_person_signs_in_and_is_the_actor_of_the_token(database: Database, account_id: str) -> None:
    session = attempt(database, login="LI.HUA").session_or_raise()
    assert session.expires_at == AT + timedelta(hours=10)
    assert session.token not in repr(session)
    with database.read() as conn:
        actor = identity.actor_of_token(conn, rules=RULES, token=session.token, at=AT)
    assert (actor.account_id, actor.kind, actor.roles, actor.insurers, actor.session_id) == (
        account_id, ActorKind.PERSON, frozenset({"handler"}), ALL, session.id,
    )  # fmt: skip
    assert actor.may("claim.refuse")
    assert sign_as_person(signer=Signer.fresh(), actor=actor, at=AT, statement={"claim": "c-1"}).account_id == account_id


def test_the_token_itself_is_kept_nowhere(database: Database, account_id: str) -> None:
    given = token(database)
    with database.read() as conn:
        [row] = conn.execute(select(tokens)).all()
    assert all(given not in str(value) for value in row)
    assert len(given) == 49


def test_every_failure_looks_the_same(database: Database, account_id: str) -> None:
    with database.write() as conn:
        create(conn, replace(HANDLER, login="gone"))
        gone = identity.find_account(conn, vault=VAULT, login="gone")
        assert gone is not None
        identity.set_status(conn, account_id=gone.id, status=AccountStatus.DISABLED, at=AT, by="cli")
        create(conn, PARTNER, None)
    outcomes = {
        "wrong": attempt(database, password="Wind-und-Wetter-8"),
        "unknown": attempt(database, login="nobody"),
        "disabled": attempt(database, login="gone"),
        "machine": attempt(database, login="hospital-3", password=""),
        "endless": attempt(database, password=PASSWORD + "x" * 200),
    }
    messages = set()
    for outcome in outcomes.values():
        with pytest.raises(SignInRefused) as caught:
            outcome.session_or_raise()
        messages.add((caught.value.code, str(caught.value), tuple(caught.value.data)))
    assert len(messages) == 1
    assert [outcome.failure for outcome in outcomes.values()] == [
        SignInFailure.WRONG, SignInFailure.UNKNOWN, SignInFailure.DISABLED, SignInFailure.DISABLED, SignInFailure.WRONG,
    ]  # fmt: skip


def test_the_same_work_is_done_whether_the_login_exists_or_not(
    database: Database, account_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    checked: list[bool] = []

    def counting(password: str, *, known: str | None, cost: Argon2Cost) -> bool:
        checked.append(known is None)
        return password_matches(password, known=known, cost=cost)

    monkeypatch.setattr("anpei.trust.identity._sign_in.password_matches", counting)
    attempt(database, login="nobody")
    attempt(database, password="wrong")
    assert checked == [True, False]
    assert not password_matches("", known=None, cost=CHEAP)


def test_an_account_locks_after_five_failures_and_opens_after_a_while(database: Database, account_id: str) -> None:
    for _ in range(5):
        assert attempt(database, password="wrong").failure is SignInFailure.WRONG
    assert attempt(database).failure is SignInFailure.LOCKED
    assert attempt(database, at=AT + timedelta(minutes=14, seconds=59)).failure is SignInFailure.LOCKED
    later = AT + timedelta(minutes=15)
    assert attempt(database, password="wrong", at=later).failure is SignInFailure.WRONG
    assert attempt(database, at=later).session is not None
    with database.read() as conn:
        locks = [entry.facts for entry in trail.list_entries(conn, subject=account_id) if entry.action == "identity.account.locked"]
    assert locks == [{"failures": 5, "minutes": 15}]


def test_a_success_takes_the_count_back_even_at_the_last_attempt(database: Database, account_id: str) -> None:
    for _ in range(3):
        for _ in range(4):
            attempt(database, password="wrong")
        assert attempt(database).session is not None
    with database.read() as conn:
        assert identity.get_account(conn, vault=VAULT, account_id=account_id).locked_until is None


def test_an_administrator_unlocks(database: Database, account_id: str) -> None:
    for _ in range(5):
        attempt(database, password="wrong")
    with database.write() as conn:
        identity.unlock(conn, account_id=account_id, at=AT, by="a-9")
    assert attempt(database).session is not None


def test_guesses_at_once_do_not_slip_past_the_lock(database: Database, account_id: str) -> None:
    start = threading.Barrier(8)
    seen: list[SignInFailure | None] = []

    def guess() -> None:
        start.wait()
        seen.append(identity.sign_in_apart(database, rules=RULES, login="li.hua", password="wrong", at=AT).failure)

    threads = [threading.Thread(target=guess) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (seen.count(SignInFailure.WRONG), seen.count(SignInFailure.LOCKED)) == (5, 3)


def test_signing_in_by_steps_gives_a_session_and_renews_an_old_hash(database: Database, account_id: str) -> None:
    dearer = Argon2Cost(time_cost=2, memory_kib=16, parallelism=1)
    rules = IdentityRules(access=RULES.access, sign_in=RULES.sign_in.model_copy(update={"argon2": dearer}))
    assert identity.sign_in_apart(database, rules=rules, login="li.hua", password=PASSWORD, at=AT).session is not None
    with database.read() as conn:
        known = conn.execute(select(accounts.c.password_hash)).scalar_one()
    assert known.startswith("$argon2id$v=19$m=16,t=2,p=1$")
    assert identity.sign_in_apart(database, rules=rules, login="li.hua", password=PASSWORD, at=AT).session is not None


def test_a_password_changed_meanwhile_ends_the_attempt(database: Database, account_id: str) -> None:
    with database.write() as conn:
        begun = identity.begin_sign_in(conn, rules=RULES, login="li.hua", at=AT)
    matched = begun.matches(PASSWORD, rules=RULES)
    with database.write() as conn:
        identity.set_password(conn, rules=RULES, account_id=account_id, password="Regen-und-Sonne-8", at=AT, by="a-9")
    with database.write() as conn:
        assert identity.finish_sign_in(conn, rules=RULES, attempt=begun, matched=matched, at=AT).session is None


def test_a_new_password_ends_the_sessions(database: Database, account_id: str) -> None:
    given = token(database)
    with database.write() as conn:
        identity.set_password(conn, rules=RULES, account_id=account_id, password="Regen-und-Sonne-8", at=AT, by="a-9")
        with pytest.raises(SignInRequired):
            identity.actor_of_token(conn, rules=RULES, token=given, at=AT)
    assert attempt(database).failure is SignInFailure.WRONG
    assert attempt(database, password="Regen-und-Sonne-8").session is not None


@pytest.mark.parametrize("at", [AT - timedelta(seconds=1), AT + timedelta(hours=10)])
def test_a_token_holds_in_its_time_only(database: Database, account_id: str, at: datetime) -> None:
    given = token(database)
    with database.read() as conn:
        assert identity.actor_of_token(conn, rules=RULES, token=given, at=AT + timedelta(hours=9, minutes=59)).account_id == account_id
        with pytest.raises(SignInRequired) as caught:
            identity.actor_of_token(conn, rules=RULES, token=given, at=at)
    assert given not in str(caught.value)


def test_a_revoked_strange_or_disabled_token_is_refused(database: Database, account_id: str) -> None:
    first, second = token(database), token(database)
    with database.write() as conn:
        assert identity.revoke(conn, token=first, at=AT)
        assert not identity.revoke(conn, token=first, at=AT)
        assert identity.actor_of_token(conn, rules=RULES, token=second, at=AT).account_id == account_id
        conn.execute(update(accounts).values(status="disabled"))
        for given in (first, second, "", "anpei_" + "x" * 43):
            with pytest.raises(SignInRequired):
                identity.actor_of_token(conn, rules=RULES, token=given, at=AT)


def test_roles_hold_from_the_next_request_on(database: Database, account_id: str) -> None:
    given = token(database)
    with database.write() as conn:
        identity.set_roles(conn, rules=RULES, account_id=account_id, roles=frozenset({"operations"}), insurers=SCOPE, at=AT, by="a-9")
        actor = identity.actor_of_token(conn, rules=RULES, token=given, at=AT)
    assert (actor.roles, actor.insurers, actor.may("claim.refuse")) == (frozenset({"operations"}), frozenset({"i-1"}), False)


def test_machines_and_customers_get_sessions_without_a_password(database: Database) -> None:
    customer = NewAccount(
        login="customer-1",
        kind=ActorKind.CUSTOMER,
        display_name="王五",
        roles=frozenset({"customer"}),
        insurers=SCOPE,
        party_id="p-1",
    )
    with database.write() as conn:
        machine, person = create(conn, PARTNER, None), create(conn, customer, None)
        opened = identity.open_session(conn, rules=RULES, account_id=machine, at=AT)
        short = identity.open_session(conn, rules=RULES, account_id=person, at=AT, lifetime=timedelta(minutes=5))
        actor = identity.actor_of_token(conn, rules=RULES, token=short.token, at=AT)
        with pytest.raises(NotFound):
            identity.open_session(conn, rules=RULES, account_id="nobody", at=AT)
        assert identity.actor_of_token(conn, rules=RULES, token=opened.token, at=AT).kind is ActorKind.MACHINE
    assert (opened.expires_at, short.expires_at) == (AT + timedelta(days=365), AT + timedelta(minutes=5))
    assert (actor.kind, actor.party_id, actor.is_person) == (ActorKind.CUSTOMER, "p-1", False)


def test_a_signature_can_be_held_against_its_session_later(database: Database, account_id: str) -> None:
    session = attempt(database).session_or_raise()
    with database.write() as conn:
        partner = create(conn, PARTNER, None)
        machine = identity.open_session(conn, rules=RULES, account_id=partner, at=AT)
        identity.revoke(conn, token=session.token, at=AT + timedelta(hours=1))

        def held(session_id: str = session.id, who: str = account_id, at: datetime = AT) -> bool:
            return identity.session_held(conn, session_id=session_id, account_id=who, at=at)

        assert held()
        assert held(at=AT + timedelta(minutes=59))
        assert not held(at=AT + timedelta(hours=1))
        assert not held(at=AT - timedelta(seconds=1))
        assert not held(who=partner)
        assert not held(session_id=machine.id, who=partner)
        assert not held(session_id="s-1")


def test_sessions_are_listed_ended_together_and_purged(database: Database, account_id: str) -> None:
    for _ in range(3):
        token(database)
    with database.write() as conn:
        listed = identity.list_sessions(conn, account_id=account_id, at=AT)
        assert [(session.account_id, session.token) for session in listed] == [(account_id, "")] * 3
        assert identity.revoke_all(conn, account_id=account_id, at=AT) == 3
        assert identity.list_sessions(conn, account_id=account_id, at=AT) == []
        assert identity.purge_sessions(conn, before=AT + timedelta(hours=10)) == 0
        assert identity.purge_sessions(conn, before=AT + timedelta(hours=10, seconds=1)) == 3


@pytest.mark.parametrize("work", ["roles", "status", "unlock", "password", "get"])
def test_an_account_that_does_not_exist_is_named(database: Database, work: str) -> None:
    calls: dict[str, Any] = {
        "roles": lambda c: identity.set_roles(c, rules=RULES, account_id="a-0", roles=frozenset(), insurers=ALL, at=AT, by="x"),
        "status": lambda c: identity.set_status(c, account_id="a-0", status=AccountStatus.ACTIVE, at=AT, by="x"),
        "unlock": lambda c: identity.unlock(c, account_id="a-0", at=AT, by="x"),
        "password": lambda c: identity.set_password(c, rules=RULES, account_id="a-0", password=PASSWORD, at=AT, by="x"),
        "get": lambda c: identity.get_account(c, vault=VAULT, account_id="a-0"),
    }
    with database.write() as conn, pytest.raises(NotFound, match="no such account a-0"):
        calls[work](conn)


def test_accounts_are_listed_by_kind_and_page(database: Database, account_id: str) -> None:
    with database.write() as conn:
        create(conn, PARTNER, None)
        create(conn, replace(HANDLER, login="zhao"))
        everybody = identity.list_accounts(conn, vault=VAULT)
        people = identity.list_accounts(conn, vault=VAULT, kind=ActorKind.PERSON, after="li.hua")
        first = identity.list_accounts(conn, vault=VAULT, limit=1)
    assert [account.login for account in everybody] == ["hospital-3", "li.hua", "zhao"]
    assert [account.login for account in people] == ["zhao"]
    assert [account.login for account in first] == ["hospital-3"]
