"""What every route stands on: the assembled platform, the rules of sign-in, the words, and what the door itself is set to."""

import os
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated

from fastapi import Depends, Request

from anpei.entrypoints.api.throttle import Throttle
from anpei.entrypoints.api.words import Words, load_words
from anpei.kernel.errors import InvalidInput, Unavailable
from anpei.trust.identity import IdentityRules, SignInRules

if TYPE_CHECKING:
    from anpei.assembly import Platform

MIN_SECRET = 32
CHECKS_AT_ONCE = 4
"""Passwords that are checked side by side; each check takes some 46 MiB on purpose."""


@dataclass(frozen=True)
class DoorSettings:
    """What the door is set to. ``bank_secret`` signs the bank's call-backs; without one they are refused."""

    bank_secret: bytes | None = field(default=None, repr=False)
    sign_in_tries: int = 30
    sign_in_seconds: int = 60

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> "DoorSettings":
        """Settings from ANPEI_BANK_CALL_BACK_SECRET. Raises InvalidInput when the secret is too short to be one."""
        given = os.environ if environment is None else environment
        secret = given.get("ANPEI_BANK_CALL_BACK_SECRET", "")
        if secret and len(secret) < MIN_SECRET:
            raise InvalidInput(f"ANPEI_BANK_CALL_BACK_SECRET has {len(secret)} characters: use at least {MIN_SECRET}")
        return cls(bank_secret=secret.encode() or None)


@dataclass
class Watch:
    """What the door has seen of the reading processes: they ran once, or could not start."""

    ran: bool = False
    failed: bool = False


@dataclass(frozen=True)
class Door:
    """The platform behind the door."""

    platform: "Platform"
    identity: IdentityRules
    words: Words
    settings: DoorSettings
    sign_ins: Throttle
    reading: Watch = field(default_factory=Watch)
    checks: threading.BoundedSemaphore = field(default_factory=lambda: threading.BoundedSemaphore(CHECKS_AT_ONCE), repr=False)


def open_door(platform: "Platform", *, settings: DoorSettings) -> Door:
    """Everything the routes need, from an assembled platform."""
    identity = IdentityRules(access=platform.access, sign_in=platform.rulebook.load("access/sign_in.yaml", SignInRules))
    return Door(
        platform=platform, identity=identity, words=load_words(platform.rulebook), settings=settings,
        sign_ins=Throttle(tries=settings.sign_in_tries, seconds=settings.sign_in_seconds),
    )  # fmt: skip


def door_of(request: Request) -> Door:
    """The door behind a request. Raises Unavailable when the app was made without a platform (to describe its routes only)."""
    door: Door | None = request.app.state.door
    if door is None:
        raise Unavailable("this app was made without a platform: start it with `anpei serve`")
    return door


DoorIn = Annotated[Door, Depends(door_of)]
