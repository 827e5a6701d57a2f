"""People: sealed in the database, found by blind index, kept apart between insurers; resident IDs checked by GB 11643."""

from dataclasses import replace
from datetime import date, datetime

import pytest
from sqlalchemy import text

from anpei.engines.db import Database
from anpei.records.parties import operations, queries
from anpei.records.parties.model import Person
from anpei.records.parties.resident_id import ResidentIdInvalid, read_resident_id
from anpei.records.partners import operations as partners
from anpei.records.partners.model import Insurer
from anpei.trust.vault import Vault, VaultBroken

ID = "11010119900307889X"
WANG = Person(name="王小安", gender="M", birth_on=date(1990, 3, 7), id_number=ID, phone="13800000001")


def record(database: Database, vault: Vault, insurer: Insurer, at: datetime, *people: Person) -> list[operations.Recorded]:
    with database.write() as conn:
        return operations.record_people(conn, vault=vault, insurer_id=insurer.id, people=people, at=at)


def test_a_person_is_read_back_and_sealed_at_rest(database: Database, vault: Vault, insurer: Insurer, at: datetime) -> None:
    (made,) = record(database, vault, insurer, at, WANG)
    with database.read() as conn:
        party = queries.get_party(conn, vault=vault, party_id=made.party_id)
        stored = conn.execute(text("SELECT * FROM parties")).one()
    assert (party.name, party.gender, party.birth_on, party.id_type, party.id_number, party.phone) == (
        "王小安", "M", date(1990, 3, 7), "resident_id", ID, "13800000001",
    )  # fmt: skip
    raw = b"|".join(bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode() for value in stored)
    assert not any(word.encode() in raw for word in ("王小安", ID, "13800000001"))
    assert repr(party) == f"Party(id='{made.party_id}')"


def test_sealed_values_do_not_open_at_another_place(database: Database, vault: Vault, insurer: Insurer, at: datetime) -> None:
    one, two = record(database, vault, insurer, at, WANG, Person(name="李四"))
    with database.write() as conn:
        conn.execute(
            text("UPDATE parties SET name = (SELECT name FROM parties WHERE id = :a) WHERE id = :b"), {"a": one.party_id, "b": two.party_id}
        )
    with database.read() as conn, pytest.raises(VaultBroken):
        queries.get_party(conn, vault=vault, party_id=two.party_id)


def test_found_by_paper_in_any_spelling(database: Database, vault: Vault, insurer: Insurer, at: datetime) -> None:
    (made,) = record(database, vault, insurer, at, WANG)
    with database.read() as conn:
        for number in (ID, ID.lower(), "110101 19900307 889X", "１１０１０１１９９００３０７８８９Ｘ"):
            assert [party.id for party in queries.find_by_id_number(conn, vault=vault, id_number=number)] == [made.party_id]
        assert queries.find_by_id_number(conn, vault=vault, id_number=ID, id_type="passport") == []
        assert queries.find_by_id_number(conn, vault=vault, id_number="") == []


def test_found_by_phone(database: Database, vault: Vault, insurer: Insurer, at: datetime) -> None:
    (made,) = record(database, vault, insurer, at, WANG)
    with database.read() as conn:
        assert [party.id for party in queries.find_by_phone(conn, vault=vault, phone="+86 138-0000-0001")] == [made.party_id]
        assert queries.find_by_phone(conn, vault=vault, phone="13800000002") == []


def test_the_same_paper_keeps_its_id_and_takes_new_data(database: Database, vault: Vault, insurer: Insurer, at: datetime) -> None:
    (made,) = record(database, vault, insurer, at, WANG)
    assert record(database, vault, insurer, at, WANG) == [operations.Recorded(made.party_id, changed=False)]
    assert record(database, vault, insurer, at, replace(WANG, name="王安", phone="")) == [operations.Recorded(made.party_id, changed=True)]
    with database.read() as conn:
        party = queries.get_party(conn, vault=vault, party_id=made.party_id)
        blinds = queries.list_blinds(conn, party_ids=[made.party_id])
    assert blinds == {made.party_id: queries.blinds_of(vault, replace(WANG, name="王 安"))}
    assert (party.name, party.phone) == ("王安", "13800000001")


