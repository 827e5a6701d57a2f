"""A part is down: what the claimant sees, which clocks run, that nothing is lost, and the switch that stops automation for one product."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from threading import Thread
from typing import Any

import psycopg
import pytest
from sqlalchemy import text

from anpei.assembly import Platform, Settings, build
from anpei.claims.documents import queries as documents
from anpei.claims.documents.model import UploadState
from anpei.claims.dossier import queries
from anpei.claims.dossier.model import ClaimState, SectionName
from anpei.engines.db import Database, DatabaseFailed
from anpei.engines.knowledge import KnowledgeError, shipped_rulebook
from anpei.journeys.degraded import told_when_slow
from anpei.journeys.telling import Teller
from anpei.kernel.clock import FixedClock
from anpei.kernel.errors import Unavailable
from anpei.notices import queries as notices
from anpei.notices.templates import load_templates
from anpei.payments import queries as payments
from anpei.reading.errors import ReadingCrashed, ReadingTimedOut
from anpei.reading.model import FileReading
from anpei.reading.pool import ReadingPool
from anpei.records.partners import operations as partners
from tests.factories import cases, platforms, readings
from tests.factories.platforms import get_claim, hand_in
from tests.journeys.support import walk


class Reading:
    """Reads prepared papers, unless it is down."""

    def __init__(self) -> None:
        self.trouble: Exception | None = None
        self.tries = 0

    def __call__(self, data: bytes, name: str) -> FileReading:
        self.tries += 1
        if self.trouble is not None:
            raise self.trouble
        return platforms.read_prepared(data, name)


@pytest.fixture
def reading() -> Reading:
    """The reading of ``platform``."""
    return Reading()


@pytest.fixture
def clock() -> FixedClock:
    """The clock of ``platform``."""
    return FixedClock(platforms.AT)


@pytest.fixture
def open_again(database: Database, tmp_path: Path, reading: Reading, clock: FixedClock) -> Iterator[Callable[..., Platform]]:
    """Opens the platform of one home, with a bank that misbehaves as told."""
    opened: list[Platform] = []
    url = database.url.render_as_string(hide_password=False)

    def make(bank_does: str = "confirm") -> Platform:
        faults = tmp_path / "faults.yaml"
        faults.write_text(f"faults:\n  - {{sequence: 1, does: {bank_does}}}\n", encoding="utf-8")
        platforms.make_platform(tmp_path / "home", url).close()
        settings = Settings(home=tmp_path / "home", database_url=url, worker_threads=1, bank_faults=faults)
        platform = build(settings, clock=clock, read_file=reading)
        teller = Teller(line=platform.line, texts=load_templates(platform.rulebook), progress=platform.progress)
        platform.worker.handlers = told_when_slow(platform.worker.handlers, line=platform.line, teller=teller)
        opened.append(platform)
        return platform

    yield make
    for platform in opened:
        platform.close()


@pytest.fixture
def platform(open_again: Callable[..., Platform]) -> Platform:
    """A platform whose bank behaves."""
    return open_again()


def later(platform: Platform, clock: FixedClock, *, minutes: int) -> None:
    """Time passes and what is due is tried."""
    clock.at += timedelta(minutes=minutes)
    walk.time_passes(platform)
    platform.worker.run_due()


def told(platform: Platform, claim_id: str) -> list[str]:
    """The notices of a claim, in order."""
    with platform.database.read() as conn:
        return [notice.template for notice in notices.list_notices(conn, claim_id=claim_id)]


def body(platform: Platform, claim_id: str, template: str) -> str:
    """The text of a claim's notice."""
    with platform.database.read() as conn:
        found = notices.find_notice(conn, claim_id=claim_id, round=1, template=template)
        assert found is not None
        return notices.open_text(conn, vault=platform.vault, notice_id=found.id).body


def states(platform: Platform, claim_id: str) -> list[UploadState]:
    """Where the files of a claim stand."""
    with platform.database.read() as conn:
        return [upload.state for upload in documents.list_uploads(conn, vault=platform.vault, claim_id=claim_id)]


def waiting_for(platform: Platform) -> set[tuple[str, int, str]]:
    """How the pages that are to be read stand in the queue: state, tries that count, what they wait for."""
    with platform.database.read() as conn:
        rows = conn.execute(text("SELECT state, attempts, last_error FROM jobs WHERE kind = 'claim.read_upload'"))
        return {(row.state, row.attempts, row.last_error) for row in rows}


