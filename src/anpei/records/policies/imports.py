"""Import policies from CSV or Excel, with the people they name and what was used of them before (``COLUMNS``)."""

import re
from collections.abc import Collection, Iterator, Mapping
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import BinaryIO

from anpei.engines.db import Connection
from anpei.kernel.clock import local_day
from anpei.kernel.ids import new_id
from anpei.records.parties.model import IdType, Person, comparable_number, comparable_phone
from anpei.records.parties.resident_id import ResidentIdInvalid, read_resident_id
from anpei.records.partners import queries as partners
from anpei.records.policies import operations
from anpei.records.policies.operations import PolicyRow
from anpei.records.policies.periods import period_key
from anpei.records.products.library import NoTerms, ProductLibrary
from anpei.records.products.model import Terms
from anpei.records.tables import Cells, Column, ImportReport, import_table
from anpei.records.tables.operations import one_at_a_time
from anpei.trust.vault import Vault

COLUMNS = (
    Column("policy_number", ("保单号", "保单号码")),
    Column("insurer", ("保险公司", "承保公司")),
    Column("product", ("产品", "产品代码")),
    Column("plan", ("计划", "保障计划")),
    Column("start_on", ("起保日期", "保险起期")),
    Column("end_on", ("终保日期", "保险止期")),
    Column("holder_name", ("投保人", "投保人姓名")),
    Column("insured_name", ("被保险人", "被保险人姓名")),
    Column("insured_id_type", ("证件类型", "被保险人证件类型"), needed=False),
    Column("insured_id_number", ("证件号码", "被保险人证件号码", "身份证号")),
    Column("insured_phone", ("手机号", "手机号码", "被保险人手机号"), needed=False),
    Column("insured_gender", ("性别", "被保险人性别"), needed=False),
    Column("insured_birth_on", ("出生日期", "被保险人出生日期"), needed=False),
    Column("social_insurance", ("有无医保", "是否有医保", "医保身份")),
    Column("first_covered_on", ("首次投保日期", "首次承保日期"), needed=False),
    Column("deductible_used", ("已用免赔额",), needed=False),
    Column("limit_used", ("已用限额",), needed=False),
)
ID_TYPES = {
    IdType.RESIDENT_ID.value: ("居民身份证", "身份证", "户口簿"),
    IdType.PASSPORT.value: ("护照",),
    IdType.HK_MACAU_PERMIT.value: ("港澳居民来往内地通行证", "港澳通行证", "回乡证", "港澳居民居住证"),
    IdType.TAIWAN_PERMIT.value: ("台湾居民来往大陆通行证", "台胞证", "台湾居民居住证"),
    IdType.FOREIGN_RESIDENT_ID.value: ("外国人永久居留身份证", "外国人永久居留证"),
    IdType.OTHER.value: ("其他",),
}
GENDERS = {"M": ("男", "男性", "male"), "F": ("女", "女性", "female")}
_MOBILE = re.compile(r"^1[3-9]\d{9}$")


def import_policies(
    conn: Connection,
    *,
    vault: Vault,
    products: ProductLibrary,
    file: Path | BinaryIO,
    at: datetime,
    insurer_ids: Collection[str] | None = None,
) -> ImportReport:
    """Import a file inside the caller's transaction. Raises FileRefused when the file as a whole cannot be read.

    ``end_on`` in the file is the last covered day. Amounts are yuan. The insurers must be known, by their code or name;
    ``insurer_ids`` limits the file to some of them, the others count as unknown (None: all).
    """
    one_at_a_time(conn, kind="policies")
    known = [insurer for insurer in partners.list_insurers(conn) if insurer_ids is None or insurer.id in insurer_ids]
    insurers = {insurer.name.lower(): insurer.id for insurer in known} | {insurer.code.lower(): insurer.id for insurer in known}
    import_id = new_id()
    return import_table(
        file=file,
        columns=COLUMNS,
        parse=lambda cells: _parse(cells, insurers=insurers, products=products, today=local_day(at)),
        store=lambda rows: operations.store_policies(conn, vault=vault, rows=rows, import_id=import_id, at=at),
    )


