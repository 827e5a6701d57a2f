"""Records at the door: import policies with a report of every bad row, and the switch that stops automation for one product."""

import io
from contextlib import aclosing
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.concurrency import run_in_threadpool

from anpei.entrypoints.api import answers, requests
from anpei.entrypoints.api.door import Door, DoorIn
from anpei.entrypoints.api.guards import Visitor, guard
from anpei.entrypoints.api.routes.documents import FILES_BODY
from anpei.entrypoints.api.uploads import files_of
from anpei.kernel.errors import Forbidden, InvalidInput, NotFound
from anpei.records.partners import operations as partners
from anpei.records.partners import queries as partner_queries
from anpei.records.policies.imports import import_policies
from anpei.records.tables import ImportReport
from anpei.trust import trail
from anpei.trust.access import ALL

router = APIRouter(prefix="/v1", tags=["records"])


@router.post("/policies/imports", openapi_extra=FILES_BODY)
async def import_file(request: Request, door: DoorIn, visitor: Annotated[Visitor, Depends(guard("policy.import"))]) -> answers.Imported:
    """Import one CSV or Excel file; good rows are taken, each bad one is named with line, column, reason and advice."""
    if visitor.actor.insurers is not ALL:
        raise Forbidden(
            "a file may name any insurer: importing needs a scope over all of them", data={"advice": "导入需要全部保险公司的权限。"}
        )
    async with aclosing(files_of(request)) as files:
        found = [file async for file in files]
    if len(found) != 1:
        raise InvalidInput(f"{len(found)} files came: send one table at a time", data={"field": "files", "advice": "请一次上传一个表格。"})
    report = await run_in_threadpool(_import, door, found[0].data)
    return answers.Imported(
        added=report.added, updated=report.updated, unchanged=report.unchanged, refused=report.refused,
        problems=[
            answers.RowProblem(line=row.line, column=row.column, code=row.code, reason=row.reason, advice=row.advice)
            for row in report.errors
        ],
        problems_left_off=report.errors_left_off,
    )  # fmt: skip


def _import(door: Door, data: bytes) -> ImportReport:
    platform = door.platform
    with platform.database.write() as conn:
        return import_policies(conn, vault=platform.vault, products=platform.products, file=io.BytesIO(data), at=platform.clock.now())


@router.get("/automation")
def list_switches(door: DoorIn, visitor: Annotated[Visitor, Depends(guard("automation.switch"))]) -> list[answers.Switch]:
    """The switch of every product of the insurers in scope."""
    platform = door.platform
    with platform.database.read() as conn:
        return [
            answers.Switch(
                insurer=insurer.code, product=product, on=partner_queries.automation_on(conn, insurer_id=insurer.id, product_id=product)
            )
            for insurer in partner_queries.list_insurers(conn)
            if visitor.actor.covers(insurer.id)
            for product in platform.products.product_ids()
        ]


@router.put("/automation")
def switch(form: requests.SwitchTo, door: DoorIn, visitor: Annotated[Visitor, Depends(guard("automation.switch"))]) -> answers.Switch:
    """Stop or allow automatic settlement of one product at once. Claims then go to people; the clocks run as usual."""
    platform = door.platform
    if form.product not in platform.products.product_ids():
        raise NotFound(f"there is no product {form.product}: choose one of the list", data={"field": "product"})
    actor, at = f"person:{visitor.actor.account_id}", platform.clock.now()
    with platform.database.write() as conn:
        insurer = partner_queries.find_insurer(conn, code=form.insurer)
        if insurer is None or not visitor.actor.covers(insurer.id):
            raise NotFound(f"there is no insurer {form.insurer}: choose one of the list", data={"field": "insurer"})
        partners.switch_automation(conn, insurer_id=insurer.id, product_id=form.product, on=form.on, actor=actor, reason=form.reason, at=at)
        trail.append(
            conn, at=at, actor=actor, action="automation.switched", subject=insurer.id, facts={"product": form.product, "on": form.on}
        )
    return answers.Switch(insurer=form.insurer, product=form.product, on=form.on)
