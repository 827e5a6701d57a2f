"""Files, pages and read values of a claim, and what is missing."""

from anpei.entrypoints.api.answers.base import Answer, Coded


class Problem(Answer):
    """What is wrong with a file or page, and what to do about it."""

    code: str
    advice: str


class ReadField(Answer):
    """A value read from a page, with its place (x0, y0, x1, y1 in pixels of the page) and confidence in basis points."""

    key: str
    name: str
    label: str
    value: str
    masked: bool
    confidence_bp: int
    box: tuple[int, int, int, int] | None


class Hint(Answer):
    """Something on a page that a handler should look at, with its place; never a verdict."""

    key: str
    code: str
    text: str
    strength_bp: int
    box: tuple[int, int, int, int] | None


class ReadPage(Answer):
    """A read page. ``repeats``: an earlier page that shows the same paper. ``image``: where its picture is. ``hints``: handlers only."""

    id: str
    number: int
    kind: Coded
    kind_confidence_bp: int
    usable: bool
    reasons: list[Problem]
    fields: list[ReadField]
    columns: list[Coded]
    rows: list[list[ReadField | None]]
    width: int
    height: int
    repeats: str | None
    hints: list[Hint]
    image: str


class UploadedFile(Answer):
    """An uploaded file; its pages appear as soon as they are read. ``replaced``: another picture took its place; it counts no more."""

    id: str
    number: int
    suffix: str
    bytes: int
    state: Coded
    problem: Problem | None
    replaced: bool
    pages: list[ReadPage]


class Wanted(Answer):
    """A missing or unusable paper, why it is needed and what to do."""

    kinds: list[str]
    title: str
    why: str
    problem: Coded
    advice: str


class Papers(Answer):
    """All papers of a claim. ``unread``: files that still wait; ``wanting``: what is missing, the whole list at once."""

    unread: int
    files: list[UploadedFile]
    wanting: list[Wanted]


class FirstLook(Answer):
    """An early word on a picture, before it is read: usable (perhaps with advice), or why not and what to do. It decides nothing."""

    usable: bool
    reasons: list[Problem]


class Taken(Answer):
    """An upload that was taken; ``new`` is false for a file that was here already. ``quality``: null when there was no word within a
    second; the file is kept and read whatever it says.
    """

    id: str
    new: bool
    quality: FirstLook | None


class Uploaded(Answer):
    """What became of the files of one request."""

    uploads: list[Taken]
