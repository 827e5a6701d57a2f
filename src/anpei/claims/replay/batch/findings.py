"""The findings of all claims that rest on product, catalogue or rules, one flag a claim and code: the checks of the audit over columns."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import numpy as np

from anpei.claims.audit.checks_reading import needs_lines
from anpei.claims.audit.model import Case, FindingsTable
from anpei.claims.replay.batch.frame import Coded, Frame, coded, flags, lengths, missing, whole
from anpei.claims.replay.batch.hits import Hits
from anpei.claims.replay.batch.items import Items
from anpei.records.products.model import Terms
from anpei.rules.columns import Array

_LATE = 10**7


class Found:
    """One flag a claim and finding code; ``codes`` are those of the findings table, sorted."""

    def __init__(self, count: int, table: FindingsTable) -> None:
        self.codes = sorted(table.kinds)
        self._place = {code: number for number, code in enumerate(self.codes)}
        self.flags: Array = np.zeros((count, len(self.codes)), dtype=np.bool_)

    def add(self, claims: Array, code: str) -> bool:
        """Note a finding for claims (places or flags); False when the table has no such code."""
        place = self._place.get(code)
        if place is not None:
            self.flags[claims, place] = True
        return place is not None


@dataclass(frozen=True, slots=True)
class _Days:
    """By claim: first and last day of event and bills, period of cover, and the day from which cover is unbroken."""

    first: Array
    last: Array
    start: Array
    end: Array
    since: Array
    renewed: Array


def findings_of(frame: Frame, *, table: FindingsTable, items: Items, hits: Hits, groups: Mapping[int, tuple[Terms, Array]]) -> Found:
    """All findings. Claims with a code that the table does not know are left to the reference, which says so."""
    found = Found(len(frame), table)
    standing = frame.column("standing")
    owner, told = np.repeat(np.arange(len(frame)), lengths(standing)), coded(standing.flatten())
    for number, code in enumerate(told.values[:-1]):
        claims = owner[told.code == number]
        if not found.add(claims, code):
            frame.odd[claims] = True
    for number, code in enumerate(hits.findings):
        claims = hits.claim[hits.finding == number]
        if len(claims) and not found.add(claims, code):
            frame.odd[claims] = True
    days = _days(frame)
    _cover(frame, found, days)
    texts = {name: frame.texts(name) for name in ("event_kind", "event_cause")}
    for group in groups.values():
        _by_terms(frame, found, group, days, texts)
    _lines(frame, found, table, items, groups)
    return found


def _days(frame: Frame) -> _Days:
    on, service = whole(frame.column("occurred_on")), frame.bills.field("service_on")
    known = ~missing(service)
    first, last = on.copy(), on.copy()
    np.minimum.at(first, frame.bill_owner[known], whole(service)[known])
    np.maximum.at(last, frame.bill_owner[known], whole(service)[known])
    start, since = whole(frame.column("policy_start_on")), whole(frame.column("first_covered_on"), _LATE)
    renewed = since < start
    return _Days(first, last, start, whole(frame.column("policy_end_on")), np.where(renewed, since, start), renewed)


def _cover(frame: Frame, found: Found, days: _Days) -> None:
    """What the product does not matter for."""
    found.add(flags(frame.column("reopened")), "claim.reopened")
    found.add(~frame.texts("policy_status").equals("in_force"), "cover.not_in_force")
    found.add((days.first < days.start) | (days.last >= days.end), "cover.outside_period")
    unknown = missing(frame.bills.field("grade")) & missing(frame.bills.field("ownership"))
    found.add(frame.any_bill(unknown), "hospital.unknown")


def _by_terms(frame: Frame, found: Found, group: tuple[Terms, Array], days: _Days, texts: Mapping[str, Coded]) -> None:
    """``checks_cover`` and ``check_declared`` of the claims of one product version and plan."""
    terms, rows = group
    mine = np.zeros(len(frame), dtype=np.bool_)
    mine[rows] = True
    kinds, causes = texts["event_kind"], texts["event_cause"]
    found.add(mine & ~kinds.which([kind in terms.event_kinds for kind in kinds.values]), "cover.event_kind")
    inside = (days.first >= days.start) & (days.last < days.end)
    early = days.first < days.since + timedelta(days=terms.waiting_days).days
    exempt = causes.which([cause in terms.waiting_exempt for cause in causes.values])
    renewed = days.renewed & ("renewal" in terms.waiting_exempt)
    found.add(mine & inside & early & ~exempt & ~renewed, "cover.waiting_period")
    if "accident" in terms.waiting_exempt:
        shown = frame.column("cause_shown")
        not_shown = ~missing(shown) & ~flags(shown)
        found.add(mine & causes.equals("accident") & not_shown & early & ~renewed, "declared.cause_unconfirmed")
    _hospital(frame, found, terms, mine)
    prefixes = tuple(prefix for exclusion in terms.exclusions for prefix in exclusion.icd_prefixes)
    if prefixes:
        labels = frame.column("labels")
        owner, codes = np.repeat(np.arange(len(frame)), lengths(labels)), coded(labels.flatten())
        excluded = owner[codes.which([bool(code) and str(code).upper().startswith(prefixes) for code in codes.values])]
        found.add(excluded[mine[excluded]], "exclusion.diagnosis")


def _hospital(frame: Frame, found: Found, terms: Terms, mine: Array) -> None:
    grade, ownership = frame.texts("bills.grade"), frame.texts("bills.ownership")
    accepted = np.array(
        [[terms.hospital.accepts(ownership=owner or "", grade=level or "") for owner in ownership.values] for level in grade.values]
    )
    known = (grade.code >= 0) | (ownership.code >= 0)
    refused = known & ~accepted[grade.code, ownership.code] & mine[frame.bill_owner]
    found.add(frame.any_bill(refused), "hospital.not_eligible")


def _lines(frame: Frame, found: Found, table: FindingsTable, items: Items, groups: Mapping[int, tuple[Terms, Array]]) -> None:
    """``check_lines``: lines that the catalogue does not know, and those matched without being sure."""
    counts = whole(frame.lines.field("amount_fen")) > 0
    unsure = items.present & (whole(frame.lines.field("score_bp")) < table.line_match_bp)
    found.add(frame.any_line(counts & unsure), "catalogue.item_uncertain")
    absent = np.flatnonzero(counts & ~items.present)
    if not len(absent):
        return
    needed = np.zeros((len(frame), 2), dtype=np.bool_)
    social = flags(frame.column("social_insurance"))
    for terms, rows in groups.values():
        for is_social in (False, True):
            here = rows[social[rows] == is_social]
            for settled in (False, True):
                needed[here, int(settled)] = _needs(terms, is_social=is_social, settled=settled)
    by_social = flags(frame.bills.field("settled_by_social"))[frame.line_bill[absent]].astype(np.int64)
    asked = needed[frame.line_owner[absent], by_social]
    found.add(frame.line_owner[absent[asked]], "catalogue.item_unknown")
    found.add(frame.line_owner[absent[~asked]], "catalogue.item_not_matched")


_needed: dict[tuple[str, bool, bool], bool] = {}


def _needs(terms: Terms, *, is_social: bool, settled: bool) -> bool:
    """Whether a bill's amount depends on its lines (``needs_lines``), asked once for each product."""
    key = (terms.digest, is_social, settled)
    if key not in _needed:
        facts: dict[str, Any] = {"policy": {"social_insurance": is_social}}
        case = Case(facts=facts, terms=terms, thresholds={}, providers={}, items={}, hits=())
        _needed[key] = needs_lines(case, {"settled_by_social": settled})
    return _needed[key]
