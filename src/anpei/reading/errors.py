"""What can be wrong with a file before it is read. Every message says what to do; ``data["advice"]`` says it in Chinese."""

from typing import Any

from anpei.kernel.errors import AnpeiError, InvalidInput, Unavailable


class _FileError(InvalidInput):
    """A file cannot be read; ``advice`` is what the sender should do, in Chinese."""

    advice = "请重新上传文件。"

    def __init__(self, message: str, *, advice: str | None = None, **data: Any) -> None:
        super().__init__(message, data={"advice": advice or self.advice, **data})


class FileEmpty(_FileError):
    """The file has no bytes."""

    code = "reading.file_empty"
    advice = "文件是空的，请重新选择文件上传。"


class FileTooLarge(_FileError):
    """The file has more bytes than are accepted."""

    code = "reading.file_too_large"
    advice = "文件过大，请压缩后或分成几个文件上传（每个不超过30 MB）。"


class FileTruncated(_FileError):
    """The file ends too early or is damaged."""

    code = "reading.file_truncated"
    advice = "文件不完整或已损坏，请重新上传原文件。"


class FormatNotSupported(_FileError):
    """The content is none of the accepted formats."""

    code = "reading.format_not_supported"
    advice = "不支持这种文件格式，请上传 JPG、PNG、HEIC、WebP、TIFF 图片，或 PDF、OFD、电子发票 XML 文件。"


class PasswordProtected(_FileError):
    """The file needs a password."""

    code = "reading.password_protected"
    advice = "文件设有密码，请去除密码后上传，或拍照上传。"


class TooManyPixels(_FileError):
    """The picture's header announces more pixels than are accepted; it was not decoded."""

    code = "reading.too_many_pixels"
    advice = "图片尺寸过大，请降低分辨率（不超过6000万像素）后上传。"


class TooManyPages(_FileError):
    """The file has more pages than are accepted."""

    code = "reading.too_many_pages"
    advice = "页数过多，请拆分后上传（每个文件不超过50页）。"


class FileHostile(_FileError):
    """The file is built to harm its reader (for example a stream that unpacks to gigabytes); it was not read."""

    code = "reading.file_hostile"
    advice = "文件内容异常，无法安全读取，请拍照或另存后上传。"


class ReadingNotStarted(Unavailable):
    """No process could be started that reads (no memory, no space, a damaged installation); the page has no part in it."""

    code = "reading.not_started"


class PageFailed(AnpeiError):
    """Reading fails at this page, whatever the surroundings are; after a few tries it is given up."""

    code = "reading.page_failed"


class ReadingTimedOut(PageFailed):
    """Reading one page took longer than allowed and was stopped."""

    code = "reading.timed_out"

    def __init__(self, message: str, **data: Any) -> None:
        super().__init__(message, data={"advice": "这一页读取超时，请重新拍照或另存为图片后上传。", **data})


class ReadingCrashed(PageFailed):
    """The process that read the page died (a damaged or hostile file); another one took its place."""

    code = "reading.crashed"

    def __init__(self, message: str, **data: Any) -> None:
        super().__init__(message, data={"advice": "这一页无法读取，请重新拍照或另存为图片后上传。", **data})
