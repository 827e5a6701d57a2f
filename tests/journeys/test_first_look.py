"""The early word on an upload, and a page that is taken again: nothing is lost, nothing gets stuck."""

import threading
from typing import Any

import pytest

from anpei.assembly import Platform
from anpei.claims.documents import queries as documents
from anpei.claims.dossier.model import ClaimState
from anpei.journeys.early import AT_ONCE, EarlyWord
from anpei.kernel.errors import NotFound
from anpei.reading.errors import FormatNotSupported, ReadingCrashed
from anpei.reading.model import PageReading, Quality
from tests.factories import cases, doors, platforms, readings
from tests.factories.doors import Doors
from tests.factories.platforms import get_claim, paper

BLURRED = Quality(usable=False, reasons=(readings.BLURRED,))


def report(platform: Platform) -> str:
    claim, _ = platform.claiming.report(actor=platform.console, data=platforms.report_data(), request_id=None, channel="test")
    return claim.id


def send(platform: Platform, claim_id: str, data: bytes, *, replaces: str | None = None) -> str:
    upload, _ = platform.claiming.upload(actor=platform.console, claim_id=claim_id, data=data, name="a.jpg", replaces=replaces)
    return upload.id


def submit(platform: Platform, claim_id: str) -> ClaimState:
    platform.claiming.submit(actor=platform.console, claim_id=claim_id)
    platform.worker.run_due()
    return get_claim(platform, claim_id).state


def poor(page: PageReading) -> PageReading:
    """The page in a blurred picture: some of it was read all the same."""
    return readings.page(page.kind, {"patient_name": cases.NAME}, usable=False)


def test_the_answer_to_an_upload_says_what_to_do_and_the_file_is_kept(at_sqlite_door: Doors) -> None:
    client, pictures = at_sqlite_door.customer(), at_sqlite_door.pictures
    claim_id = client.post("/v1/claims", json=doors.report()).json()["id"]
    receipt, record = (paper(page) for page in cases.pages())
    pictures.verdicts = {receipt: BLURRED, b"not a picture": FormatNotSupported("no picture"), b"hangs": ReadingCrashed("died")}
    answer = doors.upload(client, claim_id, receipt, record, b"not a picture", b"hangs")
    assert answer.status_code == 201
    assert [item["quality"] for item in answer.json()["uploads"]] == [
        {"usable": False, "reasons": [{"code": "too_blurred", "advice": "照片有点糊，请拿稳手机重拍。"}]},
        {"usable": True, "reasons": []},
        {"usable": False, "reasons": [{"code": "reading.format_not_supported", "advice": FormatNotSupported.advice}]},
        None,
    ]
    with at_sqlite_door.platform.database.read() as conn:
        stored = documents.list_uploads(conn, vault=at_sqlite_door.platform.vault, claim_id=claim_id)
    assert [upload.size for upload in stored] == [len(receipt), len(record), 13, 5]


def test_the_words_of_a_door_in_english(at_sqlite_door: Doors) -> None:
    client = at_sqlite_door.customer()
    claim_id = client.post("/v1/claims", json=doors.report()).json()["id"]
    at_sqlite_door.pictures.verdicts = {b"x": BLURRED}
    answer = client.post(f"/v1/claims/{claim_id}/uploads?lang=en", files=[("files", ("a.jpg", b"x", "image/jpeg"))])
    assert answer.json()["uploads"][0]["quality"]["reasons"][0]["advice"] == readings.BLURRED.advice_en


class Slow:
    """Gives its word only when it is let go."""

    def __init__(self) -> None:
        self.go = threading.Event()

    def verdict(self, _data: bytes, _name: str, _page: int) -> Quality:
        self.go.wait(60)
        return BLURRED

    def start(self) -> None: ...

    def close(self) -> None: ...


def test_a_word_that_does_not_come_in_time_is_no_word_and_holds_nobody_up() -> None:
    slow = Slow()
    early = EarlyWord(slow, seconds=0)
    assert [early.on(data=b"x", name="a.jpg") for _ in range(AT_ONCE + 1)] == [None] * (AT_ONCE + 1)
    slow.go.set()
    assert EarlyWord(slow, seconds=60).on(data=b"x", name="a.jpg") == BLURRED


def test_a_page_taken_again_counts_in_place_of_the_poor_one(platform: Platform) -> None:
    claim_id = report(platform)
    receipt, record = cases.pages()
    bad = send(platform, claim_id, paper(poor(receipt)))
    send(platform, claim_id, paper(record))
    good = send(platform, claim_id, paper(receipt), replaces=bad)
    assert submit(platform, claim_id) is ClaimState.PAID
    with platform.database.read() as conn:
        uploads = documents.list_uploads(conn, vault=platform.vault, claim_id=claim_id)
        kept = documents.load_bytes(conn, vault=platform.vault, files=platform.files, upload_id=bad)
    assert [upload.replaced_by for upload in uploads] == [good, None, None]
    assert kept == paper(poor(receipt))


