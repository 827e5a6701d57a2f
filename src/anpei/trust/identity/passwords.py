"""Passwords: rules, Argon2id hashes, and a check that costs the same whether the account exists or not."""

import secrets
import unicodedata
from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from anpei.trust.identity.model import PasswordWeak
from anpei.trust.identity.rules import Argon2Cost, PasswordRules

_SIGNS = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789-+="


def check_password(password: str, *, login: str, rules: PasswordRules) -> None:
    """Raises PasswordWeak with the rule that is not met."""
    plain = _normal(password)
    if not rules.min_length <= len(plain) <= rules.max_length:
        raise PasswordWeak(f"the password has {len(plain)} signs: use {rules.min_length} to {rules.max_length}")
    if _kinds(plain) < rules.min_kinds:
        raise PasswordWeak(f"the password mixes too few kinds of signs: use {rules.min_kinds} of small letters, capitals, digits, others")
    low = plain.casefold()
    if len(set(low)) < 5 or any(word in low for word in rules.blocked):
        raise PasswordWeak("the password holds a word or number that everybody tries: choose another")
    if login.casefold() in low:
        raise PasswordWeak("the password holds the login: choose another")


def make_password(length: int = 20) -> str:
    """A random password that satisfies the shipped rules, for a new account."""
    while True:
        password = "".join(secrets.choice(_SIGNS) for _ in range(length))
        if _kinds(password) == 4:
            return password


def hash_password(password: str, *, cost: Argon2Cost) -> str:
    """The Argon2id hash in its text form, with salt and cost."""
    return _hasher(cost).hash(_normal(password))


def password_matches(password: str, *, known: str | None, cost: Argon2Cost) -> bool:
    """Whether the password belongs to the hash; without a hash the same work is done and the answer is False."""
    try:
        return _hasher(cost).verify(known or _stand_in(cost), _normal(password)) and known is not None
    except (VerificationError, InvalidHashError):
        return False


def is_outdated(known: str, *, cost: Argon2Cost) -> bool:
    """Whether the hash was made at another cost than today's."""
    return _hasher(cost).check_needs_rehash(known)


def _normal(password: str) -> str:
    return unicodedata.normalize("NFKC", password)


def _kinds(password: str) -> int:
    other = any(not sign.isalnum() or not sign.isascii() for sign in password)
    ascii_signs = [sign for sign in password if sign.isascii()]
    return sum((any(map(str.islower, ascii_signs)), any(map(str.isupper, ascii_signs)), any(map(str.isdigit, ascii_signs)), other))


@lru_cache(maxsize=4)
def _hasher(cost: Argon2Cost) -> PasswordHasher:
    return PasswordHasher(time_cost=cost.time_cost, memory_cost=cost.memory_kib, parallelism=cost.parallelism)


@lru_cache(maxsize=4)
def _stand_in(cost: Argon2Cost) -> str:
    """A hash of nothing that anybody knows."""
    return _hasher(cost).hash(secrets.token_urlsafe(32))
