"""What comes in wrong, through the whole upload path with the real reading processes: a clear word, nothing lost, the claim goes on."""

import shutil
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from itertools import cycle
from pathlib import Path
from threading import Barrier, Thread
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.exc import OperationalError

from anpei.assembly import Platform, Settings, build
from anpei.claims.documents.model import UploadRefused, UploadState
from anpei.claims.dossier import queries
from anpei.claims.dossier.model import ClaimState, SectionName, StateNotAllowed
from anpei.claims.intake.operations import RequestDiffers
from anpei.engines.db import Database, StorageFull
from anpei.engines.knowledge import KnowledgeError, shipped_rulebook
from anpei.kernel.clock import FixedClock
from anpei.notices import queries as notices
from anpei.payments import queries as payments
from anpei.reading.model import FileReading
from anpei.reading.pool import ReadingPool
from anpei.records.policies.queries import PolicyUnknown
from anpei.records.products.library import NoTerms
from tests.factories import cases, platforms, readings
from tests.factories.platforms import get_claim, hand_in
from tests.journeys.support import files, walk
from tests.journeys.support.claimant import assert_paid, kept, pages, reasons, receipt, record, reported, section, submit, upload, uploads
from tests.journeys.support.disk import full_disk
from tests.journeys.support.homes import DATABASE, Template


@pytest.fixture(scope="module")
def pool() -> Iterator[ReadingPool]:
    """The real reading processes, one of them."""
    started = ReadingPool(shipped_rulebook().folders, processes=1)
    yield started
    started.close()


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Template:
    """A prepared home on SQLite; which database holds the claim makes no difference to a broken file."""
    home = tmp_path_factory.mktemp("template") / "home"
    platforms.make_platform(home, f"sqlite:///{home / DATABASE}").close()
    return Template(home, None)


@pytest.fixture
def platform(template: Template, pool: ReadingPool) -> Iterator[Platform]:
    """A platform that reads with the real processes; prepared papers (JSON) stand for pages that are not what a test is about."""

    def read(data: bytes, name: str) -> FileReading:
        return platforms.read_prepared(data, name) if data.startswith(b"[{") else pool.read_file(data, name)

    with template.copy() as (home, url):
        opened = build(Settings(home=home, database_url=url, worker_threads=1), clock=FixedClock(platforms.AT), read_file=read)
        yield opened
        opened.close()


@pytest.fixture
def anywhere(database: Database, tmp_path: Path) -> Iterator[Platform]:
    """A platform with prepared readings on either database."""
    made = platforms.make_platform(tmp_path / "home", database.url.render_as_string(hide_password=False))
    yield made
    made.close()


# --- files that cannot be read ------------------------------------------------------------------------------------------

UNREADABLE = {
    "cut.jpg": (lambda: files.picture(files.noise(), "JPEG")[:4000], "reading.file_truncated", "文件不完整或已损坏"),
    "cut.png": (lambda: files.picture(files.noise())[:4000], "reading.file_truncated", "文件不完整或已损坏"),
    "cut.pdf": (lambda: files.drawn("outpatient_receipt/known-a", effect="pdf").data[:900], "reading.file_truncated", "文件不完整或已损坏"),
    "empty.pdf": (lambda: b"%PDF-1.7\nnothing of the kind", "reading.file_truncated", "文件不完整或已损坏"),
    "circular.pdf": (files.circular_pdf, "reading.file_truncated", "文件不完整或已损坏"),
    "200-megapixel.png": (lambda: files.png(20_000, 10_000), "reading.too_many_pixels", "图片尺寸过大"),
    "3600-megapixel.png": (lambda: files.png(60_000, 60_000), "reading.too_many_pixels", "图片尺寸过大"),
    "locked.pdf": (lambda: files.blank_pdf(1, password="secret"), "reading.password_protected", "文件设有密码"),
    "300-pages.pdf": (lambda: files.blank_pdf(300), "reading.too_many_pages", "页数过多"),
    "bomb.pdf": (lambda: files.bomb_pdf(201 * files.MEGABYTE), "reading.file_hostile", "文件内容异常"),
    "letter.docx": (lambda: b"PK\x03\x04" + b"\0" * 60, "reading.format_not_supported", "另存为 PDF"),
    "text.jpg": ("只是一些文字".encode, "reading.format_not_supported", "不支持这种文件格式"),
    "program.png": (lambda: b"\x7fELF" + b"\0" * 60, "reading.format_not_supported", "不支持这种文件格式"),
    "moving.jpg": (lambda: files.picture(files.noise().convert("P"), "GIF"), "reading.format_not_supported", "不支持这种文件格式"),
}