def test_a_replaced_page_with_the_same_values_does_not_swallow_its_better_picture(platform: Platform) -> None:
    claim_id = report(platform)
    receipt, record = cases.pages()
    other = readings.page(receipt.kind, {name: field.value for name, field in receipt.fields.items()}, usable=False)
    first = send(platform, claim_id, paper(other))
    platform.worker.run_due()
    second = send(platform, claim_id, paper(receipt), replaces=first)
    send(platform, claim_id, paper(record))
    assert submit(platform, claim_id) is ClaimState.PAID
    assert first != second


def test_the_same_file_again_counts_again_after_it_was_replaced(platform: Platform) -> None:
    claim_id = report(platform)
    receipt, record = (paper(page) for page in cases.pages())
    first = send(platform, claim_id, receipt)
    worse = send(platform, claim_id, paper(poor(cases.pages()[0])), replaces=first)
    assert send(platform, claim_id, receipt, replaces=worse) == first
    send(platform, claim_id, record)
    assert submit(platform, claim_id) is ClaimState.PAID
    with platform.database.read() as conn:
        uploads = documents.list_uploads(conn, vault=platform.vault, claim_id=claim_id)
    assert [upload.replaced_by for upload in uploads] == [None, first, None]


def test_replacing_what_was_replaced_replaces_its_newest_picture_and_itself_is_left_alone(platform: Platform) -> None:
    claim_id = report(platform)
    pictures = [paper(poor(cases.pages()[0]), *[cases.pages()[1]] * n) for n in range(3)]
    one = send(platform, claim_id, pictures[0])
    two = send(platform, claim_id, pictures[1], replaces=one)
    three = send(platform, claim_id, pictures[2], replaces=one)
    assert send(platform, claim_id, pictures[2], replaces=three) == three
    with platform.database.read() as conn:
        uploads = documents.list_uploads(conn, vault=platform.vault, claim_id=claim_id)
    assert [upload.replaced_by for upload in uploads] == [two, three, None]


def test_a_file_of_another_claim_cannot_be_replaced(at_sqlite_door: Doors) -> None:
    platform = at_sqlite_door.platform
    other = send(platform, report(platform), b"[]")
    claim_id = report(platform)
    with pytest.raises(NotFound):
        send(platform, claim_id, b"[] ", replaces=other)
    with platform.database.read() as conn:
        assert documents.list_uploads(conn, vault=platform.vault, claim_id=claim_id) == []
    client = at_sqlite_door.customer()
    assert client.post(f"/v1/claims/{claim_id}/uploads?replaces=none", files=[("files", ("a.jpg", b"x", "image/jpeg"))]).status_code == 404


def test_a_page_that_comes_while_the_collection_waits_does_not_leave_the_claim_behind(platform: Platform) -> None:
    claim_id = report(platform)
    receipt, record = cases.pages()
    bad = send(platform, claim_id, paper(poor(receipt)))
    send(platform, claim_id, paper(record))
    platform.worker.run_due()
    platform.claiming.submit(actor=platform.console, claim_id=claim_id)
    send(platform, claim_id, paper(receipt), replaces=bad)
    platform.worker.run_due()
    assert get_claim(platform, claim_id).state is ClaimState.PAID


def test_a_wanted_paper_can_be_taken_again(platform: Platform) -> None:
    claim_id = report(platform)
    receipt, record = cases.pages()
    bad = send(platform, claim_id, paper(poor(receipt)))
    send(platform, claim_id, paper(record))
    assert submit(platform, claim_id) is ClaimState.WANTING
    send(platform, claim_id, paper(receipt), replaces=bad)
    assert submit(platform, claim_id) is ClaimState.PAID


def test_a_replaced_file_is_shown_as_such(at_sqlite_door: Doors) -> None:
    platform, client = at_sqlite_door.platform, at_sqlite_door.customer()
    claim_id = client.post("/v1/claims", json=doors.report()).json()["id"]
    bad = doors.upload(client, claim_id, paper(poor(cases.pages()[0]))).json()["uploads"][0]["id"]
    platform.worker.run_due()
    assert f'data-again="{bad}"' in client.get(f"/claims/{claim_id}").text
    files: Any = [("files", ("b.jpg", paper(cases.pages()[0]), "image/jpeg"))]
    assert client.post(f"/v1/claims/{claim_id}/uploads?replaces={bad}", files=files).status_code == 201
    platform.worker.run_due()
    papers = client.get(f"/v1/claims/{claim_id}/papers").json()
    assert [file["replaced"] for file in papers["files"]] == [True, False]
    page = client.get(f"/claims/{claim_id}").text
    assert "已重拍" in page
    assert "data-again" not in page
