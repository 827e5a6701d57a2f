"""Files (文件): opaque blobs on disk, written whole or not at all. Encryption is the caller's."""

from anpei.engines.files.store import BlobMissing, FileStore

__all__ = ["BlobMissing", "FileStore"]