@pytest.mark.parametrize("name", UNREADABLE)
def test_a_file_that_cannot_be_read_is_named_with_what_to_do_and_the_claim_goes_on(platform: Platform, name: str) -> None:
    make, code, advice = UNREADABLE[name]
    claim_id = reported(platform)
    sent = make()
    bad = upload(platform, claim_id, sent, name)
    upload(platform, claim_id, record(), "record.jpg")
    submit(platform, claim_id)
    first = uploads(platform, claim_id)[0]
    assert first.state is UploadState.UNREADABLE
    assert first.problem is not None
    assert first.problem["code"] == code
    assert advice in first.problem["advice"]
    assert kept(platform, bad.id) == sent
    assert get_claim(platform, claim_id).state is ClaimState.WANTING
    [wanting] = section(platform, claim_id, SectionName.EVIDENCE)["wanting"]
    assert "另外有1个文件打不开" in wanting["advice"]
    assert advice in wanting["advice"]
    upload(platform, claim_id, receipt(), "receipt.jpg")
    submit(platform, claim_id)
    assert_paid(platform, claim_id)


def test_an_unreadable_file_beside_complete_papers_holds_nothing_up(platform: Platform) -> None:
    claim_id = reported(platform)
    for data in (files.blank_pdf(1, password="secret"), receipt(), record()):
        upload(platform, claim_id, data)
    submit(platform, claim_id)
    assert_paid(platform, claim_id)
    assert [item["code"] for item in section(platform, claim_id, SectionName.EVIDENCE)["unreadable"]] == ["reading.password_protected"]


# --- files that are read, and are of no use -----------------------------------------------------------------------------

OF_NO_USE = {
    "blank.jpg": (lambda: files.drawn("blank/known-a").data, "另外有1页没拍清楚。页面是空白的"),
    "letter.jpg": (lambda: files.drawn("unknown/known-a").data, "另外有1页认不出是哪种材料"),
    "script.pdf": (files.scripted_pdf, "另外有1页没拍清楚。页面是空白的"),
    "deep.pdf": (files.deep_pdf, "另外有1页没拍清楚。页面是空白的"),
}


@pytest.mark.parametrize("name", OF_NO_USE)
def test_a_page_of_no_use_is_named_in_the_one_notice_and_the_claim_goes_on(platform: Platform, name: str) -> None:
    make, advice = OF_NO_USE[name]
    claim_id = reported(platform)
    upload(platform, claim_id, make(), name)
    upload(platform, claim_id, record(), "record.jpg")
    submit(platform, claim_id)
    first = pages(platform, claim_id)[0].reading
    assert (uploads(platform, claim_id)[0].state, first.kind) == (UploadState.READ, "unknown")
    [wanting] = section(platform, claim_id, SectionName.EVIDENCE)["wanting"]
    assert (wanting["requirement"], wanting["problem"]) == ("outpatient_receipt", "missing")
    assert advice in wanting["advice"]
    with platform.database.read() as conn:
        told = [notice.id for notice in notices.list_notices(conn, claim_id=claim_id) if notice.template == "supplement_wanted"]
        assert advice in notices.open_text(conn, vault=platform.vault, notice_id=told[0]).body
    upload(platform, claim_id, receipt(), "receipt.jpg")
    submit(platform, claim_id)
    assert_paid(platform, claim_id)