def running(platform: Platform, claim_id: str) -> list[str]:
    """Which of the law's clocks run on a claim."""
    return [clock["clock"] for clock in walk.progress(platform, claim_id)["clocks"] if clock["status"] == "running"]


def assert_paid_once(platform: Platform, claim_id: str) -> None:
    """The clean case's amount, once."""
    assert get_claim(platform, claim_id).state is ClaimState.PAID
    with platform.database.read() as conn:
        assert [(order.state.value, order.amount.fen) for order in payments.list_orders(conn, claim_id=claim_id)] == [("confirmed", 26608)]
    assert [line.amount.fen for line in platform.bank.statement()] == [26608]


# --- reading ------------------------------------------------------------------------------------------------------------

DOWN = {
    "unavailable": Unavailable("reading is down"),
    "knowledge": KnowledgeError("a file of the rulebook is wrong"),
    "system": OSError("no process can be started"),
}


@pytest.mark.parametrize("why", DOWN)
def test_while_reading_is_down_pages_wait_clocks_run_the_claimant_is_told_once_and_then_it_goes_on(
    platform: Platform, reading: Reading, clock: FixedClock, why: str
) -> None:
    reading.trouble = DOWN[why]
    claim_id = hand_in(platform)
    for _ in range(9):
        later(platform, clock, minutes=1)
    assert told(platform, claim_id) == ["claim_reported"]
    for _ in range(20):
        later(platform, clock, minutes=1)
    assert states(platform, claim_id) == [UploadState.STORED] * 2
    assert (get_claim(platform, claim_id).state, reading.tries) == (ClaimState.COLLECTING, 58)
    seen = walk.progress(platform, claim_id)
    assert (seen["holder"], running(platform, claim_id)) == ("系统", ["claim.decide.complex", "claim.advance_undisputed"])
    assert told(platform, claim_id) == ["claim_reported", "system_degraded"]
    words = body(platform, claim_id, "system_degraded")
    assert words.startswith("您的材料都在，不用重新交。\n材料识别从 2026年10月10日 12:00 起暂时慢了，恢复后自动接着办。")
    assert "最迟 2026年11月9日 18:00 再告诉您进展。" in words
    assert f"赔案 {seen['claim_no']} 的期限照常计算，不会因此推迟。" in words
    reading.trouble = None
    later(platform, clock, minutes=1)
    assert_paid_once(platform, claim_id)
    assert told(platform, claim_id) == ["claim_reported", "system_degraded", "claim_settled", "payment_confirmed"]


def test_pages_that_wait_before_anything_was_submitted_are_no_reason_to_write(
    platform: Platform, reading: Reading, clock: FixedClock
) -> None:
    reading.trouble = DOWN["unavailable"]
    claim, _ = platform.claiming.report(actor=platform.console, data=platforms.report_data(), request_id=None, channel="test")
    platform.claiming.upload(actor=platform.console, claim_id=claim.id, data=platforms.paper(cases.pages()[0]), name="a.jpg")
    later(platform, clock, minutes=60)
    assert (told(platform, claim.id), states(platform, claim.id)) == (["claim_reported"], [UploadState.STORED])


def test_somebody_is_told_again_in_a_new_round(platform: Platform, reading: Reading, clock: FixedClock) -> None:
    reading.trouble = DOWN["unavailable"]
    claim_id = hand_in(platform, [cases.pages()[1]])
    later(platform, clock, minutes=11)
    reading.trouble = None
    later(platform, clock, minutes=1)
    assert get_claim(platform, claim_id).state is ClaimState.WANTING
    reading.trouble = DOWN["unavailable"]
    platform.claiming.upload(actor=platform.console, claim_id=claim_id, data=platforms.paper(cases.pages()[0]), name="b.jpg")
    platform.claiming.submit(actor=platform.console, claim_id=claim_id)
    for _ in range(3):
        later(platform, clock, minutes=11)
    assert told(platform, claim_id) == ["claim_reported", "system_degraded", "supplement_wanted", "system_degraded"]
    reading.trouble = None
    later(platform, clock, minutes=1)
    assert_paid_once(platform, claim_id)


