"""The pool: the same answers from other processes, which may die, hang or run out of memory without the service noticing."""

import errno
import io
import os
import signal
import subprocess
import sys
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pypdf
import pytest
from pypdf.generic import DecodedStreamObject, NameObject

from anpei.engines.knowledge import shipped_rulebook
from anpei.kernel.errors import is_not_now
from anpei.reading import ReadingMachine, ReadingPool, errors
from anpei.reading._outcome import Outcome
from anpei.reading._worker import _answer
from anpei.reading.model import PageReading
from anpei.reading.pool import _Worker
from tests.unit.reading.conftest import RECEIPT, text_pdf


@pytest.fixture(scope="module")
def pool() -> Iterator[ReadingPool]:
    started = ReadingPool(shipped_rulebook().folders, processes=1)
    yield started
    started.close()


def only_worker(pool: ReadingPool) -> _Worker:
    pool.start()
    return pool._workers[0]


def test_the_pool_reads_what_the_machine_reads(pool: ReadingPool, machine: ReadingMachine) -> None:
    data = text_pdf(RECEIPT, pages=3)
    here, there = machine.read_file(data, "bill.pdf"), pool.read_file(data, "bill.pdf")
    assert [page.fields for page in there.pages] == [page.fields for page in here.pages]
    assert [page.fingerprint for page in there.pages] == [page.fingerprint for page in here.pages]
    assert pool.page_image(data, 1, 90) == machine.page_image(data, 1, 90)


def test_errors_come_back_as_they_were(pool: ReadingPool) -> None:
    with pytest.raises(errors.FileEmpty) as caught:
        pool.read_file(b"", "nothing.jpg")
    assert caught.value.data == {"advice": errors.FileEmpty.advice}
    assert pool.alive()


def test_a_worker_that_died_while_idle_is_replaced_before_anybody_notices(pool: ReadingPool) -> None:
    worker = only_worker(pool)
    worker._process.kill()
    worker._process.wait()
    assert not pool.alive()
    assert len(pool.read_file(text_pdf(RECEIPT), "bill.pdf").pages) == 1
    assert pool.alive()


class Killing:
    """A pipe that kills the worker in the moment in which its answer is awaited."""

    def __init__(self, worker: _Worker) -> None:
        self._worker, self._pipe = worker, worker._pipe

    def send(self, message: object) -> None:
        os.kill(self._worker._process.pid, signal.SIGSTOP)
        self._pipe.send(message)

    def poll(self, seconds: float) -> bool:
        self._worker._process.kill()
        return self._pipe.poll(seconds)

    def recv(self) -> object:
        return self._pipe.recv()

    def close(self) -> None:
        self._pipe.close()


def test_a_page_whose_used_process_dies_is_read_by_the_next(pool: ReadingPool) -> None:
    pool.read_page(text_pdf(RECEIPT), "bill.pdf", 1)
    worker = only_worker(pool)
    first = worker._process.pid
    worker._pipe = Killing(worker)  # type: ignore[assignment]  # replaced together with the process that it kills
    assert pool.read_page(text_pdf(RECEIPT), "bill.pdf", 1).fields["receipt_number"].value == "0215278697"
    assert worker._process.pid != first


def test_a_crash_of_a_new_process_costs_one_page_and_says_so(pool: ReadingPool) -> None:
    worker = only_worker(pool)
    worker._replace()
    worker.wait_ready()
    worker._pipe = Killing(worker)  # type: ignore[assignment]
    with pytest.raises(errors.ReadingCrashed) as caught:
        pool.read_page(text_pdf(RECEIPT), "bill.pdf", 1)
    assert caught.value.code == "reading.crashed"
    assert caught.value.data["advice"]
    assert pool.read_page(text_pdf(RECEIPT), "bill.pdf", 1).fields["receipt_number"].value == "0215278697"


