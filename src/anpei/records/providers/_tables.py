"""The tables of providers."""

from sqlalchemy import Boolean, Column, Integer, String, Table, UniqueConstraint

from anpei.engines.db import Instant, metadata

providers = Table(
    "providers",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("name", String(200), nullable=False),
    Column("normalised", String(200), nullable=False),
    Column("region", String(40), nullable=False),
    Column("grade", String(20), nullable=False),
    Column("ownership", String(10), nullable=False),
    Column("designated", Boolean, nullable=False),
    Column("import_id", String(36), nullable=False),
    Column("import_line", Integer, nullable=False),
    Column("changed_at", Instant, nullable=False),
    UniqueConstraint("normalised", "region", name="uq_providers_normalised_region"),
)

provider_stamps = Table(
    "provider_stamps",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("stamp", String(36), nullable=False),
)
