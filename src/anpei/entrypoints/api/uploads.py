"""Files as they stream in: bounded while they come, one in memory at a time, and the rest of a refused body never kept."""

from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from email.message import Message
from pathlib import PurePath
from typing import TYPE_CHECKING

from fastapi import Request
from python_multipart.exceptions import MultipartParseError
from python_multipart.multipart import MultipartParser

from anpei.claims.documents.model import MAX_UPLOAD_BYTES
from anpei.entrypoints.api.errors import TooLarge
from anpei.kernel.errors import InvalidInput, Unavailable

if TYPE_CHECKING:
    from python_multipart.multipart import MultipartCallbacks

MAX_FILES = 20
MAX_REQUEST = 200_000_000
DRAINED = 100_000_000
"""So much of a body that is refused already is still read and thrown away, so that the sender gets the answer."""
ROOM = 240_000_000
"""Bytes of files that may lie in memory at once, over all requests."""


class NotMultipart(InvalidInput):
    """Files are sent as multipart/form-data."""

    code = "input.not_multipart"


class Busy(Unavailable):
    """So many files are coming in that another one finds no room now."""

    code = "input.busy"


@dataclass(frozen=True, slots=True)
class Received:
    """A whole file as it was sent. ``name`` is its last part only, without a path."""

    name: str
    data: bytes = field(repr=False)


@dataclass
class Room:
    """How much of the memory for files is taken."""

    taken: int = 0

    def take(self, count: int) -> None:
        """Raises Busy when there is no room for so many bytes."""
        if self.taken + count > ROOM:
            raise Busy("too many files are coming in at once: send it again in a moment", data={"advice": "上传的人太多了，请稍后再试。"})
        self.taken += count

    def give_back(self, count: int) -> None:
        """Free again."""
        self.taken -= count


ROOM_TAKEN = Room()


class _Parts:
    """Collects the parts of a multipart body from the parser's calls; a part above the limit is noted and its bytes dropped."""

    def __init__(self, limit: int, room: Room) -> None:
        self.ready: list[Received] = []
        self.count = 0
        self.too_large: str | None = None
        self._limit = limit
        self._room = room
        self._header = ("", "")
        self._headers: dict[str, str] = {}
        self._data = bytearray()
        self._name: str | None = None
        self.is_open = False

    def callbacks(self) -> "MultipartCallbacks":
        """What the parser calls."""
        return {
            "on_part_begin": self._begin, "on_header_field": self._field, "on_header_value": self._value, "on_header_end": self._header_end,
            "on_headers_finished": self._headers_done, "on_part_data": self._more, "on_part_end": self._end,
        }  # fmt: skip

    def drop(self) -> None:
        """Throw away what is held."""
        self._drop_current()
        self._room.give_back(sum(len(file.data) for file in self.ready))
        self.ready = []

    def _drop_current(self) -> None:
        self._room.give_back(len(self._data))
        self._data = bytearray()

    def _begin(self) -> None:
        self._headers, self._name, self._data, self.is_open = {}, None, bytearray(), True

    def _field(self, data: bytes, start: int, end: int) -> None:
        self._header = (self._header[0] + data[start:end].decode("latin-1"), self._header[1])

    def _value(self, data: bytes, start: int, end: int) -> None:
        self._header = (self._header[0], self._header[1] + data[start:end].decode("utf-8", errors="replace"))

    def _header_end(self) -> None:
        self._headers[self._header[0].lower()] = self._header[1]
        self._header = ("", "")

    def _headers_done(self) -> None:
        self._name = _file_name(self._headers.get("content-disposition", ""))
        self.count += self._name is not None

    def _more(self, data: bytes, start: int, end: int) -> None:
        if self._name is None or self.too_large is not None:
            return
        if len(self._data) + end - start > self._limit:
            self.too_large = self._name
            self._drop_current()
            return
        self._room.take(end - start)
        self._data += data[start:end]

    def _end(self) -> None:
        self.is_open = False
        if self._name is not None and self.too_large is None:
            self.ready.append(Received(self._name, bytes(self._data)))
            self._data = bytearray()


def _file_name(disposition: str) -> str | None:
    """The name in a Content-Disposition header; None for an ordinary field."""
    parsed = Message()
    parsed["content-disposition"] = disposition
    name = parsed.get_filename()
    return None if name is None else PurePath(name.replace("\\", "/")).name[:200] or "file"


async def files_of(request: Request, *, limit: int = MAX_UPLOAD_BYTES, room: Room = ROOM_TAKEN) -> AsyncGenerator[Received, None]:
    """The files of a multipart request, each as soon as it is whole.

    Raises TooLarge at a file above ``limit`` bytes (what came before it was handed out), NotMultipart, InvalidInput, Busy.
    """
    length = request.headers.get("content-length", "0")
    if length.isdigit() and int(length) > MAX_REQUEST:
        raise _too_large("the request", int(length), MAX_REQUEST)
    parts = _Parts(limit, room)
    parser = MultipartParser(_boundary(request), parts.callbacks())
    drained = 0
    try:
        async for chunk in request.stream():
            if parts.too_large is not None:
                drained += len(chunk)
                if drained > DRAINED:
                    break
                continue
            _feed(parser, chunk)
            while parts.ready:
                file = parts.ready.pop(0)
                try:
                    yield file
                finally:
                    room.give_back(len(file.data))
            if parts.count > MAX_FILES:
                raise InvalidInput(f"more than {MAX_FILES} files in one request: send them in several", data={"limit": MAX_FILES})
    finally:
        parts.drop()
    if parts.too_large is not None:
        raise _too_large("a file", None, limit)
    if parts.is_open:
        raise NotMultipart("the body ended before its last part: send it again", data={"advice": "上传中断了，请再传一次。"})


def _feed(parser: MultipartParser, chunk: bytes) -> None:
    try:
        parser.write(chunk)
    except MultipartParseError as error:
        raise NotMultipart("the body is no sound multipart/form-data: send it again") from error


def _boundary(request: Request) -> bytes:
    parsed = Message()
    parsed["content-type"] = request.headers.get("content-type", "")
    boundary = parsed.get_param("boundary")
    if parsed.get_content_type() != "multipart/form-data" or not isinstance(boundary, str) or not boundary:
        raise NotMultipart("files are sent as multipart/form-data with a boundary: choose that form of sending")
    return boundary.encode("latin-1", errors="replace")


def _too_large(what: str, size: int | None, limit: int) -> TooLarge:
    said = f"has {size} bytes" if size is not None else f"has more than {limit} bytes"
    return TooLarge(
        f"{what} {said}; at most {limit} are taken: photograph it again or send a smaller scan",
        data={"advice": f"文件太大（超过{limit // 1_000_000}MB），请重新拍照或压缩后再上传。", "limit": limit},
    )
