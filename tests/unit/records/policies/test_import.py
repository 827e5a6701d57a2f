"""Policies come in from a file: good rows are taken, each bad one is named, the same file again changes nothing."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook
from sqlalchemy import text

from anpei.engines.db import Database
from anpei.records.parties import queries as parties
from anpei.records.partners import operations as partners
from anpei.records.partners.model import Insurer
from anpei.records.policies import accumulators, imports, operations, queries
from anpei.records.policies.model import ALLOWED, Policy, PolicyStatus, StatusNotAllowed
from anpei.records.products.library import ProductLibrary
from anpei.records.tables import FileRefused, ImportReport
from anpei.trust.vault import Vault

Import = Callable[..., ImportReport]
Line = Callable[..., str]
OTHER_ID = "110101200002290026"


def held(database: Database, vault: Vault, number: str = "P-1", **more: Any) -> Policy:
    with database.read() as conn:
        found = queries.find_by_number(conn, vault=vault, number=number, **more)
    assert found is not None
    return found


def test_a_policy_is_held_as_the_file_says(policy: Policy, database: Database, vault: Vault, insurer: Insurer) -> None:
    with database.read() as conn:
        insured = parties.get_party(conn, vault=vault, party_id=policy.insured_id)
        holder = parties.get_party(conn, vault=vault, party_id=policy.holder_id)
        assert queries.get_policy(conn, vault=vault, policy_id=policy.id) == policy
        assert accumulators.used(conn, policy_id=policy.id) == {("annual_deductible_used", "year:2026-01-01"): 632_000}
        assert queries.list_by_party(conn, vault=vault, party_ids=[insured.id]) == [policy]
        stored = conn.execute(text("SELECT number FROM policies")).scalar_one()
    assert (policy.number, policy.insurer_id, policy.product_id, policy.plan) == ("P-1", insurer.id, "million-medical", "standard")
    assert (policy.start_on, policy.end_on, policy.first_covered_on) == (date(2026, 1, 1), date(2027, 1, 1), date(2025, 1, 1))
    assert (policy.social_insurance, policy.status) == (True, "in_force")
    assert (insured.name, insured.id_number, insured.phone, insured.gender) == ("王小安", "11010119900307889X", "13800000001", "M")
    assert (holder.name, holder.id_number) == ("王大安", "")
    assert b"P-1" not in bytes(stored)


def test_the_same_file_again_changes_nothing(policy: Policy, import_lines: Import, line: Line, database: Database, vault: Vault) -> None:
    again = import_lines(line())
    assert (again.added, again.updated, again.unchanged, again.errors) == (0, 0, 1, ())
    assert held(database, vault) == policy
    with database.read() as conn:
        counts = [
            conn.execute(text(f"SELECT count(*) FROM {name}")).scalar_one()
            for name in ("policies", "parties", "policy_accumulator_entries")
        ]
        assert accumulators.used(conn, policy_id=policy.id) == {("annual_deductible_used", "year:2026-01-01"): 632_000}
    assert counts == [1, 2, 1]


def test_what_an_import_may_change_it_changes_once(policy: Policy, import_lines: Import, line: Line) -> None:
    for changes in (
        {"end_on": "2026-11-30"}, {"social_insurance": "no"}, {"first_covered_on": ""}, {"insured_phone": "13900000009"},
        {"holder_name": "王二安"}, {"holder_name": "王小安"}, {"insured_name": "王安"},
    ):  # fmt: skip
        import_lines(line())
        first, second = import_lines(line(**changes)), import_lines(line(**changes))
        assert (changes, first.updated, first.errors, second.unchanged) == (changes, 1, (), 1)


def test_what_it_must_not_change_is_an_error(policy: Policy, import_lines: Import, line: Line, database: Database, vault: Vault) -> None:
    refused = [
        ({"product": "small-outpatient", "deductible_used": ""}, "product"),
        ({"start_on": "2026-02-01"}, "start_on"),
        ({"insured_id_number": OTHER_ID, "insured_gender": "F", "insured_birth_on": "2000-02-29"}, "insured_id_number"),
        ({"deductible_used": "7000.00"}, "deductible_used, limit_used"),
        ({"limit_used": "1.00"}, "deductible_used, limit_used"),
    ]
    for changes, column in refused:
        report = import_lines(line(**changes))
        assert [(error.line, error.column, error.code) for error in report.errors] == [(2, column, "policy.differs")]
    assert held(database, vault) == policy
    with database.read() as conn:
        assert accumulators.used(conn, policy_id=policy.id) == {("annual_deductible_used", "year:2026-01-01"): 632_000}


BAD_ROWS: list[tuple[dict[str, str], list[tuple[str, str]]]] = [
    ({"policy_number": ""}, [("policy_number", "cell.missing")]),
    ({"insurer": "nobody"}, [("insurer", "policy.insurer_unknown")]),
    ({"product": "gold"}, [("product", "policy.no_terms")]),
    ({"plan": "gold"}, [("product", "policy.no_terms")]),
    ({"start_on": "2024-01-01", "end_on": "2024-12-31", "first_covered_on": ""}, [("product", "policy.no_terms")]),
    ({"end_on": "2025-12-31"}, [("end_on", "policy.ends_before_start")]),
    ({"end_on": "2026-02-30"}, [("end_on", "cell.day")]),
    ({"first_covered_on": "2026-01-02"}, [("first_covered_on", "policy.first_after_start")]),
    ({"insured_id_number": "110101199003078890"}, [("insured_id_number", "id.check_digit")]),
    ({"insured_id_number": "1.10101E+17"}, [("insured_id_number", "id.form")]),
    ({"insured_birth_on": "1990-03-08"}, [("insured_birth_on", "id.birth_differs")]),
    ({"insured_gender": "女"}, [("insured_gender", "id.gender_differs")]),
    ({"insured_gender": "x"}, [("insured_gender", "cell.choice")]),
    ({"insured_phone": "12345"}, [("insured_phone", "phone.form")]),
    ({"social_insurance": "也许"}, [("social_insurance", "cell.choice")]),
    ({"deductible_used": "10000.01"}, [("deductible_used", "policy.above_total")]),
    ({"limit_used": "-1"}, [("limit_used", "cell.yuan")]),
    ({"product": "small-outpatient"}, [("deductible_used", "policy.no_accumulator")]),
    ({"insured_id_type": "护照", "insured_birth_on": ""}, [("insured_birth_on", "cell.missing")]),
    ({"start_on": "x", "insured_name": "", "holder_name": ""}, [("start_on", "cell.day"), ("insured_name", "cell.missing"), ("holder_name", "cell.missing")]),  # noqa: E501
]  # fmt: skip


def test_each_bad_row_is_named_and_the_good_ones_are_taken(import_lines: Import, line: Line, database: Database, vault: Vault) -> None:
    good = {"policy_number": "P-2", "insured_id_number": OTHER_ID, "insured_gender": "", "insured_birth_on": ""}
    report = import_lines(*(line(**changes) for changes, _ in BAD_ROWS), line(**good))
    expected = [(number, *error) for number, (_, errors) in enumerate(BAD_ROWS, start=2) for error in errors]
    assert [(error.line, error.column, error.code) for error in report.errors] == expected
    assert (report.added, report.refused) == (1, len(BAD_ROWS))
    with database.read() as conn:
        assert queries.find_by_number(conn, vault=vault, number="P-1") is None
    assert held(database, vault, "P-2").number == "P-2"


def test_no_report_repeats_personal_data(import_lines: Import, line: Line) -> None:
    report = import_lines(line(insured_id_number="110101199003078890", insured_phone="12345", insured_birth_on="1990-03-08"))
    said = " ".join(str(error) for error in report.errors)
    assert not any(word in said for word in ("110101199003078890", "12345", "王小安", "1990"))


def test_repeated_rows_of_one_file_are_named_near_and_far(import_lines: Import, line: Line, database: Database) -> None:
    others = [line(policy_number=f"Q-{number}") for number in range(600)]
    report = import_lines(line(), line(), *others, line(policy_number="p-1 "))
    assert [(error.line, error.column, error.code, error.reason) for error in report.errors] == [
        (3, "policy_number", "row.duplicate", "与第2行重复"), (604, "policy_number", "row.duplicate", "与第2行重复"),
    ]  # fmt: skip
    assert (report.added, report.refused) == (601, 2)


def test_one_insured_of_many_policies_is_one_party(import_lines: Import, line: Line, database: Database) -> None:
    import_lines(*(line(policy_number=f"Q-{number}", holder_name="王小安") for number in range(3)))
    with database.read() as conn:
        assert conn.execute(text("SELECT count(*) FROM parties")).scalar_one() == 1


def test_birth_and_gender_come_from_the_resident_id(import_lines: Import, line: Line, database: Database, vault: Vault) -> None:
    import_lines(line(insured_gender="", insured_birth_on="", insured_id_type=""))
    with database.read() as conn:
        party = parties.get_party(conn, vault=vault, party_id=held(database, vault).insured_id)
    assert (party.gender, party.birth_on) == ("M", date(1990, 3, 7))


def test_numbers_are_the_insurers_own(
    policy: Policy, import_lines: Import, line: Line, database: Database, vault: Vault, at: datetime
) -> None:
    with database.write() as conn:
        other = partners.add_insurer(conn, code="other", name="另一家", at=at)
    assert import_lines(line(insurer="OTHER")).added == 1
    assert held(database, vault, insurer_id=other.id).id != policy.id
    with database.read() as conn, pytest.raises(queries.PolicyAmbiguous, match="name the insurer"):
        queries.find_by_number(conn, vault=vault, number="P-1")


def test_an_import_may_be_limited_to_some_insurers(
    database: Database,
    vault: Vault,
    products: ProductLibrary,
    insurer: Insurer,
    table: Path,
    at: datetime,
    line: Line,
    import_lines: Import,
) -> None:
    import_lines(line(), line(policy_number="P-2", insurer="演示保险公司"))
    for scope, lines in (([], [2, 3]), ([insurer.id], [])):
        with database.write() as conn:
            report = imports.import_policies(conn, vault=vault, products=products, file=table, at=at, insurer_ids=scope)
        assert [(error.line, error.code) for error in report.errors] == [(line, "policy.insurer_unknown") for line in lines]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
def test_files_of_other_encodings(import_lines: Import, line: Line, database: Database, vault: Vault, encoding: str) -> None:
    assert import_lines(line(), encoding=encoding).errors == ()
    with database.read() as conn:
        assert parties.get_party(conn, vault=vault, party_id=held(database, vault).holder_id).name == "王大安"


def test_a_workbook_with_chinese_headings_and_real_days(
    database: Database, vault: Vault, products: ProductLibrary, insurer: Insurer, tmp_path: Path, at: datetime
) -> None:
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.append(
        [
            "保单号",
            "保险公司",
            "产品",
            "计划",
            "起保日期",
            "终保日期",
            "投保人",
            "被保险人",
            "证件类型",
            "证件号码",
            "手机号",
            "有无医保",
            "已用免赔额",
        ]
    )
    sheet.append(
        [
            "P-1",
            "demo",
            "million-medical",
            "standard",
            date(2026, 1, 1),
            date(2026, 12, 31),
            "王小安",
            "王小安",
            "身份证",
            "11010119900307889X",
            13800000001,
            "有",
            6320.5,
        ]
    )
    sheet.append(
        [
            "P-2",
            "demo",
            "million-medical",
            "standard",
            date(2026, 1, 1),
            date(2026, 12, 31),
            "李四",
            "李四",
            "身份证",
            110101200002290026,
            13800000002,
            "有",
            None,
        ]
    )
    book.save(tmp_path / "policies.xlsx")
    with database.write() as conn:
        report = imports.import_policies(conn, vault=vault, products=products, file=tmp_path / "policies.xlsx", at=at)
    assert [(error.line, error.column) for error in report.errors] in ([], [(3, "insured_id_number")])
    policy = held(database, vault)
    assert (policy.end_on, policy.holder_id) == (date(2027, 1, 1), policy.insured_id)
    with database.read() as conn:
        assert accumulators.used(conn, policy_id=policy.id) == {("annual_deductible_used", "year:2026-01-01"): 632_050}


def test_a_file_without_the_columns_stores_nothing(import_lines: Import, line: Line, database: Database) -> None:
    with pytest.raises(FileRefused, match="insured_id_number") as caught:
        import_lines("P-1,demo", head="policy_number,insurer")
    assert "insured_name" in caught.value.data["columns"]
    with database.read() as conn:
        assert conn.execute(text("SELECT count(*) FROM policies")).scalar_one() == 0


def test_an_import_that_breaks_leaves_nothing(
    database: Database,
    vault: Vault,
    products: ProductLibrary,
    insurer: Insurer,
    table: Path,
    at: datetime,
    line: Line,
    import_lines: Import,
) -> None:
    import_lines(line(policy_number="P-0"))
    text_of_file = table.read_text(encoding="utf-8").splitlines()[0]
    table.write_text("\n".join([text_of_file, *(line(policy_number=f"Q-{n}") for n in range(700))]), encoding="utf-8")
    with pytest.raises(RuntimeError, match="pulled"), database.write() as conn:
        imports.import_policies(conn, vault=vault, products=products, file=table, at=at)
        raise RuntimeError("the plug was pulled")
    with database.read() as conn:
        assert conn.execute(text("SELECT count(*) FROM policies")).scalar_one() == 1


def test_every_status_is_in_the_table() -> None:
    assert set(ALLOWED) == set(PolicyStatus)


def test_a_status_changes_only_as_allowed(policy: Policy, database: Database, vault: Vault, at: datetime) -> None:
    for status in (PolicyStatus.LAPSED, PolicyStatus.LAPSED, PolicyStatus.IN_FORCE, PolicyStatus.SURRENDERED):
        with database.write() as conn:
            operations.change_status(conn, policy_id=policy.id, status=status, at=at)
    assert held(database, vault) == replace(policy, status="surrendered")
    with pytest.raises(StatusNotAllowed, match="is surrendered"), database.write() as conn:
        operations.change_status(conn, policy_id=policy.id, status=PolicyStatus.IN_FORCE, at=at)
    with pytest.raises(queries.PolicyUnknown), database.write() as conn:
        operations.change_status(conn, policy_id="none", status=PolicyStatus.LAPSED, at=at)
