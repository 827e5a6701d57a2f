"""Writes: store an upload, store what was read, collect the evidence of a round."""

import hashlib
from datetime import datetime
from typing import Any

from sqlalchemy import func, insert, select, update

from anpei.claims.documents import queries
from anpei.claims.documents._tables import pages, uploads
from anpei.claims.documents.model import MAX_UPLOAD_BYTES, MAX_UPLOADS, Looked, Upload, UploadRefused, UploadState
from anpei.claims.documents.papers import PaperBook
from anpei.claims.documents.seen import mark_page
from anpei.claims.dossier.model import Claim
from anpei.engines.db import Connection
from anpei.engines.files import FileStore
from anpei.kernel import ids
from anpei.kernel.errors import AnpeiError, NotFound
from anpei.trust.vault import Vault


def check_upload(*, data: bytes, name: str) -> None:
    """Refuse what need not be stored at all. Raises UploadRefused."""
    if not data:
        raise UploadRefused(f"the file {name!r} is empty: choose the picture again", data={"advice": "这个文件是空的，请重新选择照片。"})
    if len(data) > MAX_UPLOAD_BYTES:
        raise UploadRefused(
            f"the file {name!r} has {len(data)} bytes; at most {MAX_UPLOAD_BYTES} are taken: photograph it again or send a smaller scan",
            data={"advice": "文件太大（超过30MB），请重新拍照或压缩后再上传。", "bytes": len(data), "limit": MAX_UPLOAD_BYTES},
        )


def add_upload(
    conn: Connection, *, vault: Vault, files: FileStore, claim: Claim, data: bytes, name: str, at: datetime
) -> tuple[Upload, bool]:
    """Store a file sealed, once: the same bytes again give the same upload and False. Raises UploadRefused, StorageFull."""
    check_upload(data=data, name=name)
    content = vault.blind(hashlib.sha256(data).hexdigest(), context="uploads.content")
    existing = queries.find_upload_by_content(conn, vault=vault, claim_id=claim.id, content=content)
    if existing is not None:
        return existing, False
    count = conn.execute(select(func.count()).select_from(uploads).where(uploads.c.claim_id == claim.id)).scalar_one()
    if count >= MAX_UPLOADS:
        raise UploadRefused(f"claim {claim.id} has {count} files; at most {MAX_UPLOADS} are taken", data={"advice": "文件数量已达上限。"})
    upload_id = ids.new_id()
    blob_key = files.put(vault.seal_bytes(data, context=f"uploads:{upload_id}"))
    row = {
        "id": upload_id, "claim_id": claim.id, "round": claim.round, "seq": count + 1,
        "name": vault.seal_text(name, context=f"uploads.name:{upload_id}"), "size": len(data), "blob_key": blob_key,
        "content": content, "state": UploadState.STORED.value, "problem": None, "stored_at": at,
    }  # fmt: skip
    conn.execute(insert(uploads).values(row))
    return queries.get_upload(conn, vault=vault, upload_id=upload_id), True


def replace_upload(conn: Connection, *, vault: Vault, claim: Claim, old_id: str, new_id: str) -> bool:
    """Another picture of the same paper takes an upload's place; the old one is kept and counts no more. False when it does already.

    Where the old one was replaced before, the newest of its line gives way. Raises NotFound (no such upload of this claim).
    """
    old = queries.get_upload(conn, vault=vault, upload_id=old_id)
    if old.claim_id != claim.id:
        raise NotFound(f"no upload {old_id} in claim {claim.claim_no}", data={"upload": old_id})
    passed = {new_id}
    while old.id not in passed and old.replaced_by is not None:
        passed.add(old.id)
        old = queries.get_upload(conn, vault=vault, upload_id=old.replaced_by)
    if old.id in passed:
        return False
    conn.execute(update(uploads).where(uploads.c.id == old.id).values(replaced_by=new_id))
    return True


def restore_upload(conn: Connection, *, upload: Upload) -> bool:
    """The same file was sent again after it had been replaced: it counts again. False when it counts."""
    if upload.replaced_by is None:
        return False
    conn.execute(update(uploads).where(uploads.c.id == upload.id).values(replaced_by=None))
    return True


def store_reading(conn: Connection, *, vault: Vault, upload: Upload, claim: Claim, looked: Looked, papers: PaperBook) -> int:
    """Store what was read from an upload; returns the number of pages. Pages that repeat an earlier paper are marked."""
    earlier = {
        page.reading.fingerprint: page.id
        for page in queries.list_current_pages(conn, vault=vault, claim_id=claim.id)
        if page.reading.fingerprint and page.reading.quality.usable
    }
    for number, (page, hints) in enumerate(zip(looked.reading.pages, looked.hints, strict=True), start=1):
        page_id = ids.new_id()
        told = None if hints is None else [hint.to_dict() for hint in hints]
        conn.execute(
            insert(pages).values(
                id=page_id, upload_id=upload.id, claim_id=claim.id, round=claim.round, seq=number, kind=page.kind,
                usable=page.quality.usable,
                reading=vault.seal_json(page.to_dict(), context=f"pages:{page_id}"), repeats=earlier.get(page.fingerprint),
                hints=None if told is None else vault.seal_json(told, context=f"pages.hints:{page_id}"),
            )
        )  # fmt: skip
        mark_page(conn, vault=vault, claim=claim, page_id=page_id, reading=page, papers=papers)
        if page.fingerprint and page.quality.usable:
            earlier.setdefault(page.fingerprint, page_id)
    conn.execute(
        update(uploads).where(uploads.c.id == upload.id, uploads.c.state == UploadState.STORED.value).values(state=UploadState.READ.value)
    )
    return len(looked.reading.pages)


def mark_unreadable(conn: Connection, *, upload_id: str, error: AnpeiError) -> None:
    """An upload cannot be read; the code and the advice are kept for the claimant."""
    problem: dict[str, Any] = {"code": error.code, "advice": error.data.get("advice", "这个文件打不开，请重新拍照上传。")}
    conn.execute(
        update(uploads)
        .where(uploads.c.id == upload_id, uploads.c.state == UploadState.STORED.value)
        .values(state=UploadState.UNREADABLE.value, problem=problem)
    )


def has_uploads(conn: Connection, *, claim_id: str) -> bool:
    """Whether anything was uploaded."""
    return bool(conn.execute(select(func.count()).select_from(uploads).where(uploads.c.claim_id == claim_id)).scalar_one())
