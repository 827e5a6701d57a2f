"""Access (访问): who may do what, the gate to personal data with its log (查阅记录), and masking (脱敏).

Owns the table ``access_log``, written by ``open_personal`` alone. Roles, permissions, purposes and masking words are data in
``rulebook/access``.
"""

from anpei.trust.access.actor import ALL, Actor, ActorKind, AuthorityExceeded, Scope, require, require_authority
from anpei.trust.access.operations import Grant, open_personal
from anpei.trust.access.queries import AccessEntry, access_log, list_by_account
from anpei.trust.access.rules import AccessRules, RoleInvalid, shipped_rules

__all__ = [
    "ALL",
    "AccessEntry",
    "AccessRules",
    "Actor",
    "ActorKind",
    "AuthorityExceeded",
    "Grant",
    "RoleInvalid",
    "Scope",
    "access_log",
    "list_by_account",
    "open_personal",
    "require",
    "require_authority",
    "shipped_rules",
]
