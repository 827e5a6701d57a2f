"""Is everything there? One complete list of what is missing or unusable, each with its reason and advice (保险法 22). Pure."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from anpei.claims.documents.model import Page, Wanting
from anpei.reading.model import UNKNOWN
from anpei.records.products.model import DocumentWanted, Terms, said


def missing_documents(
    *, terms: Terms, event_kind: str, pages: Sequence[Page], conditions: Collection[str], titles: Mapping[str, str],
    unreadable: Sequence[str] = (),
) -> list[Wanting]:  # fmt: skip
    """What the product asks for and the pages do not give. Empty when the claim is complete.

    ``conditions``: the conditions of ``only_if`` that hold (see ``conditions_of``). ``titles``: kind -> Chinese title.
    ``unreadable``: the advice for each file that could not be opened.
    """
    current = [page for page in pages if page.repeats is None]
    wanting: list[Wanting] = []
    for wanted in terms.documents_for(event_kind):
        if wanted.only_if and wanted.only_if not in conditions:
            continue
        of_kind = [page for page in current if page.reading.kind in wanted.any_of]
        if any(page.reading.quality.usable for page in of_kind):
            continue
        wanting.append(_wanting(wanted, of_kind, titles))
    if wanting:
        needed = {kind for wanted in terms.documents_for(event_kind) for kind in wanted.any_of}
        others = [page.reading.kind for page in current if page.reading.quality.usable and page.reading.kind not in {*needed, UNKNOWN}]
        wanting[0] = _with_lost_pages(wanting[0], current, unreadable, [titles.get(kind, kind) for kind in dict.fromkeys(others)])
    return wanting


def conditions_of(bills: Sequence[Mapping[str, Any]]) -> frozenset[str]:
    """Which conditions hold for the bills at hand: settled by social insurance, split not on the receipt, receipt without items."""
    found: set[str] = set()
    for bill in bills:
        if bill["settled_by_social"] is not False:
            found.add("settled_by_social")
            if bill["self_paid_fen"] is None or bill["own_expense_fen"] is None:
                found.add("split_not_on_receipt")
        if not bill["itemised"]:
            found.add("receipt_not_itemised")
    return frozenset(found)


def _wanting(wanted: DocumentWanted, unusable: Sequence[Page], titles: Mapping[str, str]) -> Wanting:
    names = [titles.get(kind, kind) for kind in wanted.any_of]
    title = "或".join(names)
    reasons = [reason for page in unusable for reason in page.reading.quality.reasons]
    if reasons:
        return Wanting(
            wanted.any_of[0], wanted.any_of, title, said(wanted.why, "zh"), "unusable", f"{title}没拍清楚。{reasons[0].advice_zh}"
        )
    return Wanting(wanted.any_of[0], wanted.any_of, title, said(wanted.why, "zh"), "missing", f"还差一张{title}。拍清楚四个角就可以。")


def _with_lost_pages(first: Wanting, pages: Sequence[Page], unreadable: Sequence[str], others: Sequence[str]) -> Wanting:
    """When a paper is missing and a page or file was of no use, say so with what to do: it may be the very paper. ``others``: titles of
    the papers of kinds that the claim does not need.
    """
    if first.problem != "missing":
        return first
    blurred = [page for page in pages if not page.reading.quality.usable]
    strange = [page for page in pages if page.reading.quality.usable and page.reading.kind == UNKNOWN]
    text = first.advice_zh
    if blurred:
        advice = next((reason.advice_zh for page in blurred for reason in page.reading.quality.reasons), "")
        text += f"另外有{len(blurred)}页没拍清楚。{advice}"
    if strange:
        text += f"另外有{len(strange)}页认不出是哪种材料，请拍全标题。"
    if unreadable:
        text += f"另外有{len(unreadable)}个文件打不开。{unreadable[0]}"
    if others:
        text += f"{'、'.join(others)}已经收到，但不能代替。"
    return Wanting(first.requirement, first.kinds, first.title_zh, first.why_zh, first.problem, text)
