"""What happened to a claim, node by node, with the law's clocks."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from anpei.claims.dossier.model import Claim, TimelineEntry
from anpei.entrypoints.api import answers
from anpei.entrypoints.api.views import claims, clocks
from anpei.entrypoints.api.views.sight import Sight
from anpei.kernel.money import Money

PAGE_READ = "claims.documents.page_read"
LEFT_OUT = ("payments.order.",)
"""Said once already by the settlement; the payment itself shows them."""


def progress_of(sight: Sight, claim: Claim, timeline: Sequence[TimelineEntry]) -> answers.Progress:
    """The timeline, oldest first, and the clocks."""
    return answers.Progress(
        state=sight.coded("state", claim.state.value), next=claims.next_of(sight, claim), moving=claims.is_moving(sight, claim),
        stamp=claims.stamp_of(claim, timeline), timeline=_nodes(sight, timeline), clocks=clocks.clocks_of(sight, timeline),
    )  # fmt: skip


def _nodes(sight: Sight, timeline: Sequence[TimelineEntry]) -> list[answers.Happened]:
    """The nodes; pages that were read one after another are one node."""
    nodes: list[answers.Happened] = []
    reading: list[TimelineEntry] = []
    for entry in timeline:
        if entry.event == PAGE_READ:
            reading.append(entry)
            continue
        nodes += _read(sight, reading)
        reading = []
        if not entry.event.startswith(LEFT_OUT):
            nodes.append(_node(sight, entry, _detail(sight, entry)))
    return nodes + _read(sight, reading)


def _read(sight: Sight, reading: Sequence[TimelineEntry]) -> list[answers.Happened]:
    if not reading:
        return []
    pages = sum(int(entry.data.get("pages", 0)) for entry in reading)
    return [_node(sight, reading[-1], sight.say("detail.pages", count=len(reading), pages=pages))]


def _node(sight: Sight, entry: TimelineEntry, detail: str) -> answers.Happened:
    words = sight.door.platform.progress.words.events.get(entry.event)
    title = entry.event if words is None else (words.zh if sight.lang == "zh" else words.en)
    return answers.Happened(at=entry.at, event=entry.event, title=title, detail=detail, round=entry.round)


def _detail(sight: Sight, entry: TimelineEntry) -> str:
    """A few words beside a node, from its codes and numbers."""
    write = _DETAILS.get(entry.event)
    return "" if write is None else write(sight, entry.data)


def _decided(sight: Sight, data: Mapping[str, Any]) -> str:
    by = sight.say("detail.by_machine" if data["by"] == "machine" else "detail.by_person")
    return f"{Money(data['total_fen'])} · {by}"


def _amount(_sight: Sight, data: Mapping[str, Any]) -> str:
    return str(Money(data["amount_fen"]))


def _notice(sight: Sight, data: Mapping[str, Any]) -> str:
    return sight.coded("notice", str(data["template"])).title


def _titles(sight: Sight, codes: str) -> str:
    joint = "、" if sight.lang == "zh" else "; "
    return joint.join(claims.finding_title(sight, code).title for code in codes.split(",") if code)


_DETAILS: dict[str, Callable[[Sight, Mapping[str, Any]], str]] = {
    "claims.documents.evidence_wanting": lambda sight, data: sight.say("detail.missing", missing=data["missing"]),
    "claims.audit.audited": lambda sight, data: sight.say("detail.findings", findings=data["findings"], refer=data["refer"]),
    "claims.decision.decided": _decided,
    "claims.decision.referred": lambda sight, data: _titles(sight, data["reasons"]),
    "claims.decision.refused": lambda sight, _data: sight.say("detail.by_person"),
    "claims.settlement.ordered": _amount,
    "claims.settlement.paid": _amount,
    "claims.settlement.closed_without_payment": lambda sight, data: sight.coded("zero", str(data["cause"])).title,
    "notices.notice.delivered": _notice,
    "notices.notice.failed": _notice,
}
