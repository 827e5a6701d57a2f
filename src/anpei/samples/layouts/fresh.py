"""The fresh set: forms drawn by hands that saw neither the reading nor other forms. Importing registers them; bench keeps their hash."""

from anpei.samples.layouts import (
    fresh_consultations,
    fresh_fee_lists,
    fresh_findings,
    fresh_inpatient_receipts,
    fresh_outpatient_receipts,
    fresh_prescriptions,
    fresh_settlements,
    fresh_stays,
)

__all__ = [
    "fresh_consultations",
    "fresh_fee_lists",
    "fresh_findings",
    "fresh_inpatient_receipts",
    "fresh_outpatient_receipts",
    "fresh_prescriptions",
    "fresh_settlements",
    "fresh_stays",
]
