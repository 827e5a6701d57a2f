"""A zip archive from outside: every entry judged before one is unpacked, nothing written to a disk, nothing opened inside it."""

import io
import posixpath
import zipfile
import zlib

from anpei.reading import errors

MAX_ENTRIES = 2000
MAX_PART = 30 * 1024 * 1024
MAX_UNPACKED = 120 * 1024 * 1024
MAX_RATIO = 200
"""A large entry that unpacks to more than so many times its size is a bomb; pages of plain XML stay below 50."""

_LARGE = 1 << 20
_PIECE = 1 << 16
_ENCRYPTED = 0x1
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


class Archive:
    """The entries of an archive by their names. What is read adds up against one bound for the whole archive."""

    def __init__(self, data: bytes, name: str) -> None:
        """Judge all entries. Raises FileTruncated, FileHostile, PasswordProtected."""
        self._name = name
        self._left = MAX_UNPACKED
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
        except (zipfile.BadZipFile, NotImplementedError, OSError, ValueError, EOFError) as error:
            raise self._damaged(error) from error
        infos = self._zip.infolist()
        if len(infos) > MAX_ENTRIES:
            raise self._hostile(f"{len(infos)} entries; at most {MAX_ENTRIES} are accepted")
        self._parts: dict[str, zipfile.ZipInfo] = {}
        for info in infos:
            self._judge(info)
            if not info.is_dir():
                self._parts[info.filename] = info
        if sum(info.file_size for info in infos) > MAX_UNPACKED:
            raise self._hostile(f"the entries unpack to more than {MAX_UNPACKED} bytes")

    def __contains__(self, part: str) -> bool:
        return part in self._parts

    def names(self) -> tuple[str, ...]:
        """The names of all files, as they stand in the archive."""
        return tuple(self._parts)

    def read(self, part: str) -> bytes:
        """One file. Raises FileTruncated when it is absent or damaged, FileHostile when it is larger than it says."""
        info = self._parts.get(part)
        if info is None:
            raise errors.FileTruncated(f"{self._name}: the file has no part {part[:80]!r}; upload the original file again")
        try:
            with self._zip.open(info) as stream:
                content = stream.read(info.file_size + 1)
        except (zipfile.BadZipFile, zlib.error, OSError, EOFError, ValueError, NotImplementedError, RuntimeError) as error:
            raise self._damaged(error) from error
        self._left -= len(content)
        if len(content) > info.file_size or self._left < 0:
            raise self._hostile("a part unpacks to more than it says")
        return content

    def resolve(self, base: str, place: str) -> str:
        """The name of the part that ``place`` means in the part ``base``. Raises FileHostile when it leads out of the archive."""
        wanted = place.strip().replace("\\", "/")
        joined = wanted.lstrip("/") if wanted.startswith("/") else posixpath.join(posixpath.dirname(base), wanted)
        found = posixpath.normpath(joined)
        if found.startswith(("..", "/")) or "\0" in found:
            raise self._hostile("a place leads out of the archive")
        return found

    def _judge(self, info: zipfile.ZipInfo) -> None:
        path = info.filename
        if info.flag_bits & _ENCRYPTED:
            raise errors.PasswordProtected(f"{self._name}: the file has a password; remove it, or photograph the paper")
        if path.startswith("/") or "\\" in path or ":" in path or "\0" in path or ".." in path.split("/") or len(path) > 250:
            raise self._hostile("an entry's name leads out of the archive")
        if path in self._parts:
            raise self._hostile("two entries have the same name")
        if info.compress_type not in _METHODS:
            raise self._hostile("an entry is packed in an unusual way")
        if info.file_size > MAX_PART or (info.file_size > _LARGE and info.file_size > MAX_RATIO * max(1, info.compress_size)):
            raise self._hostile(f"an entry unpacks to {info.file_size} bytes")

    def _damaged(self, error: Exception) -> errors.FileTruncated:
        return errors.FileTruncated(f"{self._name}: the file is damaged or cut short ({type(error).__name__}); upload the original again")

    def _hostile(self, what: str) -> errors.FileHostile:
        return errors.FileHostile(f"{self._name}: {what}; photograph the paper or save it as a PDF instead")
