"""What is said when a stored snapshot is not what its manifest says."""

from pathlib import Path

from anpei.kernel.errors import AnpeiError


class SnapshotDamaged(AnpeiError):
    """A snapshot is not what its manifest says; ``data`` holds the folder and the file."""

    code = "rules.snapshot_damaged"


def damaged(folder: Path, file: str, what: str) -> SnapshotDamaged:
    """The error for one file of a snapshot."""
    message = f"the snapshot {folder.name} cannot be used: {file} {what}; restore the folder from a backup or compile it again"
    return SnapshotDamaged(message, data={"snapshot": folder.name, "file": file})