def test_one_paper_twice_in_one_call_is_one_party(database: Database, vault: Vault, insurer: Insurer, at: datetime) -> None:
    one, two = record(database, vault, insurer, at, WANG, replace(WANG, phone="13900000009"))
    with database.read() as conn:
        assert queries.get_party(conn, vault=vault, party_id=one.party_id).phone == "13900000009"
    assert one.party_id == two.party_id


def test_without_a_paper_people_are_never_joined(database: Database, vault: Vault, insurer: Insurer, at: datetime) -> None:
    one, two = record(database, vault, insurer, at, Person(name="李四"), Person(name="李四"))
    assert one.party_id != two.party_id


def test_insurers_do_not_share_people(database: Database, vault: Vault, insurer: Insurer, at: datetime) -> None:
    with database.write() as conn:
        other = partners.add_insurer(conn, code="other", name="另一家", at=at)
    (own,), (foreign,) = record(database, vault, insurer, at, WANG), record(database, vault, other, at, replace(WANG, phone="13900000009"))
    with database.read() as conn:
        assert own.party_id != foreign.party_id
        assert [p.id for p in queries.find_by_id_number(conn, vault=vault, id_number=ID, insurer_id=insurer.id)] == [own.party_id]
        assert {p.id for p in queries.find_by_id_number(conn, vault=vault, id_number=ID)} == {own.party_id, foreign.party_id}
        assert queries.get_party(conn, vault=vault, party_id=own.party_id).phone == "13800000001"


def test_renaming_says_whether_it_changed_anything(database: Database, vault: Vault, insurer: Insurer, at: datetime) -> None:
    (made,) = record(database, vault, insurer, at, Person(name="欧阳·明"))
    with database.write() as conn:
        assert operations.rename(conn, vault=vault, party_id=made.party_id, name="欧阳明", at=at) is False
        assert operations.rename(conn, vault=vault, party_id=made.party_id, name="欧阳亮", at=at) is True
        assert queries.get_party(conn, vault=vault, party_id=made.party_id).name == "欧阳亮"


def test_an_unknown_party_is_named(database: Database, vault: Vault) -> None:
    with database.read() as conn, pytest.raises(queries.PartyUnknown) as caught:
        queries.get_party(conn, vault=vault, party_id="nobody")
    assert caught.value.code == "parties.unknown"


@pytest.mark.parametrize(("number", "birth_on", "gender"), [(ID, date(1990, 3, 7), "M"), ("110101200002290026", date(2000, 2, 29), "F")])
def test_resident_ids_say_birth_and_gender(number: str, birth_on: date, gender: str) -> None:
    read = read_resident_id(number)
    assert (read.birth_on, read.gender) == (birth_on, gender)


@pytest.mark.parametrize(
    ("number", "code"),
    [
        ("110101199003078890", "id.check_digit"), ("11010119900307889", "id.form"), ("11010119900307889Y", "id.form"),
        ("110101199002308895", "id.birth_day"), ("110101179903078895", "id.birth_day"), ("", "id.form"), ("011010199003078890", "id.form"),
    ],
)  # fmt: skip
def test_other_numbers_are_refused_without_repeating_them(number: str, code: str) -> None:
    with pytest.raises(ResidentIdInvalid) as caught:
        read_resident_id(number)
    assert caught.value.code == code
    assert not number or number not in caught.value.message


def test_every_single_wrong_digit_is_noticed() -> None:
    wrong = [ID[:place] + digit + ID[place + 1 :] for place in range(18) for digit in "0123456789X" if digit != ID[place]]
    accepted = []
    for number in wrong:
        try:
            read_resident_id(number)
        except ResidentIdInvalid:
            continue
        accepted.append(number)
    assert accepted == []
