"""The kinds that are not about a medical visit, each with the function that makes a document of it about a person."""

from collections.abc import Callable, Mapping
from random import Random

from anpei.samples.world import farm_documents, invoice_documents, vehicle_documents
from anpei.samples.world.documents import Document
from anpei.samples.world.people import Person

MAKERS: Mapping[str, Callable[[Random, Person], Document]] = {
    "vehicle_licence": vehicle_documents.vehicle_licence,
    "driving_licence": vehicle_documents.driving_licence,
    "traffic_accident_certificate": vehicle_documents.traffic_accident_certificate,
    "repair_estimate": vehicle_documents.repair_estimate,
    "vat_invoice": invoice_documents.vat_invoice,
    "livestock_loss_sheet": farm_documents.livestock_loss_sheet,
    "ear_tag": farm_documents.ear_tag,
    "plate_photo": vehicle_documents.plate_photo,
    "damage_photo": vehicle_documents.damage_photo,
}
"""Kind to the function that makes a document of it about a person."""
