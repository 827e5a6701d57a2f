"""What a reading process answers to a call, as ``ReadingPool`` and ``_worker`` both know it."""

from enum import Enum


class Outcome(Enum):
    """What became of a call: done, refused with a reason, or a fault after which the process is not to be trusted with another."""

    READ = "read"
    REFUSED = "refused"
    FAULT = "fault"