@pytest.mark.parametrize("error", [ReadingCrashed("the process died"), ReadingTimedOut("it took too long")], ids=["dies", "hangs"])
def test_a_page_at_which_reading_dies_or_hangs_is_given_up_after_four_tries_and_the_claim_goes_on(
    platform: Platform, reading: Reading, clock: FixedClock, error: Exception
) -> None:
    receipt, record = cases.pages()
    reading.trouble = error
    claim, _ = platform.claiming.report(actor=platform.console, data=platforms.report_data(), request_id=None, channel="test")
    platform.claiming.upload(actor=platform.console, claim_id=claim.id, data=b"deadly", name="a.jpg")
    platform.claiming.submit(actor=platform.console, claim_id=claim.id)
    for _ in range(8):
        later(platform, clock, minutes=1)
    assert reading.tries == 4
    reading.trouble = None
    assert states(platform, claim.id) == [UploadState.UNREADABLE]
    assert get_claim(platform, claim.id).state is ClaimState.WANTING
    with platform.database.read() as conn:
        wanting = queries.get_section(conn, vault=platform.vault, claim_id=claim.id, name=SectionName.EVIDENCE).payload["wanting"]
    assert "另外有1个文件打不开。这个文件打不开，请重新拍照上传。" in wanting[0]["advice"]
    for page in (receipt, record):
        platform.claiming.upload(actor=platform.console, claim_id=claim.id, data=platforms.paper(page), name="b.jpg")
    platform.claiming.submit(actor=platform.console, claim_id=claim.id)
    later(platform, clock, minutes=1)
    assert_paid_once(platform, claim.id)


def test_a_page_whose_workers_never_come_back_is_given_up_and_the_claim_goes_on(platform: Platform, clock: FixedClock) -> None:
    claim_id = hand_in(platform)
    with platform.database.write() as conn:
        first = conn.execute(text("SELECT id FROM jobs WHERE kind = 'claim.read_upload' ORDER BY id")).scalars().first()
        lost = "UPDATE jobs SET state = 'running', token = 'gone', attempts = 4, lease_until = created_at WHERE id = :id"
        conn.execute(text(lost), {"id": first})
    later(platform, clock, minutes=1)
    assert states(platform, claim_id) == [UploadState.UNREADABLE, UploadState.READ]
    assert get_claim(platform, claim_id).state is ClaimState.WANTING


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_reading_processes_that_cannot_start_are_tried_again_until_they_can(
    open_again: Callable[..., Platform], reading: Reading, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    platform = open_again()
    pool = ReadingPool(shipped_rulebook().folders, processes=1)

    def read(data: bytes, name: str) -> FileReading:
        pool.page_image(data, 1, 0)
        return platforms.read_prepared(data, name)

    object.__setattr__(platform.line, "read_file", read)
    claim_id = hand_in(platform)
    monkeypatch.setattr(sys, "executable", "/bin/false")
    for _ in range(6):
        trying = Thread(target=later, args=(platform, clock), kwargs={"minutes": 1}, daemon=True)
        trying.start()
        trying.join(timeout=5)
        assert not trying.is_alive()
    assert states(platform, claim_id) == [UploadState.STORED] * 2
    assert waiting_for(platform) == {("waiting", 0, "reading.not_started")}
    assert told(platform, claim_id) == ["claim_reported"]
    pool.close()
    object.__setattr__(platform.line, "read_file", reading)
    later(platform, clock, minutes=1)
    assert_paid_once(platform, claim_id)


# --- bank ---------------------------------------------------------------------------------------------------------------


def test_while_the_bank_is_down_the_claim_waits_the_claimant_is_told_once_and_then_it_is_paid(
    open_again: Callable[..., Platform], clock: FixedClock
) -> None:
    platform = open_again("down, times: 20")
    claim_id = hand_in(platform)
    platform.worker.run_due()
    later(platform, clock, minutes=9)
    assert told(platform, claim_id) == ["claim_reported", "claim_settled"]
    for _ in range(10):
        later(platform, clock, minutes=5)
    assert get_claim(platform, claim_id).state is ClaimState.PAYING
    seen = walk.progress(platform, claim_id)
    assert (seen["holder"], seen["next"]) == ("银行", "等银行入账。")
    assert running(platform, claim_id) == ["claim.advance_undisputed", "claim.pay"]
    assert told(platform, claim_id) == ["claim_reported", "claim_settled", "system_degraded"]
    words = body(platform, claim_id, "system_degraded")
    assert "银行付款从 2026年10月10日 12:00 起暂时慢了，恢复后自动接着办。" in words
    assert "最迟 2026年10月20日 18:00 再告诉您进展。" in words
    for _ in range(10):
        later(platform, clock, minutes=30)
    assert_paid_once(platform, claim_id)
    assert told(platform, claim_id)[-1] == "payment_confirmed"


def test_a_short_trouble_of_the_bank_is_not_worth_a_notice(open_again: Callable[..., Platform], clock: FixedClock) -> None:
    platform = open_again("time_out_after_booking")
    claim_id = hand_in(platform)
    platform.worker.run_due()
    later(platform, clock, minutes=9)
    assert_paid_once(platform, claim_id)
    assert told(platform, claim_id) == ["claim_reported", "claim_settled", "payment_confirmed"]


class Mute:
    """A teller that fails."""

    def tell_slow(self, *_: Any, **__: Any) -> None:
        """Fail."""
        raise DatabaseFailed("the database does not answer")


def test_what_goes_wrong_in_telling_never_hides_why_the_try_failed(platform: Platform, reading: Reading, clock: FixedClock) -> None:
    reading.trouble = DOWN["unavailable"]
    claim_id = hand_in(platform)
    platform.worker.handlers = told_when_slow(platform.line.handlers(), line=platform.line, teller=Mute())  # type: ignore[arg-type]
    later(platform, clock, minutes=11)
    with platform.database.read() as conn:
        assert set(conn.execute(text("SELECT last_error FROM jobs WHERE kind = 'claim.read_upload'")).scalars()) == {"part.unavailable"}
    assert (states(platform, claim_id), told(platform, claim_id)) == ([UploadState.STORED] * 2, ["claim_reported"])


# --- database -----------------------------------------------------------------------------------------------------------


@contextmanager
def no_database(platform: Platform) -> Iterator[None]:
    """The database does not answer: a file that cannot be opened, or a server that lets nobody in."""
    url = platform.database.url
    platform.database.engine.dispose()
    if platform.database.is_sqlite:
        file = Path(str(url.database))
        away = file.with_suffix(".away")
        file.rename(away)
        file.symlink_to(file.parent / "nowhere" / file.name)
        try:
            yield
        finally:
            away.rename(file)  # in one step: in between nobody may make an empty database there
        return
    admin = url.set(drivername="postgresql", database="postgres").render_as_string(hide_password=False)
    with psycopg.connect(admin, autocommit=True) as conn:
        name = url.database
        conn.execute(f'ALTER DATABASE "{name}" WITH ALLOW_CONNECTIONS false'.encode())
        conn.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name])
        try:
            yield
        finally:
            conn.execute(f'ALTER DATABASE "{name}" WITH ALLOW_CONNECTIONS true'.encode())