def test_a_page_that_breaks_every_process_is_tried_in_two_and_named_by_place_only(
    pool: ReadingPool, machine: ReadingMachine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def out_of_reach(*_: object) -> None:
        raise RuntimeError("姓名 李小明")

    monkeypatch.setattr(machine, "read_page", out_of_reach)
    done, error = _answer(machine.read_page, (b"", "a.jpg", 1))
    assert (done, type(error)) == (Outcome.FAULT, errors.ReadingCrashed)
    assert "RuntimeError at test_pool.py:" in error.message
    assert "李小明" not in error.message
    pool.read_page(text_pdf(RECEIPT), "bill.pdf", 1)
    worker = only_worker(pool)
    seen: list[int] = []
    real = worker._try

    def counted(*arguments: Any) -> tuple[Outcome, Any]:
        seen.append(worker._process.pid)
        real("page_count", (text_pdf(RECEIPT), "bill.pdf"), 60.0)
        worker._replace()
        return Outcome.FAULT, error

    monkeypatch.setattr(worker, "_try", counted)
    with pytest.raises(errors.ReadingCrashed):
        worker.call("read_page", (b"", "a.jpg", 1), 60.0)
    assert len(set(seen)) == 2


def test_a_page_that_takes_too_long_is_stopped() -> None:
    impatient = ReadingPool(shipped_rulebook().folders, processes=1, page_seconds=0.0)
    try:
        with pytest.raises(errors.ReadingTimedOut) as caught:
            impatient.read_page(text_pdf(RECEIPT), "bill.pdf", 1)
        assert caught.value.code == "reading.timed_out"
        assert impatient.alive(), "another worker took its place"
    finally:
        impatient.close()
    assert not impatient.alive()


def test_a_pool_whose_workers_cannot_start_says_so_every_time_and_blames_no_page(tmp_path: Path) -> None:
    broken = ReadingPool((tmp_path / "no-rulebook",), processes=2)
    for _ in range(2):
        with pytest.raises(errors.ReadingNotStarted, match="no-rulebook") as caught:
            broken.read_file(text_pdf(RECEIPT), "bill.pdf")
        assert caught.value.code == "reading.not_started"
        assert is_not_now(caught.value)
        assert not broken.alive()


class NoProcess:
    """The system starts no process, or the processes that it starts end at once; ``tried`` counts."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *, ends_at_once: bool = False) -> None:
        self.tried = 0
        self._patch, self._ends = monkeypatch, ends_at_once
        self._real = subprocess.Popen

    def __enter__(self) -> "NoProcess":
        self._patch.setattr(subprocess, "Popen", self._start)
        return self

    def __exit__(self, *_: object) -> None:
        self._patch.setattr(subprocess, "Popen", self._real)

    def _start(self, command: list[str], **options: Any) -> "subprocess.Popen[bytes]":
        self.tried += 1
        if self._ends:
            return self._real([sys.executable, "-c", "", *command[3:]], **options)
        raise BlockingIOError(errno.EAGAIN, "Resource temporarily unavailable")


@pytest.mark.parametrize("ends_at_once", [True, False])
def test_a_process_that_the_system_does_not_give_is_no_fault_of_the_page(monkeypatch: pytest.MonkeyPatch, ends_at_once: bool) -> None:
    fresh = ReadingPool(shipped_rulebook().folders, processes=2)
    with NoProcess(monkeypatch, ends_at_once=ends_at_once) as system:
        for tried in (2, 4) if ends_at_once else (1, 2):
            with pytest.raises(errors.ReadingNotStarted):
                fresh.read_file(text_pdf(RECEIPT), "bill.pdf")
            assert (system.tried, fresh.alive()) == (tried, False)


class Behind:
    """A lock behind which another caller's start has just failed."""

    def __init__(self, pool: ReadingPool) -> None:
        self._pool = pool

    def __enter__(self) -> None:
        self._pool._failed_starts += 1

    def __exit__(self, *_: object) -> None:
        return None


def test_who_waited_for_a_start_that_failed_does_not_start_once_more(monkeypatch: pytest.MonkeyPatch) -> None:
    fresh = ReadingPool(shipped_rulebook().folders, processes=1)
    monkeypatch.setattr(fresh, "_lock", Behind(fresh))
    with NoProcess(monkeypatch) as system, pytest.raises(errors.ReadingNotStarted):
        fresh.start()
    assert system.tried == 0


def test_a_crash_stays_the_pages_fault_when_no_other_process_can_start_and_the_next_page_waits(
    pool: ReadingPool, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = text_pdf(RECEIPT, pages=3)
    worker = only_worker(pool)
    worker._replace()
    worker.wait_ready()
    worker._pipe = Killing(worker)  # type: ignore[assignment]
    with NoProcess(monkeypatch):
        with pytest.raises(errors.ReadingCrashed):
            pool.read_page(data, "bill.pdf", 1)
        with pytest.raises(errors.ReadingNotStarted):
            pool.read_page(data, "bill.pdf", 2)
    assert pool.read_page(data, "bill.pdf", 1).kind == "outpatient_receipt"


def test_a_file_of_many_pages_waits_as_a_whole_when_reading_stops_starting(pool: ReadingPool, monkeypatch: pytest.MonkeyPatch) -> None:
    data = text_pdf(RECEIPT, pages=3)
    pool.start()

    def read_page(_data: bytes, _name: str, page: int) -> PageReading:
        if page == 2:
            raise errors.ReadingNotStarted("no memory")
        return pool.read_page(data, "bill.pdf", page)

    hindered = ReadingPool(shipped_rulebook().folders, processes=1)
    monkeypatch.setattr(hindered, "_call", lambda *_: 3)
    monkeypatch.setattr(hindered, "read_page", read_page)
    with pytest.raises(errors.ReadingNotStarted):
        hindered.read_file(data, "bill.pdf")


def test_a_page_under_way_when_the_pool_is_closed_waits_for_the_next_start(pool: ReadingPool) -> None:
    worker = _Worker(shipped_rulebook().folders)
    worker._ready = True
    worker.stop()
    with pytest.raises(errors.ReadingNotStarted, match="stopped before the page was read"):
        worker.call("page_count", (b"", "a"), 1.0)
    worker.running = lambda: True  # type: ignore[method-assign]  # it was stopped between the look and the call
    with pytest.raises(errors.ReadingNotStarted, match="stopped before the page was read"):
        worker.call("page_count", (b"", "a"), 1.0)


def twice_packed_bomb(size: int) -> bytes:
    """A PDF whose page content is packed twice, so that only unpacking it to the end shows its size."""
    once = zlib.compressobj(9)
    start = once.compress(b"") + once.flush(zlib.Z_FULL_FLUSH)
    piece = once.compress(b" " * (1 << 20)) + once.flush(zlib.Z_FULL_FLUSH)
    packed = start + piece * (size >> 20) + once.flush()
    writer = pypdf.PdfWriter()
    page = writer.add_blank_page(200, 300)
    stream = DecodedStreamObject()
    stream.set_data(zlib.compress(packed, 9))
    stream[NameObject("/Filter")] = pypdf.generic.ArrayObject([NameObject("/FlateDecode"), NameObject("/FlateDecode")])
    page[NameObject("/Contents")] = writer._add_object(stream)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def test_a_hidden_bomb_does_not_take_the_service_along(pool: ReadingPool) -> None:
    data = twice_packed_bomb(2 << 30)
    assert len(data) < 100_000
    with pytest.raises((errors.ReadingCrashed, errors.FileHostile)) as caught:
        pool.read_file(data, "bomb.pdf")
    assert caught.value.data["advice"]
    assert pool.read_file(text_pdf(RECEIPT), "bill.pdf").pages[0].kind == "outpatient_receipt"
