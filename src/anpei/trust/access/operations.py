"""The gate to personal data: who asks for which fields, for what, is checked and written down before anything is handed out."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert

from anpei.engines.db import Connection
from anpei.kernel import ids
from anpei.kernel.errors import Forbidden
from anpei.trust.access._tables import access_log
from anpei.trust.access.actor import Actor, ActorKind


@dataclass(frozen=True, slots=True)
class Grant:
    """The gate's leave to open these fields of this subject, for this purpose; the rooms that hold personal data ask for one."""

    id: str
    account_id: str
    subject: str
    purpose: str
    fields: frozenset[str]

    def check(self, *, subject: str, field: str) -> None:
        """Raises Forbidden unless the grant was given for this subject and this field."""
        if subject != self.subject or field not in self.fields:
            raise Forbidden(
                f"the grant {self.id} does not open {field} of {subject}: ask the gate for it with a purpose",
                data={"grant": self.id, "subject": subject, "field": field},
            )


def open_personal(
    conn: Connection,
    *,
    actor: Actor,
    at: datetime,
    purpose: str,
    subject: str,
    fields: Iterable[str],
    insurer_id: str | None = None,
    own: bool = False,
) -> Grant:
    """Check that the actor may open these fields of the subject (an id) for this purpose, write the access log, return the leave.

    ``own``: the caller has made sure that the file is the customer's own; without it no customer passes. The log row stands in the
    caller's transaction: data may leave only after that commits. Raises Forbidden; then nothing is written.
    """
    wanted = frozenset(fields)
    _check(actor, purpose=purpose, subject=subject, wanted=wanted, own=own)
    if insurer_id is not None and not actor.covers(insurer_id):
        raise Forbidden(
            f"the account {actor.account_id} may not open files of the insurer {insurer_id}: ask the administrator to widen its scope",
            data={"account": actor.account_id, "insurer": insurer_id, "subject": subject},
        )
    grant = Grant(id=ids.new_id(), account_id=actor.account_id, subject=subject, purpose=purpose, fields=wanted)
    row = {
        "id": grant.id, "at": at, "account_id": actor.account_id, "kind": actor.kind.value, "roles": sorted(actor.roles),
        "session_id": actor.session_id, "purpose": purpose, "subject": subject, "fields": sorted(wanted),
    }  # fmt: skip
    conn.execute(insert(access_log).values(row))
    return grant


def _check(actor: Actor, *, purpose: str, subject: str, wanted: frozenset[str], own: bool) -> None:
    place = {"account": actor.account_id, "purpose": purpose, "subject": subject}
    allowed = actor.purposes.get(purpose)
    if allowed is None:
        raise Forbidden(
            f"the account {actor.account_id} may not open personal data for {purpose}: choose a purpose of access/purposes.yaml "
            "whose permission it holds",
            data=place,
        )
    if not wanted:
        raise Forbidden(f"no fields of {subject} are named: say which are needed for {purpose}", data=place)
    if beyond := wanted - allowed:
        raise Forbidden(
            f"{purpose} does not need {', '.join(sorted(beyond))}: leave them out, or add them to access/purposes.yaml", data=place
        )
    if actor.kind is ActorKind.CUSTOMER and not own:
        raise Forbidden(f"a customer opens only the own file, and {subject} was not shown to be it", data=place)