@pytest.mark.parametrize("bomb", ["pixels", "text"])
def test_a_picture_that_unpacks_to_far_more_than_it_is_costs_one_page_and_never_the_reader(
    platform: Platform, pool: ReadingPool, bomb: str
) -> None:
    claim_id = reported(platform)
    sent = files.png(7_700, 7_700, rows=7_700) if bomb == "pixels" else files.text_bomb_png()
    assert len(sent) < 300_000
    for data in (sent, receipt(), record()):
        upload(platform, claim_id, data, "bomb.png")
    submit(platform, claim_id)
    first = uploads(platform, claim_id)[0]
    if first.state is UploadState.READ:  # inside the bounds after all: then it is no paper that counts for anything
        assert pages(platform, claim_id)[0].reading.kind == "unknown"
    else:
        assert first.problem is not None
        assert first.problem["code"].startswith("reading.")
        assert first.problem["advice"]
    assert pool.alive()
    assert_paid(platform, claim_id)


def test_the_content_decides_what_a_file_is_not_its_name(platform: Platform) -> None:
    claim_id = reported(platform)
    drawn = files.drawn("outpatient_receipt/known-a")
    upload(platform, claim_id, drawn.data, "scan.pdf")
    submit(platform, claim_id)
    [page] = pages(platform, claim_id)
    assert page.reading.kind == "outpatient_receipt"
    assert page.reading.fields["receipt_number"].value == drawn.fields["receipt_number"]


def test_two_photographs_of_one_paper_count_once(platform: Platform) -> None:
    claim_id = reported(platform)
    for photo in (1, 2):
        upload(platform, claim_id, files.drawn("outpatient_receipt/known-a", photo=photo).data, f"{photo}.jpg")
    submit(platform, claim_id)
    first, second = pages(platform, claim_id)
    assert (first.repeats, second.repeats) == (None, first.id)
    assert first.reading.image_hash != second.reading.image_hash
    assert len(section(platform, claim_id, SectionName.EVIDENCE)["facts"]["bills"]) == 1


def test_two_persons_in_one_upload_go_to_a_person(platform: Platform) -> None:
    claim_id = reported(platform)
    receipts = [files.drawn("outpatient_receipt/known-a", paper=paper, effect="pdf") for paper in (1, 2)]
    upload(platform, claim_id, files.bound(*(paper.data for paper in receipts)), "both.pdf")
    upload(platform, claim_id, record(), "record.jpg")
    submit(platform, claim_id)
    assert len({paper.fields["patient_name"] for paper in receipts}) == 2
    assert [page.reading.kind for page in pages(platform, claim_id)] == ["outpatient_receipt", "outpatient_receipt", "outpatient_record"]
    assert {"identity.several_persons", "identity.name_mismatch"} <= set(reasons(platform, claim_id))
    with platform.database.read() as conn:
        assert payments.list_orders(conn, claim_id=claim_id) == []


# --- files that are not taken -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("size", "advice"), [(0, "空的"), (50_000_000, "30MB")])
def test_an_empty_or_oversized_file_is_refused_before_anything_is_stored(platform: Platform, size: int, advice: str) -> None:
    claim_id = reported(platform)
    with pytest.raises(UploadRefused) as caught:
        upload(platform, claim_id, b"\xff\xd8\xff"[:size] + b"\0" * max(0, size - 3), "big.jpg")
    assert caught.value.code == "documents.upload_refused"
    assert advice in caught.value.data["advice"]
    assert uploads(platform, claim_id) == []
    assert not [path for path in platform.files.root.rglob("*") if path.is_file()]
    for data in (receipt(), record()):
        upload(platform, claim_id, data)
    submit(platform, claim_id)
    assert_paid(platform, claim_id)


def test_the_same_bytes_twice_are_one_upload(anywhere: Platform) -> None:
    claim_id = reported(anywhere)
    first = upload(anywhere, claim_id, receipt(), "a.jpg")
    assert upload(anywhere, claim_id, receipt(), "b.jpg").id == first.id
    upload(anywhere, claim_id, record())
    submit(anywhere, claim_id)
    assert [one.seq for one in uploads(anywhere, claim_id)] == [1, 2]
    assert_paid(anywhere, claim_id)


# --- reports that cannot be right ---------------------------------------------------------------------------------------


def claims(platform: Platform) -> int:
    """How many claims there are."""
    with platform.database.read() as conn:
        return len(queries.list_claims(conn, vault=platform.vault, insurers=None))


