"""Members of staff who are really signed in."""

from anpei.assembly import Platform
from anpei.trust import identity
from anpei.trust.access import Actor, ActorKind, Scope
from anpei.trust.identity import IdentityRules, NewAccount
from tests.factories import platforms

PASSWORD = "a-Long-pass-phrase-7"


def signed_in(platform: Platform, role: str) -> Actor:
    """A person with this role, in a session of its own."""
    rules = IdentityRules.load(platform.rulebook)
    new = NewAccount(login=f"the-{role}", kind=ActorKind.PERSON, display_name="演示", roles=frozenset({role}), insurers=Scope.ALL)
    with platform.database.write() as conn:
        identity.create_account(conn, vault=platform.vault, rules=rules, account=new, at=platforms.AT, by="test", password=PASSWORD)
    outcome = identity.sign_in_apart(platform.database, rules=rules, login=new.login, password=PASSWORD, at=platforms.AT)
    with platform.database.read() as conn:
        return identity.actor_of_token(conn, rules=rules, token=outcome.session_or_raise().token, at=platforms.AT)
