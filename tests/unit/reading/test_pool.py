"""The pool: the same answers from other processes, which may die, hang or run out of memory without the service noticing."""

import io
import os
import signal
import zlib
from collections.abc import Iterator
from pathlib import Path

import pypdf
import pytest
from pypdf.generic import DecodedStreamObject, NameObject

from anpei.engines.knowledge import shipped_rulebook
from anpei.kernel.errors import AnpeiError
from anpei.reading import ReadingMachine, ReadingPool, errors
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


def test_a_crash_costs_one_page_and_says_so(pool: ReadingPool) -> None:
    worker = only_worker(pool)
    worker.wait_ready()
    worker._pipe = Killing(worker)  # type: ignore[assignment]  # replaced together with the process that it kills
    with pytest.raises(errors.ReadingCrashed) as caught:
        pool.read_page(text_pdf(RECEIPT), "bill.pdf", 1)
    assert caught.value.code == "reading.crashed"
    assert caught.value.data["advice"]
    assert pool.read_page(text_pdf(RECEIPT), "bill.pdf", 1).fields["receipt_number"].value == "0215278697"


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


def test_a_pool_whose_workers_cannot_start_says_so_every_time(tmp_path: Path) -> None:
    broken = ReadingPool((tmp_path / "no-rulebook",), processes=2)
    for _ in range(2):
        with pytest.raises(AnpeiError):
            broken.read_file(text_pdf(RECEIPT), "bill.pdf")
        assert not broken.alive()


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
