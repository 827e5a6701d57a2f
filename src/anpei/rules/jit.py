"""Machine code of functions (numba), kept on disk between runs in a folder that belongs to exactly these sources.

numba's own cache looks at the file of each function alone, not at those whose code it took in: after a change elsewhere it would run old
code over new columns. So the folder is named by the digest of all sources that are compiled, and of numba's version.
"""

import hashlib
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar, cast

import numba

_Function = TypeVar("_Function", bound=Callable[..., Any])
_ROOMS = ("compiled", "catalogue")


def _sources() -> str:
    digest = hashlib.sha256(numba.__version__.encode())
    for room in _ROOMS:
        for path in sorted((Path(__file__).parent / room).glob("*.py")):
            digest.update(path.name.encode() + b"\x00" + path.read_bytes() + b"\x00")
    return digest.hexdigest()[:20]


def _folder() -> Path:
    """``NUMBA_CACHE_DIR`` if it is set, else the user's cache folder, else the temporary one."""
    given = os.environ.get("NUMBA_CACHE_DIR")
    if given:
        return Path(given)
    cache = os.environ.get("XDG_CACHE_HOME")
    try:
        return (Path(cache) if cache else Path.home() / ".cache") / "anpei" / "machine-code"
    except RuntimeError:
        return Path(tempfile.gettempdir()) / f"anpei-machine-code-{os.getuid()}"


def _prepare() -> None:
    folder = _folder() / _sources()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return
    cast(Any, numba.config).CACHE_DIR = str(folder)


_prepare()


def compiled(function: _Function) -> _Function:
    """A function compiled when it is first called, and kept on disk where there is a place to keep it."""
    return _made(function)


def door(kind: str) -> Callable[[_Function], _Function]:
    """As ``compiled``, for one kind of arguments (numba's signature), compiled at once."""
    return lambda function: _made(function, kind)


def callback(kind: str) -> Callable[[Any], Any]:
    """A function that other machine code calls by its ``address``, for one kind of arguments."""
    return lambda function: _made_callback(function, kind)


def _made_callback(function: Any, kind: str) -> Any:
    try:
        return numba.cfunc(kind, cache=True)(function)
    except RuntimeError:
        return numba.cfunc(kind)(function)


def _made(function: _Function, *kind: str) -> _Function:
    njit: Any = numba.njit
    try:
        return cast(_Function, njit(*kind, cache=True, nogil=True)(function))
    except RuntimeError:  # no folder can be written: each process compiles for itself
        return cast(_Function, njit(*kind, nogil=True)(function))
