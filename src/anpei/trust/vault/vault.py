"""The vault: AES-256-GCM over personal fields, bound to their place, and a blind index to find equal values.

Blob: version (1 byte), key id (4), nonce (12), ciphertext with tag (16). Each context has its own key, derived from the ring's key
(HMAC-SHA256), so that the bound of 2^32 random nonces a key (NIST SP 800-38D, 8.3) holds per context and not for all fields together.
"""

import hashlib
import hmac
import json
import os
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from anpei.kernel.errors import AnpeiError
from anpei.trust.vault.keyring import KeyRing

VERSION = 1
_HEADER = 5
_NONCE = 12
_TAG = 16
_SEAL = b"anpei.seal\x00"
_BLIND = b"anpei.blind\x00"


class VaultBroken(AnpeiError):
    """A sealed value was changed, cut, or belongs to another place. The message names the context and no data."""

    code = "trust.vault_broken"


class Vault:
    """Seals and opens values with a key ring. ``context`` says where the value lives, like ``parties.name:<id>``; ids only."""

    def __init__(self, keyring: KeyRing) -> None:
        self._ring = keyring

    def seal_bytes(self, data: bytes, *, context: str) -> bytes:
        """Seal bytes for a context; two seals of the same bytes differ."""
        key_id = self._ring.active
        header = bytes((VERSION,)) + bytes.fromhex(key_id)
        nonce = os.urandom(_NONCE)
        return header + nonce + self._cipher(key_id, context).encrypt(nonce, data, _bound(header, context))

    def open_bytes(self, blob: bytes, *, context: str) -> bytes:
        """The sealed bytes. Raises VaultBroken (changed, or of another context) and KeyMissing."""
        if len(blob) < _HEADER + _NONCE + _TAG or blob[0] != VERSION:
            raise _broken(context)
        header, nonce, sealed = blob[:_HEADER], blob[_HEADER : _HEADER + _NONCE], blob[_HEADER + _NONCE :]
        try:
            return self._cipher(header[1:].hex(), context).decrypt(nonce, sealed, _bound(header, context))
        except InvalidTag as error:
            raise _broken(context) from error

    def seal_text(self, text: str, *, context: str) -> bytes:
        """Seal text for a context."""
        return self.seal_bytes(text.encode(), context=context)

    def open_text(self, blob: bytes, *, context: str) -> str:
        """The sealed text. Raises VaultBroken, KeyMissing."""
        try:
            return self.open_bytes(blob, context=context).decode()
        except UnicodeDecodeError:
            pass
        raise _broken(context)

    def seal_json(self, data: Any, *, context: str) -> bytes:
        """Seal plain data (dict, list, str, int, float, bool, None) for a context."""
        return self.seal_text(json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False), context=context)

    def open_json(self, blob: bytes, *, context: str) -> Any:
        """The sealed plain data. Raises VaultBroken, KeyMissing."""
        text = self.open_text(blob, context=context)
        try:
            return json.loads(text)
        except ValueError:
            pass
        raise _broken(context)

    def blind(self, value: str, *, context: str) -> str:
        """The blind index (64 hex digits) of a value in a context such as ``parties.id_number``: equal values, equal index.

        It is stable over key rotation. The caller brings the value into one form first (case, spaces, full width).
        """
        derived = hmac.digest(self._ring.index_key, _BLIND + _context(context), hashlib.sha256)
        return hmac.digest(derived, value.encode(), hashlib.sha256).hex()

    def is_current(self, blob: bytes) -> bool:
        """Whether the value is sealed with the active key."""
        return blob[:_HEADER] == bytes((VERSION,)) + bytes.fromhex(self._ring.active)

    def rotate(self, blob: bytes, *, context: str) -> bytes:
        """The same value sealed with the active key; a current blob is returned as it is. Raises VaultBroken, KeyMissing."""
        return blob if self.is_current(blob) else self.seal_bytes(self.open_bytes(blob, context=context), context=context)

    def _cipher(self, key_id: str, context: str) -> AESGCM:
        return AESGCM(hmac.digest(self._ring.key(key_id), _SEAL + _context(context), hashlib.sha256))


def _context(context: str) -> bytes:
    if not context:
        raise ValueError("a sealed value needs a context: say where it lives, like 'parties.name:<id>'")
    return context.encode()


def _bound(header: bytes, context: str) -> bytes:
    return header + _context(context)


def _broken(context: str) -> VaultBroken:
    return VaultBroken(
        f"the sealed value of {context} does not open: it was changed, or it belongs elsewhere; restore this row from a backup",
        data={"context": context},
    )
