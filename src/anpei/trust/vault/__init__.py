"""Vault (保险箱): seals personal fields with AES-256-GCM, finds them again by a blind index, and keeps the keys.

Owns no table. Sealed values live in the rooms' own columns; the context (``table.column:row id``) is bound into each of them.
"""

from anpei.trust.vault.keyring import ENVIRONMENT_NAME, KeyMissing, KeyRing, KeyRingInvalid
from anpei.trust.vault.private_file import PrivateFileExists, PrivateFileMissing, PrivateFileUnsafe
from anpei.trust.vault.vault import Vault, VaultBroken

__all__ = [
    "ENVIRONMENT_NAME",
    "KeyMissing",
    "KeyRing",
    "KeyRingInvalid",
    "PrivateFileExists",
    "PrivateFileMissing",
    "PrivateFileUnsafe",
    "Vault",
    "VaultBroken",
]
