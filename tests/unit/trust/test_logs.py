"""Logs: JSON lines of ids and codes; whatever is thrown at them, no personal data comes out."""

import io
import json
import logging
import sys
import threading
import warnings
from collections.abc import Iterator
from datetime import date
from enum import StrEnum
from typing import Any

import pytest
import structlog

from anpei.kernel.errors import InvalidInput
from anpei.trust.access.logs import configure_logging

UUID = "0190f7a2-1381-7234-8567-138123456789"
PERSONAL = ["张三", "33010619900101123X", "13812341234", "6222020200112233446", "zhang@example.com", "浙A12345", "文三路138号"]


class Colour(StrEnum):
    RED = "13812341234"


@pytest.fixture
def stream() -> Iterator[io.StringIO]:
    """The masked stream; afterwards the process logs as before."""
    root = logging.getLogger()
    before = (root.handlers[:], root.level, sys.excepthook, threading.excepthook, warnings.showwarning)
    others = {name: (logging.getLogger(name).handlers[:], logging.getLogger(name).propagate) for name in list(root.manager.loggerDict)}
    logging.captureWarnings(capture=False)  # a command that ran in this process before may have left it on
    caught = io.StringIO()
    configure_logging(stream=caught)
    yield caught
    logging.captureWarnings(capture=False)
    root.handlers[:] = before[0]
    root.setLevel(before[1])
    sys.excepthook, threading.excepthook, warnings.showwarning = before[2:]
    for name, (handlers, propagate) in others.items():
        logging.getLogger(name).handlers[:] = handlers
        logging.getLogger(name).propagate = propagate
    structlog.reset_defaults()


def lines(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_ids_codes_and_numbers_go_through(stream: io.StringIO) -> None:
    structlog.get_logger("anpei.claims").info(
        "claim.decided",
        claim=UUID,
        amount_fen=13812341234,
        lines=3,
        ok=True,
        none=None,
        ratio=0.5,
        day=date(2026, 11, 21),
        codes=["A.1", "B"],
    )
    [line] = lines(stream)
    stamp = line.pop("at")
    assert stamp.endswith("Z")
    assert line == {
        "event": "claim.decided", "level": "info", "logger": "anpei.claims", "claim": UUID, "amount_fen": 13812341234, "lines": 3,
        "ok": True, "none": None, "ratio": 0.5, "day": "2026-11-21", "codes": ["A.1", "B"],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("key", "value", "shown"),
    [
        ("number", 13812341234, "[phone]"), ("who", "张三 13812341234", "[text] [phone]"), ("phone", "95500", "[hidden]"),
        ("Name", "x", "[hidden]"),
        ("reply", {"name": "x", "n": ["33010619900101123X"]}, {"name": "[hidden]", "n": ["[id_number]"]}),
        ("who", {"张三": 1}, {"[text]": 1}),
        ("thing", object(), "[object]"), ("raw", b"13812341234", "[bytes]"), ("colour", Colour.RED, "[phone]"),
        ("pair", (1, "13812341234"), [1, "[phone]"]),
        ("token_used", "anpei_" + "x" * 43, "[credential]"), ("head", "Bearer abcdefgh12345", "Bearer [credential]"),
    ],
)  # fmt: skip
def test_values_that_tell_something_are_covered(stream: io.StringIO, key: str, value: Any, shown: Any) -> None:
    structlog.get_logger().info("x", **{key: value})
    assert lines(stream)[0][key] == shown


def test_deep_data_is_cut_off(stream: io.StringIO) -> None:
    deep: Any = "end"
    for _ in range(9):
        deep = [deep]
    structlog.get_logger().info("x", deep=deep)
    assert lines(stream)[0]["deep"] == [[[[[["[list]"]]]]]]


def test_bound_context_is_covered_too(stream: io.StringIO) -> None:
    with structlog.contextvars.bound_contextvars(claim="c-1", login="zhang"):
        structlog.get_logger().info("x")
    [line] = lines(stream)
    assert (line["claim"], line["login"]) == ("c-1", "[hidden]")


@pytest.mark.parametrize("personal", PERSONAL)
def test_no_way_of_logging_lets_personal_data_out(stream: io.StringIO, personal: str) -> None:
    log, library = structlog.get_logger("anpei"), logging.getLogger("some.library")
    message = f"seen {personal}"
    log.info(message, value=personal, list=[personal], map={"a": personal}, obj=ValueError(personal))
    library.warning("seen %s", personal)
    library.warning("seen", extra={"value": personal}, stack_info=True)
    warnings.warn(f"about {personal}", stacklevel=1)
    try:
        try:
            raise ValueError(f"bad value {personal}")
        except ValueError as error:
            raise InvalidInput(f"the field is wrong: {personal}") from error
    except InvalidInput as error:
        log.exception("failed")
        log.error("failed", exc_info=error)
        log.exception("failed", stack_info=True)
        library.exception("failed")
        sys.excepthook(type(error), error, error.__traceback__)
    written = stream.getvalue()
    assert len(lines(stream)) == 9
    assert personal not in written


def test_an_exception_shows_type_code_and_place(stream: io.StringIO) -> None:
    try:
        int("张三")
    except ValueError as error:
        try:
            raise InvalidInput("the field is empty") from error
        except InvalidInput:
            structlog.get_logger().exception("failed")
    shown = lines(stream)[0]["exception"]
    told = [shown[key] for key in ("type", "code", "message", "cause")]
    assert told == ["InvalidInput", "input.invalid", "the field is empty", "ValueError"]
    assert shown["at"][0].startswith("unit/trust/test_logs.py:")


def test_a_thread_that_fails_is_logged_without_its_message(stream: io.StringIO) -> None:
    def fail() -> None:
        raise ValueError("13812341234")

    thread = threading.Thread(target=fail)
    thread.start()
    thread.join()
    [line] = lines(stream)
    assert (line["event"], line["exception"]["type"]) == ("thread.failed", "ValueError")
    assert "13812341234" not in stream.getvalue()


def test_the_level_holds_and_a_second_call_replaces_the_first(stream: io.StringIO) -> None:
    second = io.StringIO()
    configure_logging(level="WARNING", stream=second)
    structlog.get_logger().info("quiet")
    logging.getLogger("library").info("quiet")
    structlog.get_logger().warning("loud")
    assert stream.getvalue() == ""
    assert [line["event"] for line in lines(second)] == ["loud"]
