"""What reaches a kernel as tables of addresses: the columns of a snapshot, the cases, scratch, and room for the answer."""

from typing import NamedTuple

import numpy as np

from anpei.rules.columns import Array
from anpei.rules.compiled.addressing import I4, I8, U1, U2, U4, U8, Kinds, addresses
from anpei.rules.compiled.bytecode import SUBJECT_FIELDS
from anpei.rules.compiled.encode import Cases
from anpei.rules.compiled.records import RECORD

UNIT = 2 * len(SUBJECT_FIELDS)
PENDING = 3
"""Numbers that are kept of a postponed row."""
PRESENT = 64
"""Numbers of 64 bits in which the keys of a case leave a mark."""


class Base(NamedTuple):
    """The columns of a compiled snapshot as the kernel reads them; ``tpl_functions`` are addresses of this process (``predicates``)."""

    key_rows: Array
    row_template: Array
    row_join: Array
    row_args: Array
    row_from: Array
    row_to: Array
    row_id_high: Array
    row_id_low: Array
    arg_value: Array
    arg_known: Array
    text_at: Array
    text_bytes: Array
    text_head: Array
    text_mask: Array
    list_at: Array
    list_text: Array
    tpl_shape: Array
    tpl_grouping: Array
    tpl_shadow: Array
    tpl_active: Array
    tpl_from: Array
    tpl_to: Array
    tpl_window: Array
    tpl_label: Array
    tpl_functions: Array


class Work(NamedTuple):
    """Scratch of one run: the case's (key, subject) pairs sorted by key, where the groups of one key begin, and small arrays.

    ``pending`` holds (template and status, argument, row) of rows whose subjects are judged together with those of other rows; ``unit``
    what predicates see: for the unit, another subject, and several others, the values of SUBJECT_FIELDS, then for each whether it is
    known; ``present`` a bit for each key of the case by its last twelve bits; ``years`` an age in days, a day, and the age in years on it.
    """

    pair_key: Array
    pair_subject: Array
    group_at: Array
    members: Array
    met: Array
    named: Array
    marks: Array
    rows: Array
    pending: Array
    unit: Array
    days: Array
    present: Array
    years: Array


class Room(NamedTuple):
    """Where one run writes: records, rows, members, the counts needed (records, rows, members, pending), considered rows and troubled
    cases."""

    records: Array
    rows: Array
    members: Array
    needed: Array
    considered: Array
    troubled: Array


BASE_TYPES: Kinds = (U4, U2, U4, U4, U2, U2, U8, U8, I8, U1, U8, U1, U8, U8, U4, U4, *([I4] * 8), I8)
CASES_TYPES: Kinds = (*([I8] * 13), U1, I8, U8, U1, I8)
WORK_TYPES: Kinds = (I8,) * 13
ROOM_TYPES: Kinds = (I8, I8, I8, I8, I8, U1)


def table_of(cases: Cases) -> Array:
    """The table of cases."""
    return cases.table if len(cases.table) else addresses(cases[:CASES_FIELDS], CASES_TYPES)


BASE_FIELDS, CASES_FIELDS = len(Base._fields), len(Cases._fields) - 1

# --- the place of each array in its table -----------------------------------------------------------------------------

(
    KEY_ROWS,
    ROW_TEMPLATE,
    ROW_JOIN,
    ROW_ARGS,
    ROW_FROM,
    ROW_TO,
    ROW_ID_HIGH,
    ROW_ID_LOW,
    ARG_VALUE,
    ARG_KNOWN,
    TEXT_AT,
    TEXT_BYTES,
    TEXT_HEAD,
    TEXT_MASK,
    LIST_AT,
    LIST_TEXT,
    TPL_SHAPE,
    TPL_GROUPING,
    TPL_SHADOW,
    TPL_ACTIVE,
    TPL_FROM,
    TPL_TO,
    TPL_WINDOW,
    TPL_LABEL,
    TPL_FUNCTIONS,
) = range(BASE_FIELDS)  # fmt: skip
(
    C_SUBJECT_AT,
    C_KEY_AT,
    C_KEY,
    C_FIRST_KEY,
    C_DAY,
    C_QUANTITY,
    C_AMOUNT,
    C_NAME,
    C_LABEL_AT,
    C_LABEL,
    C_WORDING_AT,
    C_WORDING,
    C_ATTRIBUTE,
    C_KNOWN,
    C_ON,
    C_TEXT_AT,
    C_TEXT_BYTES,
    C_FACTS,
) = range(CASES_FIELDS)  # fmt: skip
(
    W_PAIR_KEY,
    W_PAIR_SUBJECT,
    W_GROUP_AT,
    W_MEMBERS,
    W_MET,
    W_NAMED,
    W_MARKS,
    W_ROWS,
    W_PENDING,
    W_UNIT,
    W_DAYS,
    W_PRESENT,
    W_YEARS,
) = range(13)  # fmt: skip
(
    R_RECORDS,
    R_ROWS,
    R_MEMBERS,
    R_NEEDED,
    R_CONSIDERED,
    R_TROUBLED,
) = range(6)  # fmt: skip


# --- memory of a run -------------------------------------------------------------------------------------------------


class Sizes(NamedTuple):
    """What scratch must hold: subjects and (key, subject) pairs of a case, rows judged together, rows postponed."""

    subjects: int
    pairs: int
    rows: int
    pending: int


def sizes_for(cases: Cases, *, most_rows: int, pending: int) -> Sizes:
    """The sizes that are enough for every case; ``most_rows``: the most rows that one key has; ``pending``: rows postponed."""
    if len(cases.on) == 1:
        subjects, pairs = len(cases.day), len(cases.key)
        keys = pairs
    else:
        subjects = int(np.diff(cases.subject_at).max(initial=0))
        pairs = int(np.diff(cases.key_at[cases.subject_at]).max(initial=0))
        keys = int(np.diff(cases.key_at).max(initial=0))
    return Sizes(subjects, pairs, max(most_rows * max(keys, 1), pending), pending)


def work_for(sizes: Sizes) -> Work:
    """Scratch of these sizes."""
    subjects, pairs, pending = sizes.subjects + 2, sizes.pairs + 2, sizes.pending
    lengths = (
        pairs,
        pairs,
        pairs,
        subjects,
        max(subjects, pending + 1),
        subjects,
        subjects,
        sizes.rows + 1,
        (pending + 1) * PENDING,
        3 * UNIT,
        subjects,
        PRESENT,
        3,
    )
    return Work(*(np.zeros(length, np.int64) for length in lengths))


def room_for(cases: int, records: int, rows: int, members: int) -> Room:
    """Empty buffers of the given sizes."""
    found, row_places, member_places, needed, considered = (
        np.zeros(size, np.int64) for size in (records * RECORD, rows, members, 4, cases)
    )
    return Room(found, row_places, member_places, needed, considered, np.zeros(cases, np.uint8))