def test_while_the_database_is_down_every_door_says_so_and_the_worker_goes_on_by_itself(platform: Platform) -> None:
    claim_id = hand_in(platform)
    doors, console = platform.claiming, platform.console
    with no_database(platform):
        for call in (
            lambda: doors.report(actor=console, data=platforms.report_data(), request_id="r2", channel="test"),
            lambda: doors.upload(actor=console, claim_id=claim_id, data=b"x", name="late.jpg"),
            lambda: doors.submit(actor=console, claim_id=claim_id),
            platform.worker.run_due,
        ):
            with pytest.raises(DatabaseFailed, match=r"the database does not answer .* check that it runs, then try again") as caught:
                call()
            assert caught.value.code == "database.failed"
        platform.worker.start()
    while get_claim(platform, claim_id).state is not ClaimState.PAID:
        platform.worker.wake()
    assert_paid_once(platform, claim_id)
    with platform.database.read() as conn:
        assert len(queries.list_claims(conn, vault=platform.vault, insurers=None)) == 1


def test_mail_that_cannot_go_out_holds_nothing_up_and_goes_out_later(platform: Platform, clock: FixedClock) -> None:
    outbox = platform.settings.home / "outbox"
    outbox.rmdir()
    outbox.touch()
    data = platforms.report_data()
    claim_id = hand_in(platform, data=data | {"insured": data["insured"] | {"email": "insured@example.com"}})
    platform.worker.run_due()
    assert_paid_once(platform, claim_id)
    with platform.database.read() as conn:
        assert {notice.state.value for notice in notices.list_notices(conn, claim_id=claim_id)} == {"created"}
    outbox.unlink()
    outbox.mkdir()
    later(platform, clock, minutes=1)
    with platform.database.read() as conn:
        assert {notice.state.value for notice in notices.list_notices(conn, claim_id=claim_id)} == {"delivered"}
    assert len(list(outbox.glob("*.eml"))) == 3


