"""Find policies by id, number or insured; lock one; read what is used of it."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Row, or_, select

from anpei.engines.db import Connection
from anpei.kernel.errors import Conflict, NotFound
from anpei.records.policies._tables import accumulators, policies
from anpei.records.policies.model import Policy
from anpei.trust.vault import Vault


class PolicyUnknown(NotFound):
    """No policy with this id or number."""

    code = "policies.unknown"


class PolicyAmbiguous(Conflict):
    """Several insurers have a policy of this number; the insurer must be named."""

    code = "policies.ambiguous"


def number_blind(vault: Vault, number: str) -> str:
    """The blind index of a policy number: upper case, no white space."""
    return vault.blind("".join(number.split()).upper(), context="policies.number")


def get_policy(conn: Connection, *, vault: Vault, policy_id: str) -> Policy:
    """One policy. Raises PolicyUnknown."""
    found = _list(conn, vault, policies.c.id == policy_id)
    if not found:
        raise PolicyUnknown(f"there is no policy {policy_id}: check the id", data={"policy": policy_id})
    return found[0]


def find_by_number(conn: Connection, *, vault: Vault, number: str, insurer_id: str | None = None) -> Policy | None:
    """The policy with a number, or None. Raises PolicyAmbiguous when several insurers have one and none is named."""
    where = policies.c.number_blind == number_blind(vault, number)
    found = _list(conn, vault, where if insurer_id is None else where & (policies.c.insurer_id == insurer_id))
    if len(found) > 1:
        raise PolicyAmbiguous("several insurers have a policy of this number: name the insurer")
    return found[0] if found else None


def list_by_party(conn: Connection, *, vault: Vault, party_ids: Sequence[str]) -> list[Policy]:
    """The policies that name one of these parties as insured or holder, the latest first."""
    where = or_(policies.c.insured_id.in_(party_ids), policies.c.holder_id.in_(party_ids))
    return sorted(_list(conn, vault, where), key=lambda policy: (policy.start_on, policy.id), reverse=True)


def lock_policy(conn: Connection, *, policy_id: str) -> None:
    """Hold the policy's row until the transaction ends (SQLite: the writing transaction holds everything). Raises PolicyUnknown."""
    if conn.execute(select(policies.c.id).where(policies.c.id == policy_id).with_for_update()).first() is None:
        raise PolicyUnknown(f"there is no policy {policy_id}: check the id", data={"policy": policy_id})


def accumulators_used(conn: Connection, *, policy_id: str) -> dict[tuple[str, str], int]:
    """What is used of a policy's accumulators, by (name, period key)."""
    rows = conn.execute(select(accumulators).where(accumulators.c.policy_id == policy_id, accumulators.c.used > 0))
    return {(row.name, row.period_key): row.used for row in rows}


def _list(conn: Connection, vault: Vault, where: ColumnElement[bool]) -> list[Policy]:
    return [_policy(vault, row) for row in conn.execute(select(policies).where(where).order_by(policies.c.id))]


def _policy(vault: Vault, row: Row[Any]) -> Policy:
    return Policy(
        id=row.id,
        insurer_id=row.insurer_id,
        number=vault.open_text(row.number, context=f"policies.number:{row.id}"),
        product_id=row.product_id,
        plan=row.plan,
        start_on=row.start_on,
        end_on=row.end_on,
        first_covered_on=row.first_covered_on,
        holder_id=row.holder_id,
        insured_id=row.insured_id,
        social_insurance=row.social_insurance,
        status=row.status,
    )
