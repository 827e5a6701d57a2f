"""Reads of documents."""

from dataclasses import replace
from typing import Any

from sqlalchemy import Row, func, select

from anpei.claims.documents._tables import pages, uploads
from anpei.claims.documents.model import Page, Upload, UploadState
from anpei.engines.db import Connection
from anpei.engines.files import FileStore
from anpei.kernel.errors import NotFound
from anpei.reading.hints import Hint
from anpei.reading.model import PageReading
from anpei.trust.vault import Vault


def get_upload(conn: Connection, *, vault: Vault, upload_id: str) -> Upload:
    """An upload. Raises NotFound."""
    row = conn.execute(select(uploads).where(uploads.c.id == upload_id)).first()
    if row is None:
        raise NotFound(f"no upload {upload_id}", data={"upload": upload_id})
    return _upload(row, vault)


def find_upload_by_content(conn: Connection, *, vault: Vault, claim_id: str, content: str) -> Upload | None:
    """The upload of this claim with the same bytes."""
    row = conn.execute(select(uploads).where(uploads.c.claim_id == claim_id, uploads.c.content == content)).first()
    return None if row is None else _upload(row, vault)


def list_uploads(conn: Connection, *, vault: Vault, claim_id: str) -> list[Upload]:
    """The uploads of a claim in the order they came."""
    rows = conn.execute(select(uploads).where(uploads.c.claim_id == claim_id).order_by(uploads.c.seq))
    return [_upload(row, vault) for row in rows]


def count_unread(conn: Connection, *, claim_id: str) -> int:
    """How many uploads still wait to be read; replaced ones are not waited for."""
    query = select(func.count()).select_from(uploads).where(uploads.c.claim_id == claim_id, uploads.c.state == UploadState.STORED.value)
    return int(conn.execute(query.where(uploads.c.replaced_by.is_(None))).scalar_one())


def list_pages(conn: Connection, *, vault: Vault, claim_id: str) -> list[Page]:
    """The read pages of a claim, in upload order."""
    query = select(pages).join(uploads, uploads.c.id == pages.c.upload_id).where(pages.c.claim_id == claim_id)
    return [_page(row, vault) for row in conn.execute(query.order_by(uploads.c.seq, pages.c.seq))]


def list_current_pages(conn: Connection, *, vault: Vault, claim_id: str) -> list[Page]:
    """The pages that count: those of uploads that were not replaced. A page that repeats one that counts no more repeats none."""
    query = select(uploads.c.id).where(uploads.c.claim_id == claim_id, uploads.c.replaced_by.is_not(None))
    replaced = set(conn.execute(query).scalars())
    current = [page for page in list_pages(conn, vault=vault, claim_id=claim_id) if page.upload_id not in replaced]
    ids = {page.id for page in current}
    return [page if page.repeats is None or page.repeats in ids else replace(page, repeats=None) for page in current]


def get_page(conn: Connection, *, vault: Vault, page_id: str) -> Page:
    """One page. Raises NotFound."""
    row = conn.execute(select(pages).where(pages.c.id == page_id)).first()
    if row is None:
        raise NotFound(f"no page {page_id}", data={"page": page_id})
    return _page(row, vault)


def claim_of_page(conn: Connection, *, page_id: str) -> str:
    """The id of the claim that a page belongs to. Raises NotFound."""
    found = conn.execute(select(pages.c.claim_id).where(pages.c.id == page_id)).scalar()
    if found is None:
        raise NotFound(f"no page {page_id}", data={"page": page_id})
    return str(found)


def place_of(conn: Connection, *, page_id: str) -> tuple[str, int]:
    """The claim that a page belongs to, and its number (from 1) among that claim's pages. Raises NotFound."""
    claim_id = claim_of_page(conn, page_id=page_id)
    query = select(pages.c.id).join(uploads, uploads.c.id == pages.c.upload_id).where(pages.c.claim_id == claim_id)
    return claim_id, list(conn.execute(query.order_by(uploads.c.seq, pages.c.seq)).scalars()).index(page_id) + 1


def load_bytes(conn: Connection, *, vault: Vault, files: FileStore, upload_id: str) -> bytes:
    """The bytes of an upload. Raises NotFound, BlobMissing."""
    key = conn.execute(select(uploads.c.blob_key).where(uploads.c.id == upload_id)).scalar()
    if key is None:
        raise NotFound(f"no upload {upload_id}", data={"upload": upload_id})
    return vault.open_bytes(files.get(key), context=f"uploads:{upload_id}")


def _upload(row: Row[Any], vault: Vault) -> Upload:
    name = vault.open_text(row.name, context=f"uploads.name:{row.id}")
    return Upload(
        row.id, row.claim_id, row.round, row.seq, name, row.size, UploadState(row.state), row.problem, row.stored_at, row.replaced_by
    )


def _page(row: Row[Any], vault: Vault) -> Page:
    reading = PageReading.from_dict(vault.open_json(row.reading, context=f"pages:{row.id}"))
    told = None if row.hints is None else vault.open_json(row.hints, context=f"pages.hints:{row.id}")
    hints = None if told is None else tuple(Hint.from_dict(hint) for hint in told)
    return Page(row.id, row.upload_id, row.round, row.seq, reading, row.repeats, hints)