def _parse(cells: Cells, *, insurers: Mapping[str, str], products: ProductLibrary, today: date) -> PolicyRow | None:
    number = cells.text("policy_number", most=60)
    insurer_id = insurers.get(cells.text("insurer", most=40).lower())
    if insurer_id is None and cells.given("insurer"):
        cells.wrong("insurer", "policy.insurer_unknown")
    start_on, last_on = cells.day("start_on"), cells.day("end_on")
    first_on = cells.day("first_covered_on", needed=False)
    insured = _insured(cells)
    holder_name = cells.text("holder_name", most=100)
    product_id, plan = cells.text("product", most=80), cells.text("plan", most=80)
    member = cells.yes("social_insurance")
    if insurer_id is None or start_on is None or last_on is None:
        return None
    if last_on < start_on:
        cells.wrong("end_on", "policy.ends_before_start")
        return None
    if first_on is not None and first_on > start_on:
        cells.wrong("first_covered_on", "policy.first_after_start")
    try:
        terms = products.terms(product_id, plan, at=start_on)
    except NoTerms:
        cells.wrong("product", "policy.no_terms")
        return None
    end_on = last_on + timedelta(days=1)
    day = min(max(today, start_on), last_on)
    opening = dict(_opening(cells, terms, start_on=start_on, day=day))
    return PolicyRow(number, insurer_id, product_id, plan, start_on, end_on, first_on, holder_name, insured, member, opening)


_OPENINGS = (("deductible", "deductible_used"), ("limit", "limit_used"))


def _opening(cells: Cells, terms: Terms, *, start_on: date, day: date) -> Iterator[tuple[tuple[str, str], int]]:
    """What was used before of the accumulators of the product's policy year: (name, period key) and fen."""
    for kind, column in _OPENINGS:
        amount = cells.fen(column)
        accumulator = terms.accumulator(kind=kind, period="policy_year")
        if accumulator is None:
            if amount:
                cells.wrong(column, "policy.no_accumulator")
            continue
        if amount > terms.value(accumulator.total):
            cells.wrong(column, "policy.above_total")
        yield (accumulator.name, period_key(period="policy_year", start_on=start_on, day=day)), amount


def _insured(cells: Cells) -> Person:
    name = cells.text("insured_name", most=100)
    id_type = cells.choice("insured_id_type", ID_TYPES, default=IdType.RESIDENT_ID.value) or IdType.OTHER.value
    number = comparable_number(cells.text("insured_id_number", most=40))
    phone = comparable_phone(cells.given("insured_phone"))
    if cells.given("insured_phone") and not _MOBILE.match(phone):
        cells.wrong("insured_phone", "phone.form")
    gender = cells.choice("insured_gender", GENDERS, default="") or ""
    birth_on = cells.day("insured_birth_on", needed=id_type != IdType.RESIDENT_ID.value)
    if id_type == IdType.RESIDENT_ID.value and number:
        gender, birth_on = _compared(cells, number, gender=gender, birth_on=birth_on)
    return Person(name=name, gender=gender, birth_on=birth_on, id_type=id_type, id_number=number, phone=phone)


def _compared(cells: Cells, number: str, *, gender: str, birth_on: date | None) -> tuple[str, date | None]:
    """Gender and day of birth, taken from the resident ID where the file gives none, compared with it where it does."""
    try:
        read = read_resident_id(number)
    except ResidentIdInvalid as error:
        cells.wrong("insured_id_number", error.code)
        return gender, birth_on
    if birth_on is not None and birth_on != read.birth_on:
        cells.wrong("insured_birth_on", "id.birth_differs")
    if gender and gender != read.gender:
        cells.wrong("insured_gender", "id.gender_differs")
    return gender or read.gender, birth_on or read.birth_on
