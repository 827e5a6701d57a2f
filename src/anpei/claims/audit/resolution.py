"""What the audit needs from records: the provider behind each hospital name, and the catalogue item behind each bill line."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from anpei.engines.db import Connection
from anpei.records.catalogues import queries as catalogues
from anpei.records.catalogues.words import decode
from anpei.records.names import SURE_BP
from anpei.records.providers import queries as providers
from anpei.rules.catalogue.model import Entry
from anpei.rules.model import normalise_code
from anpei.rules.snapshots.snapshot import Snapshot

NATIONAL = "CN"
"""The region of the catalogue that holds where a place has none of its own."""


def resolve_providers(conn: Connection, *, facts: Mapping[str, Any]) -> dict[str, dict[str, Any] | None]:
    """The provider row for each hospital name on a bill; None when the register does not know it."""
    names = sorted({bill["hospital"] for bill in facts["bills"]})
    found: dict[str, dict[str, Any] | None] = {}
    for name in names:
        match = providers.find_provider(conn, name=name)
        provider = match.provider
        found[name] = None
        if provider is not None:
            found[name] = {
                "provider_id": provider.id, "name": provider.name, "grade": provider.grade, "ownership": provider.ownership,
                "region": provider.region, "designated": provider.designated, "how": match.how, "score_bp": match.score_bp,
            }  # fmt: skip
    return found


def resolve_items(
    conn: Connection, *, facts: Mapping[str, Any], snapshot: Snapshot, on: date, providers: Mapping[str, Mapping[str, Any] | None]
) -> dict[str, dict[str, Any]]:
    """Per bill line (key ``bill_id/line_id``) the catalogue item, how it was matched, and its payload in the snapshot on the day.

    A code counts where the catalogue of the snapshot has it: in the hospital's own place first, then its province, then the country.
    Without a code that is known, the line's wording is looked for among the names, in the same order of places.
    """
    resolved: dict[str, dict[str, Any]] = {}
    for bill in facts["bills"]:
        regions = places_of(providers.get(bill["hospital"]))
        for line in bill["lines"]:
            resolved[f"{bill['bill_id']}/{line['line_id']}"] = _resolved(conn, line, regions=regions, snapshot=snapshot, on=on)
    return resolved


def places_of(provider: Mapping[str, Any] | None) -> tuple[str, ...]:
    """The places whose catalogues hold for a hospital, the nearest first: county, city, province (by division code), country."""
    code = "" if provider is None else str(provider["region"])
    near = (code, f"{code[:4]}00", f"{code[:2]}0000") if len(code) == 6 and code.isdigit() else (code,)
    return tuple(dict.fromkeys((*(place for place in near if place), NATIONAL)))


def _resolved(conn: Connection, line: Mapping[str, Any], *, regions: tuple[str, ...], snapshot: Snapshot, on: date) -> dict[str, Any]:
    code = normalise_code(line["item_code"] or "")
    for region in regions if code else ():
        entry = snapshot.catalogue.entry(region=region, item=code, on=on)
        if entry is not None:
            return _item("code", entry, score_bp=SURE_BP)
    for region in regions:
        match = catalogues.match_item(conn, region=region, code=None, name=line["name"], on=on)
        entry = None if match is None else snapshot.catalogue.entry(region=region, item=match.code, on=on)
        if match is not None and entry is not None:
            return _item(match.how, entry, score_bp=match.score_bp)
    return {"match": "none", "code": "", "region": NATIONAL, "score_bp": 0, "payload": {}}


def _item(how: str, entry: Entry, *, score_bp: int) -> dict[str, Any]:
    return {
        "match": how, "code": entry.item, "region": entry.region, "score_bp": score_bp, "payload": decode(entry.word, entry.detail),
    }  # fmt: skip
