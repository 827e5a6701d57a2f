"""The tables of catalogues."""

from sqlalchemy import BigInteger, Boolean, CheckConstraint, Column, Date, Integer, String, Table, UniqueConstraint

from anpei.engines.db import Instant, metadata

catalogue_items = Table(
    "catalogue_items",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("region", String(40), nullable=False),
    Column("code", String(60), nullable=False),
    Column("name", String(200), nullable=False),
    Column("category", String(40), nullable=False),
    Column("fee_category", String(40), nullable=False),
    Column("insurance_class", String(1), nullable=False),
    Column("self_pay_bp", Integer, nullable=False),
    Column("unit", String(40), nullable=False),
    Column("price_cap_fen", BigInteger, nullable=True),
    Column("covered", Boolean, nullable=False),
    Column("valid_from", Date, nullable=False),
    Column("valid_to", Date, nullable=True),
    Column("import_id", String(36), nullable=False),
    Column("import_line", Integer, nullable=False),
    Column("changed_at", Instant, nullable=False),
    UniqueConstraint("region", "code", "valid_from", name="uq_catalogue_items_region_code_from"),
    CheckConstraint("valid_to IS NULL OR valid_to > valid_from", name="period"),
)

catalogue_aliases = Table(
    "catalogue_aliases",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("region", String(40), nullable=False),
    Column("plain", String(200), nullable=False),
    Column("alias", String(200), nullable=False),
    Column("code", String(60), nullable=False),
    Column("valid_from", Date, nullable=False),
    Column("valid_to", Date, nullable=True),
    Column("import_id", String(36), nullable=False),
    Column("import_line", Integer, nullable=False),
    Column("changed_at", Instant, nullable=False),
    UniqueConstraint("region", "plain", "valid_from", name="uq_catalogue_aliases_region_plain_from"),
    CheckConstraint("valid_to IS NULL OR valid_to > valid_from", name="period"),
)

catalogue_stamps = Table(
    "catalogue_stamps",
    metadata,
    Column("region", String(40), primary_key=True),
    Column("stamp", String(36), nullable=False),
)
