"""The layouts of all kinds, drawn from the public forms. Importing this package registers them."""

from anpei.samples.layouts import (
    cards_known,
    clinical_known,
    fee_lists_known,
    receipts_inpatient_known,
    receipts_outpatient_known,
    settlement_known,
)
from anpei.samples.layouts.registry import LAYOUTS, PROVINCES, Layout, layouts_of

__all__ = [
    "LAYOUTS",
    "PROVINCES",
    "Layout",
    "cards_known",
    "clinical_known",
    "fee_lists_known",
    "layouts_of",
    "receipts_inpatient_known",
    "receipts_outpatient_known",
    "settlement_known",
]