def test_an_unknown_policy_opens_nothing_and_says_what_to_do(anywhere: Platform) -> None:
    with pytest.raises(PolicyUnknown, match="check the number on the policy") as caught:
        reported(anywhere, policy="P-NONE")
    assert caught.value.data == {"field": "policy.number"}
    assert claims(anywhere) == 0


def test_an_event_before_the_product_existed_opens_nothing_and_says_what_to_do(anywhere: Platform) -> None:
    with pytest.raises(NoTerms, match="no version in force on 2024-05-01: check the product id and the day of loss"):
        reported(anywhere, occurred_on="2024-05-01")
    assert claims(anywhere) == 0


def test_an_event_before_the_cover_is_never_refused_by_the_machine(anywhere: Platform) -> None:
    claim_id = hand_in(anywhere, cases.pages(day="2025-12-30"), data=platforms.report_data(occurred_on="2025-12-30"))
    anywhere.worker.run_due()
    assert "cover.outside_period" in reasons(anywhere, claim_id)
    with anywhere.database.read() as conn:
        assert notices.list_notices(conn, claim_id=claim_id)[-1].template == "referred_to_person"
        assert payments.list_orders(conn, claim_id=claim_id) == []


@pytest.mark.parametrize("amount", ["0.00", "-432.60"])
def test_a_bill_of_nothing_or_less_goes_to_a_person(anywhere: Platform, amount: str) -> None:
    rows = [readings.item("普通门诊诊查费", amount, code=cases.VISIT)]
    claim_id = hand_in(anywhere, cases.pages(rows=rows, total_amount=amount, self_paid=amount, personal_account=amount))
    anywhere.worker.run_due()
    assert "bill.amount_not_positive" in reasons(anywhere, claim_id)
    with anywhere.database.read() as conn:
        assert payments.list_orders(conn, claim_id=claim_id) == []


