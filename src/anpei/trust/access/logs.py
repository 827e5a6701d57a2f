"""Logs of one JSON line an event on stderr: ids, codes and numbers; nothing that looks personal gets through.

Three nets, because a log is read by people who may not see files: fields with telling names are never written, numbers and addresses
that look personal are replaced by their kind, and Chinese text is left out altogether, so that no name can slip in. Exceptions show
type, code and place; the message only when it is our own (those hold no personal data), for a library's message may quote its input.
"""

import logging
import re
import sys
import threading
import traceback
from collections.abc import Mapping, MutableMapping
from datetime import date, datetime
from enum import Enum
from pathlib import Path
from types import TracebackType
from typing import Any, TextIO

import structlog

from anpei.kernel.errors import AnpeiError
from anpei.trust.access.masking import mask_text
from anpei.trust.access.personal_data import CJK, PersonalData, shipped_finder

HIDDEN = "[hidden]"
LEFT_OUT = "[text]"
FRAMES = 12
DEPTH = 6
_CJK_RUN = re.compile(rf"[{CJK}][{CJK}·，。、；：！？（）《》“”‘’]*")
_NUMBER_FIELDS = ("_fen", "_at", "_ms", "_bytes", "seq")
_FORMATTED = "_record", "_from_structlog"


class LogMask:
    """The structlog processor that lets ids, codes and numbers through and covers the rest."""

    def __init__(self, finder: PersonalData | None = None) -> None:
        self._finder = finder or shipped_finder()

    def __call__(self, _logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        """Cover the values of a log line."""
        for key in list(event):
            if key not in _FORMATTED:
                event[key] = self._value(key, event[key], DEPTH)
        return event

    def _value(self, key: str, value: Any, depth: int) -> Any:
        if key.lower() in self._finder.hidden_fields:
            return HIDDEN
        if value is None or isinstance(value, bool | float):
            return value
        if isinstance(value, Enum):
            return self._value(key, value.value, depth)
        if isinstance(value, int):
            return value if key.endswith(_NUMBER_FIELDS) or self.text(str(value)) == str(value) else self.text(str(value))
        if isinstance(value, str):
            return self.text(value)
        return self._composed(key, value, depth)

    def _composed(self, key: str, value: Any, depth: int) -> Any:
        if isinstance(value, Mapping) and depth:
            return {self.text(str(name)): self._value(str(name), item, depth - 1) for name, item in value.items()}
        if isinstance(value, list | tuple | set | frozenset) and depth:
            return [self._value(key, item, depth - 1) for item in value]
        if isinstance(value, datetime | date):
            return value.isoformat()
        if isinstance(value, BaseException):
            return self.exception(value)
        return f"[{type(value).__name__}]"

    def text(self, text: str) -> str:
        """The text without what looks personal and without Chinese."""
        return _CJK_RUN.sub(LEFT_OUT, mask_text(text, hide=True, finder=self._finder))

    def exception(self, error: BaseException) -> dict[str, Any]:
        """Type, code, own message and place of an exception, and of what caused it."""
        frames = traceback.extract_tb(error.__traceback__)[-FRAMES:]
        shown: dict[str, Any] = {"type": type(error).__name__, "at": [_place(frame) for frame in frames]}
        if isinstance(error, AnpeiError):
            shown |= {"code": error.code, "message": self.text(error.message)}
        cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
        if cause is not None and cause is not error:
            shown["cause"] = type(cause).__name__
        return shown


class _Exceptions:
    """The processor that turns ``exc_info`` into plain data before it could be printed with its message."""

    def __init__(self, mask: LogMask) -> None:
        self._mask = mask

    def __call__(self, _logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        given = event.pop("exc_info", None)
        record = event.get("_record")
        if given is None and record is not None:
            given = record.exc_info
        error = (
            given if isinstance(given, BaseException) else given[1] if isinstance(given, tuple) else sys.exc_info()[1] if given else None
        )
        if error is not None:
            event["exception"] = self._mask.exception(error)
        event.pop("stack_info", None)
        return event


def _place(frame: traceback.FrameSummary) -> str:
    """The last parts of the file, the line and the function: no home folder."""
    return f"{'/'.join(Path(frame.filename).parts[-3:])}:{frame.lineno} {frame.name}"


def configure_logging(*, level: str = "INFO", stream: TextIO | None = None, finder: PersonalData | None = None) -> None:
    """Send every log of the process, structlog's and the standard library's, as masked JSON lines to stderr (or ``stream``).

    Uncaught exceptions of the main and other threads take the same way. Call it once, at the door; a second call replaces the first.
    """
    mask = LogMask(finder)
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
        _Exceptions(mask),
    ]
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[
            mask,
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
    )
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in list(logging.root.manager.loggerDict):
        logger = logging.getLogger(name)
        logger.handlers.clear()
        logger.propagate = True
    logging.captureWarnings(capture=True)
    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, *shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )
    sys.excepthook = _log_uncaught
    threading.excepthook = _log_uncaught_in_thread


def _log_uncaught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error, trace)
    else:
        structlog.get_logger("anpei").critical("process.failed", exc_info=error)


def _log_uncaught_in_thread(given: threading.ExceptHookArgs) -> None:
    if given.exc_value is not None and given.exc_type is not SystemExit:
        structlog.get_logger("anpei").critical("thread.failed", exc_info=given.exc_value)
