"""The key ring: several sealing keys with ids, one of them active, and one index key that outlives every rotation."""

import base64
import binascii
import json
import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from anpei.kernel.errors import AnpeiError
from anpei.trust.vault.private_file import PrivateFileExists, create_private, read_private, replace_private

ENVIRONMENT_NAME = "ANPEI_KEYS"
FORMAT = "anpei.keys/1"
KEY_BYTES = 32
_KEY_ID = re.compile(r"^[0-9a-f]{8}$")


class KeyRingInvalid(AnpeiError):
    """The text of a key ring is not what it should be; the message names the part, never its content."""

    code = "trust.key_ring_invalid"


class KeyMissing(AnpeiError):
    """A value was sealed with a key that this ring does not hold."""

    code = "trust.key_missing"


@dataclass(frozen=True, slots=True)
class KeyRing:
    """Keys of 32 bytes by id (8 hex digits), the id of the active one, and the index key. Never printed."""

    active: str
    keys: Mapping[str, bytes] = field(repr=False)
    index_key: bytes = field(repr=False)

    def __post_init__(self) -> None:
        if self.active not in self.keys:
            raise KeyRingInvalid(f"the active key {self.active!r} is not among the keys: name one of {', '.join(sorted(self.keys))}")
        for key_id, key in self.keys.items():
            if not _KEY_ID.match(key_id):
                raise KeyRingInvalid(f"{key_id!r} is no key id: use 8 hexadecimal digits in lower case")
            if len(key) != KEY_BYTES:
                raise KeyRingInvalid(f"key {key_id} has {len(key)} bytes: a key has {KEY_BYTES}")
        if len(self.index_key) != KEY_BYTES:
            raise KeyRingInvalid(f"the index key has {len(self.index_key)} bytes: it has {KEY_BYTES}")

    @classmethod
    def fresh(cls) -> "KeyRing":
        """A ring of new random keys, for tests and for ``create``."""
        key_id = secrets.token_hex(4)
        return cls(active=key_id, keys={key_id: secrets.token_bytes(KEY_BYTES)}, index_key=secrets.token_bytes(KEY_BYTES))

    @classmethod
    def create(cls, path: Path) -> "KeyRing":
        """Make fresh keys and store them in a new file of mode 0600. Raises PrivateFileExists; an existing file is never touched."""
        ring = cls.fresh()
        create_private(path, ring.to_text().encode())
        return ring

    @classmethod
    def load(cls, path: Path) -> "KeyRing":
        """Read a key file. Raises PrivateFileMissing, PrivateFileUnsafe (mode is not 0600), KeyRingInvalid."""
        return cls.parse(read_private(path).decode("utf-8", errors="replace"), name=str(path))

    @classmethod
    def load_or_create(cls, path: Path) -> "KeyRing":
        """Read the key file, or create it when there is none; safe when several processes start at once."""
        if not path.exists():
            try:
                return cls.create(path)
            except PrivateFileExists:
                pass
        return cls.load(path)

    @classmethod
    def find(cls, *, path: Path, environment: Mapping[str, str] | None = None) -> "KeyRing":
        """The ring in the environment variable ANPEI_KEYS (the JSON text itself) if it is set, else the one in the file."""
        text = (os.environ if environment is None else environment).get(ENVIRONMENT_NAME, "").strip()
        return cls.parse(text, name=ENVIRONMENT_NAME) if text else cls.load(path)

    @classmethod
    def parse(cls, text: str, *, name: str) -> "KeyRing":
        """Read the JSON text of a ring; ``name`` is used in messages. Raises KeyRingInvalid."""
        try:
            data: Any = json.loads(text)
        except ValueError as error:
            raise KeyRingInvalid(f"{name} is no JSON: restore it from the backup") from error
        if not isinstance(data, dict) or data.get("format") != FORMAT:
            raise KeyRingInvalid(f"{name} is no key ring of the format {FORMAT}: restore it from the backup")
        keys, active = data.get("keys"), data.get("active")
        if not isinstance(keys, dict) or not isinstance(active, str):
            raise KeyRingInvalid(f"{name} lacks `keys` (id to base64 text) or `active` (id): restore it from the backup")
        decoded = {str(key_id): _decode(value, part=f"{name}, key {key_id}") for key_id, value in keys.items()}
        return cls(active=active, keys=decoded, index_key=_decode(data.get("index_key"), part=f"{name}, index_key"))

    def to_text(self) -> str:
        """The ring as JSON text, for a key file or ANPEI_KEYS. It holds the keys: keep it as you keep the data."""
        keys = {key_id: base64.b64encode(key).decode() for key_id, key in self.keys.items()}
        index_key = base64.b64encode(self.index_key).decode()
        return json.dumps({"format": FORMAT, "active": self.active, "keys": keys, "index_key": index_key}, indent=1, sort_keys=True) + "\n"

    def key(self, key_id: str) -> bytes:
        """The key with this id. Raises KeyMissing."""
        try:
            return self.keys[key_id]
        except KeyError as error:
            raise KeyMissing(
                f"the key ring has no key {key_id}: add the old key file's entry for it, values sealed with it cannot be opened otherwise",
                data={"key_id": key_id},
            ) from error

    def with_new_key(self) -> "KeyRing":
        """A ring with one more key, which is active; the old keys still open what they sealed."""
        key_id = secrets.token_hex(4)
        while key_id in self.keys:
            key_id = secrets.token_hex(4)
        return replace(self, active=key_id, keys={**self.keys, key_id: secrets.token_bytes(KEY_BYTES)})

    def without_key(self, key_id: str) -> "KeyRing":
        """A ring without an old key, once everything is re-sealed. Raises KeyMissing, KeyRingInvalid (the active key stays)."""
        self.key(key_id)
        if key_id == self.active:
            raise KeyRingInvalid(f"key {key_id} is the active one: add a new key and re-seal before dropping it")
        return replace(self, keys={known: key for known, key in self.keys.items() if known != key_id})

    def store(self, path: Path) -> None:
        """Write the ring in the place of its file in one step, mode 0600: the second half of a rotation."""
        replace_private(path, self.to_text().encode())


def _decode(value: Any, *, part: str) -> bytes:
    try:
        return base64.b64decode(value, validate=True)
    except (TypeError, ValueError, binascii.Error) as error:
        raise KeyRingInvalid(f"{part} is no base64 text: restore it from the backup") from error
