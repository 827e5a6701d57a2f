"""The installation's signing key (Ed25519, RFC 8032) in a file that only its owner may read."""

import base64
import binascii
import hashlib
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat, load_pem_private_key

from anpei.kernel.errors import AnpeiError
from anpei.trust.vault.private_file import PrivateFileExists, create_private, read_private


class SigningKeyInvalid(AnpeiError):
    """The key file holds no Ed25519 private key in PEM form."""

    code = "trust.signing_key_invalid"


class Signer:
    """Signs bytes. ``public_key_b64`` is the raw public key (32 bytes, base64), ``key_id`` its short name."""

    def __init__(self, private_key: Ed25519PrivateKey) -> None:
        self._private = private_key
        self.public_key_b64 = base64.b64encode(private_key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)).decode()
        self.key_id = key_id_of(self.public_key_b64)

    def __repr__(self) -> str:
        return f"Signer(key_id={self.key_id!r})"

    @classmethod
    def fresh(cls) -> "Signer":
        """A signer with a new key that is kept nowhere, for tests."""
        return cls(Ed25519PrivateKey.generate())

    @classmethod
    def load_or_create(cls, path: Path) -> "Signer":
        """The signer of a key file (PEM, mode 0600), which is created when absent; safe when several processes start at once.

        Raises PrivateFileUnsafe, SigningKeyInvalid.
        """
        if not path.exists():
            key = Ed25519PrivateKey.generate()
            try:
                create_private(path, key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
            except PrivateFileExists:
                pass
            else:
                return cls(key)
        return cls.from_pem(read_private(path), name=str(path))

    @classmethod
    def from_pem(cls, pem: bytes, *, name: str) -> "Signer":
        """The signer of a PEM text; ``name`` is used in messages. Raises SigningKeyInvalid."""
        try:
            key = load_pem_private_key(pem, password=None)
        except (ValueError, TypeError) as error:
            raise SigningKeyInvalid(f"{name} holds no private key in PEM form: restore it from the backup") from error
        if not isinstance(key, Ed25519PrivateKey):
            raise SigningKeyInvalid(f"{name} holds a key of another kind: an Ed25519 key is needed")
        return cls(key)

    def sign(self, data: bytes) -> str:
        """The signature over the bytes, base64."""
        return base64.b64encode(self._private.sign(data)).decode()


def key_id_of(public_key_b64: str) -> str:
    """The short name of a public key: the first 16 hex digits of the SHA-256 of its 32 bytes. Raises ValueError for no base64."""
    return hashlib.sha256(base64.b64decode(public_key_b64, validate=True)).hexdigest()[:16]


def verify_signature(*, data: bytes, signature: str, public_key_b64: str) -> bool:
    """Whether the signature (base64) is the key's over these bytes; anything malformed is False."""
    try:
        key = Ed25519PublicKey.from_public_bytes(base64.b64decode(public_key_b64, validate=True))
        key.verify(base64.b64decode(signature, validate=True), data)
    except (InvalidSignature, ValueError, TypeError, binascii.Error):
        return False
    return True
