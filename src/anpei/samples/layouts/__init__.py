"""The layouts of all kinds, drawn from the public forms. Importing this package registers them."""

from anpei.samples.layouts import (
    cards_heldback,
    cards_known,
    clinical_heldback,
    clinical_known,
    fee_lists_heldback,
    fee_lists_known,
    grouped_known,
    others,
    receipts_heldback,
    receipts_inpatient_known,
    receipts_outpatient_known,
    settlement_heldback,
    settlement_known,
    unseen,
)
from anpei.samples.layouts.registry import LAYOUTS, PROVINCES, Layout, layouts_of

__all__ = [
    "LAYOUTS",
    "PROVINCES",
    "Layout",
    "cards_heldback",
    "cards_known",
    "clinical_heldback",
    "clinical_known",
    "fee_lists_heldback",
    "fee_lists_known",
    "grouped_known",
    "layouts_of",
    "others",
    "receipts_heldback",
    "receipts_inpatient_known",
    "receipts_outpatient_known",
    "settlement_heldback",
    "settlement_known",
    "unseen",
]
