"""Identity (身份): accounts of people, customers and machines, their passwords, sign-in, and opaque tokens.

Owns the tables ``accounts`` and ``tokens``. Changes of accounts go into the trail; tokens are kept as hashes only.
"""

from anpei.trust.identity._sessions import actor_of_token, open_session, purge_sessions, revoke, revoke_all
from anpei.trust.identity._sign_in import begin_sign_in, finish_sign_in, sign_in, sign_in_apart
from anpei.trust.identity.model import (
    Account,
    AccountStatus,
    LoginTaken,
    NewAccount,
    PasswordWeak,
    Session,
    SignInOutcome,
    SignInRefused,
    SignInRequired,
)
from anpei.trust.identity.operations import create_account, set_password, set_roles, set_status, unlock
from anpei.trust.identity.queries import find_account, get_account, list_accounts, list_sessions, session_held
from anpei.trust.identity.rules import IdentityRules, SignInRules, shipped_identity_rules

__all__ = [
    "Account",
    "AccountStatus",
    "IdentityRules",
    "LoginTaken",
    "NewAccount",
    "PasswordWeak",
    "Session",
    "SignInOutcome",
    "SignInRefused",
    "SignInRequired",
    "SignInRules",
    "actor_of_token",
    "begin_sign_in",
    "create_account",
    "find_account",
    "finish_sign_in",
    "get_account",
    "list_accounts",
    "list_sessions",
    "open_session",
    "purge_sessions",
    "revoke",
    "revoke_all",
    "session_held",
    "set_password",
    "set_roles",
    "set_status",
    "shipped_identity_rules",
    "sign_in",
    "sign_in_apart",
    "unlock",
]
