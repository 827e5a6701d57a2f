"""Links between claims: followed within bounds, hubs cut off and named, persons counted once, no plain value kept. On both databases."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from anpei.claims.dossier import operations as dossier
from anpei.claims.dossier.model import Claim
from anpei.claims.risk._tables import claim_marks
from anpei.claims.risk.links import Hub, find_links
from anpei.claims.risk.marks import marks_of, release_marks, write_marks
from anpei.claims.risk.rules import LinkRules, load_risk
from anpei.engines.db import Connection, Database
from anpei.engines.knowledge import shipped_rulebook
from anpei.trust.vault import KeyRing, Vault

RULES = load_risk(shipped_rulebook()).links
VAULT = Vault(KeyRing.fresh())
AT = datetime(2026, 10, 1, tzinfo=UTC)


def rules(**changes: int) -> LinkRules:
    """The shipped rules with other bounds."""
    return RULES.model_copy(update=changes)


def claim_with(conn: Connection, person: str, *marks: tuple[str, str], insurer: str = "insurer-1") -> Claim:
    """A claim of this person with these plain values."""
    claim = dossier.open_claim(conn, vault=VAULT, insurer_id=insurer, policy_id="p", product_id="x", plan="y", request_id=None, at=AT)
    write_marks(conn, vault=VAULT, claim=claim, insured_id=person, marks=set(marks))
    return claim


def test_a_shared_value_links_and_counts_other_persons_once(database: Database) -> None:
    with database.write() as conn:
        first = claim_with(conn, "anna", ("bank_card", "6222"), ("phone", "139"))
        own = claim_with(conn, "anna", ("bank_card", "6222"))
        others = [claim_with(conn, "bert", ("bank_card", "6222"), ("phone", "139")), claim_with(conn, "bert", ("bank_card", "6222"))]
        claim_with(conn, "carl", ("bank_card", "6333"))
        found = find_links(conn, claim_id=first.id, rules=RULES)
    assert set(found.claims) == {own.id, others[0].id, others[1].id}
    assert dict(found.persons) == {"bank_card": 1, "bill_text": 0, "device": 0, "phone": 1, "doctor": 0}
    assert sorted((link.other, link.kind, link.same_person) for link in found.links) == sorted(
        [
            (own.id, "bank_card", True),
            (others[0].id, "bank_card", False),
            (others[0].id, "phone", False),
            (others[1].id, "bank_card", False),
        ]
    )
    assert (found.hubs, found.truncated) == ((), False)


def test_it_walks_as_deep_as_it_may(database: Database) -> None:
    with database.write() as conn:
        chain = [claim_with(conn, f"person-{n}", ("phone", f"{n}"), ("phone", f"{n + 1}")) for n in range(5)]
        found = {depth: find_links(conn, claim_id=chain[0].id, rules=rules(max_depth=depth)).claims for depth in (1, 2, 4)}
    assert found == {1: (chain[1].id,), 2: (chain[1].id, chain[2].id), 4: tuple(claim.id for claim in chain[1:])}


def test_a_hub_is_named_and_not_followed(database: Database) -> None:
    with database.write() as conn:
        first = claim_with(conn, "anna", ("phone", "hospital"), ("bank_card", "6222"))
        for number in range(6):
            claim_with(conn, f"person-{number}", ("phone", "hospital"))
        friend = claim_with(conn, "bert", ("bank_card", "6222"))
        found = find_links(conn, claim_id=first.id, rules=rules(hub_above=5))
    mark = VAULT.blind("hospital", context="claim_marks.phone:insurer-1")
    assert found.hubs == (Hub("phone", mark[:12], 5),)
    assert found.claims == (friend.id,)
    assert found.persons["phone"] == 0


def test_no_more_claims_are_reached_than_the_bound_and_it_is_said(database: Database) -> None:
    with database.write() as conn:
        first = claim_with(conn, "anna", ("phone", "1"))
        for number in range(30):
            claim_with(conn, f"person-{number}", ("phone", "1"))
        found = find_links(conn, claim_id=first.id, rules=rules(max_claims=10))
    assert (len(found.claims), found.truncated, found.persons["phone"]) == (10, True, 30)


def test_insurers_never_see_one_anothers_claims_and_withdrawn_ones_link_nothing(database: Database) -> None:
    with database.write() as conn:
        first = claim_with(conn, "anna", ("phone", "1"))
        claim_with(conn, "bert", ("phone", "1"), insurer="insurer-2")
        gone = claim_with(conn, "carl", ("phone", "1"))
        release_marks(conn, claim_id=gone.id)
        assert find_links(conn, claim_id=first.id, rules=RULES).links == ()


def test_only_blind_values_are_kept(database: Database) -> None:
    with database.write() as conn:
        claim_with(conn, "anna-party-id", ("bank_card", "6222020200112233446"), ("phone", "13900000000"))
        kept = [str(row) for row in conn.execute(select(claim_marks.c.kind, claim_marks.c.mark, claim_marks.c.person))]
    assert len(kept) == 2
    for plain in ("6222020200112233446", "13900000000", "anna"):
        assert all(plain not in row for row in kept)


def test_a_new_round_replaces_the_marks(database: Database) -> None:
    with database.write() as conn:
        claim = claim_with(conn, "anna", ("phone", "1"))
        write_marks(conn, vault=VAULT, claim=claim, insured_id="anna", marks={("phone", "2")})
        assert conn.execute(select(claim_marks.c.mark)).scalars().all() == [VAULT.blind("2", context="claim_marks.phone:insurer-1")]


def test_the_walk_is_few_queries_a_step_whatever_the_table(database: Database) -> None:
    from sqlalchemy import event

    with database.write() as conn:
        first = claim_with(conn, "anna", ("phone", "1"))
        for number in range(20):
            claim_with(conn, f"person-{number}", ("phone", "1"), ("device", f"{number}"))
        asked: list[str] = []
        event.listen(conn, "before_cursor_execute", lambda _c, _x, statement, *_rest: asked.append(statement))
        find_links(conn, claim_id=first.id, rules=RULES)
    assert len(asked) <= 1 + 2 * RULES.max_depth


@pytest.mark.parametrize(("lines", "wanted"), [(3, 0), (4, 1)])
def test_a_bill_is_the_same_list_whatever_its_number_and_order(lines: int, wanted: int) -> None:
    rows = [{"name": f"项目 {number}", "amount_fen": 100 * number} for number in range(lines)]
    bill = {"hospital": "临江 医院", "number": "1", "lines": rows}
    again = {"hospital": "临江医院", "number": "2", "lines": rows[::-1]}
    told = [marks_of(report={}, facts={"bills": [one]}, pages=(), rules=RULES) for one in (bill, again)]
    assert told[0] == told[1]
    assert len(told[0]) == wanted
    other = {"hospital": "临江医院", "lines": [*rows[:-1], {"name": "项目 9", "amount_fen": 5}]}
    assert wanted == 0 or marks_of(report={}, facts={"bills": [other]}, pages=(), rules=RULES) != told[0]
