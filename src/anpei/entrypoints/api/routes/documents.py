"""Papers in and pages out: uploads bounded while they stream, submission, and the picture of a page through the access gate."""

from contextlib import aclosing
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.concurrency import run_in_threadpool

from anpei.claims.documents import queries as documents
from anpei.claims.documents.model import Page, UploadRefused
from anpei.entrypoints.api import answers
from anpei.entrypoints.api.door import Door, DoorIn
from anpei.entrypoints.api.guards import Visitor, guard
from anpei.entrypoints.api.looking import LangIn, find_in_sight, look, open_fields
from anpei.entrypoints.api.uploads import files_of
from anpei.entrypoints.api.views.papers import first_look
from anpei.entrypoints.api.views.sight import claim_in_sight
from anpei.kernel.errors import NotFound

router = APIRouter(prefix="/v1/claims", tags=["papers"])
Replaces = Annotated[str | None, Query(max_length=36, description="the upload whose place this file takes")]
MayUpload = Annotated[Visitor, Depends(guard("claim.upload"))]
PAGE_HEADERS = {
    "content-security-policy": "sandbox; default-src 'none'",
    "content-disposition": 'inline; filename="page.jpg"',
}
FILES_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {"type": "object", "properties": {"files": {"type": "array", "items": {"type": "string", "format": "binary"}}}}
            }
        },
    }
}


@router.post("/{claim_id}/uploads", status_code=201, openapi_extra=FILES_BODY)
async def upload(
    *, claim_id: str, request: Request, door: DoorIn, visitor: MayUpload, replaces: Replaces = None, lang: LangIn = "zh"
) -> answers.Uploaded:
    """Send one or more files (multipart, at most 30 MB each); reading starts at once. The same file again is taken once.

    Each answer names the picture's quality, so that a bad one can be taken again at once and sent with ``replaces``.
    """
    await run_in_threadpool(find_in_sight, door, visitor, claim_id)
    taken: list[answers.Taken] = []
    async with aclosing(files_of(request)) as files:
        async for file in files:
            found, is_new = await run_in_threadpool(
                door.platform.claiming.upload, actor=visitor.actor, claim_id=claim_id, data=file.data, name=file.name, replaces=replaces
            )
            said = await run_in_threadpool(door.platform.early.on, data=file.data, name=file.name)
            taken.append(answers.Taken(id=found.id, new=is_new, quality=None if said is None else first_look(said, lang)))
    if not taken:
        raise UploadRefused(
            "there is no file in the request: choose a picture or PDF", data={"advice": "还没有选择文件，请先拍照或选择文件。"}
        )
    door.platform.worker.wake()
    return answers.Uploaded(uploads=taken)


@router.post("/{claim_id}/submit")
def submit(claim_id: str, door: DoorIn, visitor: MayUpload) -> answers.Done:
    """All papers are there. Said twice, it counts once."""
    find_in_sight(door, visitor, claim_id)
    changed = door.platform.claiming.submit(actor=visitor.actor, claim_id=claim_id)
    door.platform.worker.wake()
    return answers.Done(claim_id=claim_id, state=find_in_sight(door, visitor, claim_id).state.value, changed=changed)


@router.get("/{claim_id}/pages/{page_id}/image", response_class=Response, responses={200: {"content": {"image/jpeg": {}}}})
def page_image(
    claim_id: str, page_id: str, door: DoorIn, visitor: Annotated[Visitor, Depends(guard("page.view", own="claim.read_own"))]
) -> Response:
    """The upright picture of a page, in the size that the boxes refer to. Each look is written into the access log first."""
    page = _page(door, visitor, claim_id, page_id)
    open_fields(door, visitor, claim_id, purpose="page_reading", fields=("page_image",))
    platform = door.platform
    with platform.database.read() as conn:
        data = documents.load_bytes(conn, vault=platform.vault, files=platform.files, upload_id=page.upload_id)
    image = platform.reading.page_image(data, page.seq, page.reading.rotation)
    return Response(image, media_type="image/jpeg", headers=PAGE_HEADERS)


def _page(door: Door, visitor: Visitor, claim_id: str, page_id: str) -> Page:
    """A page of a claim in sight. Raises ClaimNotFound, NotFound also for a page of another claim."""
    with look(door, visitor) as sight:
        claim = claim_in_sight(sight, claim_id)
        if documents.claim_of_page(sight.conn, page_id=page_id) != claim.id:
            raise NotFound(f"no page {page_id}", data={"page": page_id})
        return documents.get_page(sight.conn, vault=door.platform.vault, page_id=page_id)
