"""Access (访问): who may do what, the gate to personal data with its log, and masking."""

from anpei.trust.access.actor import ALL, Actor, ActorKind, Scope

__all__ = ["ALL", "Actor", "ActorKind", "Scope"]
