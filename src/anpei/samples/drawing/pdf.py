"""The same sheets as a PDF with a text layer, as hospitals and platforms send them by e-mail; set with typst."""

import json
import tempfile
from collections.abc import Sequence
from pathlib import Path

import typst
from noto_cjk_sans_otc import FONT_PATH

from anpei.kernel import errors
from anpei.samples.drawing.sheet import DOTS_PER_MM, Mark, Sheet

FAMILY = "Noto Sans CJK SC"
BASELINE = 0.94  # em from the top that Sheet gives to text down to its base line
FIXED_TIME = 1_775_000_000  # one creation time, so that the same seed gives the same bytes


class PdfNotMade(errors.Unavailable):
    """The typesetter gave no document."""

    code = "samples.pdf_not_made"


def _colour(mark: Mark) -> str:
    return "rgb({}, {}, {})".format(*mark.pen.colour)


def _command(mark: Mark, name: str) -> str:
    """One placed element in typst's language."""
    if mark.kind == "text":
        weight = ", weight: 700" if mark.pen.bold else ""
        tracking = f", tracking: {mark.pen.spacing / DOTS_PER_MM:.3f}mm" if mark.pen.spacing else ""
        text = json.dumps(mark.text, ensure_ascii=False)
        body = f"text(size: {mark.pen.size}mm, fill: {_colour(mark)}{weight}{tracking}, {text})"
    elif mark.kind == "line":
        stroke = f"{mark.pen.bold / DOTS_PER_MM:.3f}mm + {_colour(mark)}"
        body = f"line(start: (0mm, 0mm), end: ({mark.x1 - mark.x:.3f}mm, {mark.y1 - mark.y:.3f}mm), stroke: {stroke})"
    elif mark.kind == "box":
        stroke = f"{mark.pen.bold / DOTS_PER_MM:.3f}mm + {_colour(mark)}"
        body = f"rect(width: {mark.x1 - mark.x:.3f}mm, height: {mark.y1 - mark.y:.3f}mm, stroke: {stroke})"
    else:
        width = mark.picture.width / DOTS_PER_MM if mark.picture else 1
        body = f'image("{name}", width: {width:.3f}mm)'
    top = mark.y - mark.pen.size * 0.22 if mark.kind == "text" else mark.y
    return f"#place(top + left, dx: {mark.x:.3f}mm, dy: {top:.3f}mm, {body})"


def _picture(mark: Mark, path: Path) -> None:
    """Write the picture of a mark; the white ground of a seal becomes transparent."""
    if mark.picture is None:
        return
    picture = mark.picture.convert("RGBA")
    if mark.text == "multiply":
        darkest = mark.picture.convert("RGB").split()[1]
        picture.putalpha(darkest.point(lambda value: 255 - int(value)))
    picture.save(path)


def pdf(sheets: Sequence[Sheet]) -> bytes:
    """All sheets in one PDF, a page each. Raises PdfNotMade."""
    with tempfile.TemporaryDirectory() as folder:
        lines = [f'#set text(font: "{FAMILY}", top-edge: {BASELINE + 0.22}em, bottom-edge: "baseline")']
        for number, sheet in enumerate(sheets):
            if number:
                lines.append("#pagebreak()")
            lines.append(f"#set page(width: {sheet.width}mm, height: {sheet.height}mm, margin: 0mm)")
            for index, mark in enumerate(sheet.marks):
                name = f"{number}-{index}.png"
                _picture(mark, Path(folder) / name)
                lines.append(_command(mark, name))
        source = Path(folder) / "page.typ"
        source.write_text("\n".join(lines), encoding="utf-8")
        data = typst.compile(
            str(source),
            root=folder,
            font_paths=[str(Path(str(FONT_PATH)).parent)],
            ignore_system_fonts=True,
            format="pdf",
            timestamp=FIXED_TIME,
        )
    if not isinstance(data, bytes):
        raise PdfNotMade("the sample document could not be set as PDF: see the typst version in requirements.lock")
    return data
