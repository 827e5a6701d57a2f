"""The unseen set: forms drawn by hands that never saw the reading. Importing this module registers them; their hash is kept in bench."""

from anpei.samples.layouts import (
    unseen_accidents,
    unseen_cards,
    unseen_clinical,
    unseen_farm,
    unseen_findings,
    unseen_forms,
    unseen_invoices,
    unseen_lists,
    unseen_others,
    unseen_personal,
    unseen_receipts,
    unseen_reports,
    unseen_stays,
    unseen_vehicle,
)

__all__ = [
    "unseen_accidents",
    "unseen_cards",
    "unseen_clinical",
    "unseen_farm",
    "unseen_findings",
    "unseen_forms",
    "unseen_invoices",
    "unseen_lists",
    "unseen_others",
    "unseen_personal",
    "unseen_receipts",
    "unseen_reports",
    "unseen_stays",
    "unseen_vehicle",
]