def at_once(*calls: Any) -> list[Any]:
    """Let all calls begin together, each in its thread; their results or errors in order."""
    results: list[Any] = [None] * len(calls)
    gate = Barrier(len(calls))

    def run(place: int) -> None:
        gate.wait()
        try:
            results[place] = calls[place]()
        except Exception as error:
            results[place] = error

    threads = [Thread(target=run, args=(place,)) for place in range(len(calls))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def test_clicks_at_the_same_moment_make_one_claim_one_page_one_submission(anywhere: Platform) -> None:
    doors, console = anywhere.claiming, anywhere.console
    data = platforms.report_data()
    made = at_once(*[lambda: doors.report(actor=console, data=data, request_id="r1", channel="test")] * 4)
    assert len({claim.id for claim, _ in made}) == 1
    assert sorted(is_new for _, is_new in made) == [False, False, False, True]
    claim_id = made[0][0].id
    for paper in (receipt(), record()):
        stored = at_once(*[lambda paper=paper: doors.upload(actor=console, claim_id=claim_id, data=paper, name="a.jpg")] * 4)
        assert len({one.id for one, _ in stored}) == 1
        assert sorted(is_new for _, is_new in stored) == [False, False, False, True]
    assert sorted(at_once(*[lambda: doors.submit(actor=console, claim_id=claim_id)] * 4)) == [False, False, False, True]
    with pytest.raises(RequestDiffers):
        doors.report(actor=console, data=platforms.report_data(cause="accident"), request_id="r1", channel="test")
    at_once(anywhere.worker.run_due, anywhere.worker.run_due)
    walk.run_until_rest(anywhere)
    assert_paid(anywhere, claim_id)
    with pytest.raises(StateNotAllowed, match="paid"):
        doors.submit(actor=console, claim_id=claim_id)


# --- knowledge, disk, clock ---------------------------------------------------------------------------------------------


def test_a_product_file_with_an_error_is_named_by_line_and_the_running_version_stays(template: Template) -> None:
    with template.copy() as (home, url):
        shipped = shipped_rulebook().file("products/small-outpatient.yaml")
        own = home / "rulebook" / "products" / shipped.name
        own.parent.mkdir(parents=True)
        shutil.copy(shipped, own)
        opened = platforms.open_platform(home, url)
        claim_id = hand_in(opened)
        lines = own.read_text(encoding="utf-8").splitlines()
        place = next(number for number, text in enumerate(lines, start=1) if text.startswith("waiting_days:"))
        lines[place - 1] = "waiting_days: about a month"
        own.write_text("\n".join(lines), encoding="utf-8")
        with pytest.raises(KnowledgeError) as caught:
            opened.products.reload()
        assert (caught.value.data["file"], caught.value.data["line"], caught.value.data["field"]) == (str(own), place, "waiting_days")
        assert f"{shipped.name}, line {place}, waiting_days: " in caught.value.message
        opened.worker.run_due()
        assert_paid(opened, claim_id)
        opened.close()


def test_a_full_disk_takes_no_page_loses_none_and_the_claim_goes_on_when_there_is_space(
    platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    claim_id = reported(platform)
    with full_disk(platform.files.root, monkeypatch):
        with pytest.raises(StorageFull, match="free space, then send the page again; nothing was stored") as caught:
            upload(platform, claim_id, receipt())
        assert caught.value.code == "storage.full"
        assert uploads(platform, claim_id) == []
        assert walk.open_jobs(platform) == 0
        assert not list(platform.files.root.rglob("*.part"))
    for data in (receipt(), record()):
        upload(platform, claim_id, data)
    submit(platform, claim_id)
    assert_paid(platform, claim_id)


def test_a_full_disk_of_the_database_stops_the_line_and_loses_nothing(platform: Platform) -> None:
    claim_id = reported(platform)
    upload(platform, claim_id, receipt())
    upload(platform, claim_id, record())
    platform.claiming.submit(actor=platform.console, claim_id=claim_id)
    is_full = True

    def limit(connection: Any, _record: Any) -> None:
        used = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count = {used if is_full else used * 100}")

    event.listen(platform.database.engine, "connect", limit)
    platform.database.engine.dispose()
    for _ in range(12):
        with suppress(StorageFull):
            platform.worker.run_due()
        with suppress(OperationalError):
            walk.time_passes(platform)
    states = [one.state for one in uploads(platform, claim_id)]
    assert UploadState.STORED in states
    assert UploadState.UNREADABLE not in states
    assert get_claim(platform, claim_id).state is ClaimState.COLLECTING
    is_full = False
    platform.database.engine.dispose()
    walk.run_until_rest(platform)
    assert_paid(platform, claim_id)


class JumpingClock(FixedClock):
    """A clock that is set wrong at each look: days ahead, days behind, and back again."""

    def __init__(self) -> None:
        super().__init__(platforms.AT)
        self._jumps = cycle([timedelta(days=3), timedelta(days=-5), timedelta(hours=7), timedelta(days=40), timedelta(minutes=-1)])

    def now(self) -> Any:
        """Another instant each time."""
        return self.at + next(self._jumps)


@pytest.fixture
def jumping(database: Database, tmp_path: Path) -> Iterator[Platform]:
    """A platform whose clock jumps from step to step."""
    home, url = tmp_path / "home", database.url.render_as_string(hide_password=False)
    platforms.make_platform(home, url).close()
    settings = Settings(home=home, database_url=url, worker_threads=1)
    opened = build(settings, clock=JumpingClock(), read_file=platforms.read_prepared)
    yield opened
    opened.close()


def test_a_clock_that_jumps_does_not_break_the_line(jumping: Platform) -> None:
    claim_id = hand_in(jumping)
    jumping.worker.run_due()
    assert_paid(jumping, claim_id)
    for _ in range(5):
        assert walk.progress(jumping, claim_id)["state"] == "paid"


def test_a_clock_that_jumps_does_not_break_a_supplement(jumping: Platform) -> None:
    claim_id = hand_in(jumping, [cases.pages()[1]])
    jumping.worker.run_due()
    assert get_claim(jumping, claim_id).state is ClaimState.WANTING
    assert walk.progress(jumping, claim_id)["state"] == "wanting"
    upload(jumping, claim_id, receipt())
    submit(jumping, claim_id)
    assert_paid(jumping, claim_id)
    for _ in range(5):
        assert walk.progress(jumping, claim_id)["round"] == 2