def test_a_wrong_mail_address_leaves_every_notice_in_the_inbox(platform: Platform) -> None:
    data = platforms.report_data()
    claim_id = hand_in(platform, data=data | {"insured": data["insured"] | {"email": "nobody at home"}})
    platform.worker.run_due()
    assert_paid_once(platform, claim_id)
    with platform.database.read() as conn:
        found = [(one.template, one.channel.value, one.state.value) for one in notices.list_notices(conn, claim_id=claim_id)]
    assert found == [(name, "inapp", "delivered") for name in ("claim_reported", "claim_settled", "payment_confirmed")]


# --- the switch ---------------------------------------------------------------------------------------------------------


def in_hospital() -> list[Any]:
    """The papers of a stay that the other product covers."""
    fields = {
        "patient_name": cases.NAME, "receipt_code": "3", "receipt_number": "77", "total_amount": "15000.00", "total_upper": "15000.00",
        "hospital_name": readings.HOSPITAL, "admitted_on": "2026-10-01", "discharged_on": "2026-10-05", "issued_on": "2026-10-05",
        "insurance_type": "职工基本医疗保险", "pooled_fund": "0.00", "self_paid": "15000.00", "own_expense": "0.00",
    }  # fmt: skip
    stay = {"patient_name": cases.NAME, "admitted_on": "2026-10-01", "discharged_on": "2026-10-05", "diagnosis_code": "K35.800"}
    rows = [readings.item("普通门诊诊查费", "15000.00", code=cases.VISIT)]
    return [
        readings.page("inpatient_receipt", fields), readings.page("fee_list", {"total_amount": "15000.00"}, rows),
        readings.page("discharge_summary", stay), readings.page("settlement_sheet", {"pooled_fund": "0.00"}),
    ]  # fmt: skip


def switch(platform: Platform, product: str, claim_id: str, *, on: bool) -> None:
    """Turn automation of a product on or off."""
    with platform.database.write() as conn:
        partners.switch_automation(
            conn, insurer_id=get_claim(platform, claim_id).insurer_id, product_id=product, on=on, reason="核对条款", actor="t",
            at=platforms.AT,
        )  # fmt: skip


def test_the_switch_stops_one_product_at_once_and_only_that_one(platform: Platform) -> None:
    platforms.load_policies(platform, [platforms.policy_row(policy_number="P-BIG", product="million-medical")])
    stay = platforms.report_data(policy="P-BIG", kind="inpatient", occurred_on="2026-10-01")
    visit = hand_in(platform)
    hospital = hand_in(platform, in_hospital(), data=stay)
    handlers = dict(platform.worker.handlers)
    del platform.worker.handlers["claim.adjudicate"]  # type: ignore[attr-defined]
    platform.worker.run_due()
    assert {get_claim(platform, one).state for one in (visit, hospital)} == {ClaimState.IN_AUDIT}
    switch(platform, "small-outpatient", visit, on=False)
    platform.worker.handlers = handlers
    platform.worker.run_due()
    assert get_claim(platform, visit).state is ClaimState.REFERRED
    assert get_claim(platform, hospital).state is ClaimState.PAID
    with platform.database.read() as conn:
        referral = queries.get_section(conn, vault=platform.vault, claim_id=visit, name=SectionName.REFERRAL).payload["referral"]
        assert payments.list_orders(conn, claim_id=visit) == []
    assert referral["reasons"] == ["automation.switched_off"]
    assert told(platform, visit)[-1] == "referred_to_person"
    assert "claim.decide.complex" in running(platform, visit)
    assert walk.progress(platform, visit)["holder"] == "理赔同事"


def test_switched_on_again_new_claims_are_decided_by_the_machine(platform: Platform) -> None:
    first = hand_in(platform)
    switch(platform, "small-outpatient", first, on=False)
    platform.worker.run_due()
    assert get_claim(platform, first).state is ClaimState.REFERRED
    switch(platform, "small-outpatient", first, on=True)
    pages = cases.pages(day="2026-10-04", receipt_number="0099999999")
    second = hand_in(platform, pages, data=platforms.report_data(occurred_on="2026-10-04"))
    platform.worker.run_due()
    assert get_claim(platform, second).state is ClaimState.PAID
    assert get_claim(platform, first).state is ClaimState.REFERRED
