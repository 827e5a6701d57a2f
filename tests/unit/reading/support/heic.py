"""A HEIC writer: HEVC blocks of plain samples (PCM, no compression), wrapped in the boxes that telephones write.

Source: ITU-T H.265 (7.3, 9.3), ISO/IEC 23008-12. Grey pictures; sides are padded to multiples of 32 with white.
"""

import struct
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

BLOCK = 32
# Row 3 of rangeTabLps (table 9-52) for the states 0..62 that a run of likely symbols passes.
_LEAST = (
    240, 227, 216, 205, 195, 185, 175, 166, 158, 150, 142, 135, 128, 122, 116, 110, 104, 99, 94, 89, 85, 80, 76, 72, 69, 65, 62, 59, 56, 53,
    50, 48, 45, 43, 41, 39, 37, 35, 33, 31, 30, 28, 27, 25, 24, 23, 22, 21, 20, 19, 18, 17, 16, 15, 14, 14, 13, 12, 12, 11, 11, 10, 9,
)  # fmt: skip


class _Bits:
    """A string of bits with the codes of clause 9.2."""

    def __init__(self) -> None:
        self._bits: list[str] = []

    def u(self, value: int, size: int) -> "_Bits":
        self._bits.append(format(value, f"0{size}b") if size else "")
        return self

    def code(self, *values: int) -> "_Bits":
        for value in values:
            digits = format(value + 1, "b")
            self._bits.append("0" * (len(digits) - 1) + digits)
        return self

    def bytes(self, *, stop: bool = True) -> bytes:
        text = "".join(self._bits) + ("1" if stop else "")
        text += "0" * (-len(text) % 8)
        return int(text, 2).to_bytes(len(text) // 8, "big")


def _nal(kind: int, payload: bytes) -> bytes:
    out = bytearray()
    zeros = 0
    for byte in payload:
        if zeros >= 2 and byte <= 3:
            out.append(3)
            zeros = 0
        out.append(byte)
        zeros = zeros + 1 if byte == 0 else 0
    return bytes([kind << 1, 1]) + bytes(out)


_PROFILE = bytes([0x03]) + bytes.fromhex("70000000") + bytes.fromhex("900000000000") + bytes([120])
"""general_profile_space .. general_level_idc: Main Still Picture, level 4."""


def _parameter_sets(width: int, height: int) -> tuple[bytes, bytes, bytes]:
    profile = int.from_bytes(_PROFILE, "big")
    vps = _Bits().u(0, 4).u(3, 2).u(0, 6).u(0, 3).u(1, 1).u(0xFFFF, 16).u(profile, 96).u(1, 1).code(0, 0, 0).u(0, 6).code(0).u(0, 2)
    sps = _Bits().u(0, 4).u(0, 3).u(1, 1).u(profile, 96).code(0, 1, width, height).u(0, 1).code(0, 0, 4).u(1, 1).code(0, 0, 0)
    sps.code(2, 0, 0, 0, 0, 0).u(0, 1).u(0, 1).u(0, 1)  # blocks of 32 only, transforms 4..., no lists, no AMP, no SAO
    sps.u(1, 1).u(7, 4).u(7, 4).code(2, 0).u(1, 1)  # PCM on, 8 bits, 32 only, no loop filter
    sps.code(0).u(0, 1).u(0, 1).u(0, 1).u(0, 1).u(0, 1)
    pps = _Bits().code(0, 0).u(0, 1).u(0, 1).u(0, 3).u(0, 1).u(0, 1).code(0, 0).code(0).u(0, 1).u(0, 1).u(0, 1).code(0, 0)
    pps.u(0, 1).u(0, 1).u(0, 1).u(0, 1).u(0, 1).u(0, 1).u(0, 1).u(1, 1).u(0, 1).u(1, 1).u(0, 1).u(0, 1).code(0).u(0, 1).u(0, 1)
    return _nal(32, vps.bytes()), _nal(33, sps.bytes()), _nal(34, pps.bytes())


def _slice(grey: npt.NDArray[np.uint8]) -> bytes:
    """One I slice: every block is two bytes of arithmetic code (part_mode 2Nx2N, pcm_flag) and its samples."""
    head = _Bits().u(1, 1).u(0, 1).code(0).code(2).code(0)
    body = bytearray(head.bytes())
    state, chroma = 0, bytes([128]) * (BLOCK * BLOCK // 2)
    for row in range(0, grey.shape[0], BLOCK):
        for column in range(0, grey.shape[1], BLOCK):
            start = 510 if row == column == 0 else 508
            span = start - _LEAST[min(state, 62)]
            code = (span - 2) | 1
            body += (code << 7).to_bytes(2, "big") + grey[row : row + BLOCK, column : column + BLOCK].tobytes() + chroma
            state += 1
    body += (509 << 7).to_bytes(2, "big")
    return _nal(19, bytes(body))


def box(kind: bytes, *parts: bytes) -> bytes:
    """An ISO base media box."""
    payload = b"".join(parts)
    return struct.pack(">I", 8 + len(payload)) + kind + payload


def full_box(kind: bytes, *parts: bytes, version: int = 0, flags: int = 0) -> bytes:
    """A box with version and flags."""
    return box(kind, struct.pack(">I", version << 24 | flags), *parts)


def heic(*pictures: npt.NDArray[np.uint8], turn: int = 0, said_size: tuple[int, int] | None = None) -> bytes:
    """Grey pictures as a HEIC file; ``turn`` quarter turns to the left (irot); ``said_size`` lies in the ispe boxes."""
    properties: list[bytes] = []
    entries, links, data = b"", b"", []
    for index, picture in enumerate(pictures):
        high, wide = picture.shape
        grey = np.pad(picture, ((0, -high % BLOCK), (0, -wide % BLOCK)), constant_values=255)
        coded = _slice(grey)
        data.append(struct.pack(">I", len(coded)) + coded)
        own = (
            _hvcc(_parameter_sets(grey.shape[1], grey.shape[0])),
            full_box(b"ispe", struct.pack(">II", *(said_size or (grey.shape[1], grey.shape[0])))),
            box(b"irot", bytes([turn])),
            box(b"colr", b"nclx", struct.pack(">HHHB", 1, 13, 6, 0x80)),
        )
        properties += [each for each in own if each not in properties]
        entries += full_box(b"infe", struct.pack(">HH", index + 1, 0) + b"hvc1\0", version=2)
        places = [properties.index(each) + 1 | essential for each, essential in zip(own, (0x80, 0, 0x80, 0), strict=True)]
        links += struct.pack(">HB", index + 1, 4) + bytes(places)
    return _wrapped(b"".join(properties), entries, links, data, len(pictures))


def _hvcc(sets: Sequence[bytes]) -> bytes:
    arrays = b"".join(bytes([0x80 | kind]) + struct.pack(">HH", 1, len(nal)) + nal for kind, nal in zip((32, 33, 34), sets, strict=True))
    head = b"\x01" + _PROFILE + bytes.fromhex("f000") + b"\xfc" + b"\xfd" + b"\xf8" + b"\xf8" + b"\0\0" + b"\x0f"
    return box(b"hvcC", head + bytes([3]) + arrays)


def _wrapped(properties: bytes, entries: bytes, links: bytes, data: Sequence[bytes], count: int) -> bytes:
    def meta(start: int) -> bytes:
        offsets, at = b"", start
        for index, piece in enumerate(data):
            offsets += struct.pack(">HHHII", index + 1, 0, 1, at, len(piece))
            at += len(piece)
        return full_box(
            b"meta",
            full_box(b"hdlr", b"\0\0\0\0pict" + b"\0" * 13),
            full_box(b"pitm", struct.pack(">H", 1)),
            full_box(b"iloc", b"\x44\0" + struct.pack(">H", count) + offsets),
            full_box(b"iinf", struct.pack(">H", count) + entries),
            box(b"iprp", box(b"ipco", properties), full_box(b"ipma", struct.pack(">I", count) + links)),
        )

    head = box(b"ftyp", b"heic\0\0\0\0mif1heic")
    start = len(head) + len(meta(0)) + 8
    return head + meta(start) + box(b"mdat", *data)
