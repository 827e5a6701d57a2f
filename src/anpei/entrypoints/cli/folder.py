"""A claim folder: ``claim.yaml`` and its pages, as docs/claim-folder.md says. Read and checked before anything is stored."""

import hashlib
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from anpei.engines.knowledge import parse_text
from anpei.kernel.errors import InvalidInput

CLAIM_FILE = "claim.yaml"
PAGE_SUFFIXES = {".jpg", ".jpeg", ".png", ".webp", ".tif", ".tiff", ".pdf", ".bmp", ".heic", ".heif", ".ofd", ".xml"}
MAX_CLAIM_FILE = 200_000


class FolderInvalid(InvalidInput):
    """A claim folder lacks something or names what is not there."""

    code = "claim_folder.invalid"


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid")


class PolicyPart(_Part):
    """Which policy."""

    number: str = Field(min_length=1)


class InsuredPart(_Part):
    """Who was treated."""

    name: str = Field(min_length=1)
    id_type: str = "resident_id"
    id_number: str = ""
    phone: str = ""
    email: str = ""
    work_class: str = ""


class EventPart(_Part):
    """What happened."""

    kind: str
    cause: str
    occurred_on: date
    hospital: str = ""
    what_happened: str = ""
    id: str = ""
    currency: str = ""
    region: str = ""


class PayeePart(_Part):
    """Whom to pay."""

    name: str = ""
    bank: str = ""
    account: str = ""


class ClaimFile(_Part):
    """The file ``claim.yaml``."""

    request_id: str | None = None
    policy: PolicyPart
    insured: InsuredPart
    event: EventPart
    payee: PayeePart
    declared: dict[str, Any] = Field(default_factory=dict)
    pages: list[str] | None = None


@dataclass(frozen=True, slots=True)
class ClaimFolder:
    """A read folder. ``request_id`` is the given one, or the digest of all contents: the same folder is the same claim."""

    path: Path
    report: dict[str, Any]
    pages: tuple[Path, ...]
    request_id: str


def read_folder(path: Path) -> ClaimFolder:
    """Read and check a claim folder. Raises FolderInvalid or KnowledgeError with file and line."""
    file = path / CLAIM_FILE
    if not path.is_dir() or not file.is_file():
        raise FolderInvalid(
            f"{path}: there is no {CLAIM_FILE} in this folder: write one as docs/claim-folder.md says", data={"folder": str(path)}
        )
    if file.stat().st_size > MAX_CLAIM_FILE:
        raise FolderInvalid(f"{file}: is larger than {MAX_CLAIM_FILE} bytes: it should hold a few lines")
    try:
        text = file.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise FolderInvalid(f"{file}: is not UTF-8 text: save it as UTF-8", data={"file": str(file)}) from error
    claim = parse_text(text, ClaimFile, name=str(file))
    pages = _pages(path, claim.pages)
    report = claim.model_dump(mode="json", exclude={"request_id", "pages"})
    return ClaimFolder(path, report, pages, claim.request_id or _contents_id(text, pages))


def _pages(path: Path, named: list[str] | None) -> tuple[Path, ...]:
    if named is None:
        found = sorted(item for item in path.iterdir() if item.is_file() and item.suffix.lower() in PAGE_SUFFIXES)
    else:
        found = [path / name for name in named]
        for item in found:
            if not item.resolve().is_relative_to(path.resolve()) or not item.is_file():
                raise FolderInvalid(f"{path / CLAIM_FILE}, pages: there is no file {item.name!r} in this folder", data={"page": item.name})
    if not found:
        raise FolderInvalid(
            f"{path}: there is no page (image or PDF) in this folder: add the photographed papers", data={"folder": str(path)}
        )
    return tuple(found)


def _contents_id(text: str, pages: tuple[Path, ...]) -> str:
    digest = hashlib.sha256(text.encode())
    for page in pages:
        digest.update(page.name.encode() + b"\x00" + hashlib.sha256(page.read_bytes()).digest())
    return "folder-" + digest.hexdigest()[:40]
