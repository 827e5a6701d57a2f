"""What the audit needs from records: the provider behind each hospital name, and the catalogue item behind each bill line."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from anpei.engines.db import Connection
from anpei.records.catalogues import queries as catalogues
from anpei.records.catalogues.words import decode
from anpei.records.providers import queries as providers
from anpei.rules.snapshots.snapshot import Snapshot

REGION = "CN"


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


def resolve_items(conn: Connection, *, facts: Mapping[str, Any], snapshot: Snapshot, on: date) -> dict[str, dict[str, Any]]:
    """Per bill line (key ``bill_id/line_id``) the catalogue item, how it was matched, and its payload in the snapshot on the day."""
    resolved: dict[str, dict[str, Any]] = {}
    for bill in facts["bills"]:
        for line in bill["lines"]:
            match = catalogues.match_item(conn, region=REGION, code=line["item_code"], name=line["name"], on=on)
            entry = None if match is None else snapshot.catalogue.entry(region=REGION, item=match.code, on=on)
            key = f"{bill['bill_id']}/{line['line_id']}"
            if match is None or entry is None:
                resolved[key] = {"match": "none", "code": "", "region": REGION, "score_bp": 0, "payload": {}}
            else:
                payload = decode(entry.word, entry.detail)
                resolved[key] = {
                    "match": match.how, "code": match.code, "region": REGION, "score_bp": match.score_bp, "payload": payload,
                }  # fmt: skip
    return resolved
