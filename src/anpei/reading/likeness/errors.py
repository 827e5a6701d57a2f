"""What can be wrong with the store of past pages. Every message names the file and says what to do."""

from pathlib import Path

from anpei.kernel.errors import AnpeiError, Conflict, InvalidInput


class HashUnfit(InvalidInput):
    """A picture hash is not 64 hex digits, or a distance is not one that can be asked for."""

    code = "likeness.hash_unfit"


class IndexInUse(Conflict):
    """Another process writes to the same folder; open it for reading, or end the other writer."""

    code = "likeness.index_in_use"


class IndexDamaged(AnpeiError):
    """The list of segments itself cannot be read, so nothing can be known of the rest."""

    code = "likeness.index_damaged"


class SegmentDamaged(AnpeiError):
    """One file of the index is missing or not what was written; the rest works without it. ``data`` holds the file's name."""

    code = "likeness.segment_damaged"


def damaged(path: Path, what: str) -> SegmentDamaged:
    """The error for one file."""
    message = (
        f"{path.name} of the likeness index {path.parent.name} {what}: its pages are not found until it is restored from a backup or "
        "the pages are added again"
    )
    return SegmentDamaged(message, data={"index": path.parent.name, "file": path.name})
