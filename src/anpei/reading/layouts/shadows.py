"""Layouts on trial: what a shadow layout would have read differently on a page; the reading itself stays as it is."""

from collections.abc import Callable, Sequence

from anpei.reading._sense.fields import Look
from anpei.reading._sense.interpret import Meaning, Told, interpret
from anpei.reading._sense.kinds import tell_shadow
from anpei.reading._sense.lines import make_lines
from anpei.reading._sense.schema import Knowledge
from anpei.reading._sight.boxes import TextBox, corrected
from anpei.reading.model import Row, ShadowReading


def shadow_of(
    boxes: Sequence[TextBox],
    knowledge: Knowledge,
    meaning: Meaning,
    *,
    source: str,
    place: Callable[[TextBox], TextBox],
    look: Look | None = None,
) -> tuple[ShadowReading, ...]:
    """What the shadow layout whose keys the page carries reads differently; empty when there is none for this page."""
    if meaning.kind is None or not knowledge.shadow_index.has(meaning.kind.id):
        return ()
    lines = tuple(make_lines([corrected(box, knowledge.misread) for box in boxes]))
    layout = tell_shadow(meaning.kind.id, lines, knowledge)
    if layout is None:
        return ()
    other = interpret(boxes, knowledge, source=source, place=place, look=look, told=Told(meaning.kind.id, layout))
    was = {name: reading.value for name, reading in meaning.fields.items()}
    now = {name: reading.value for name, reading in other.fields.items()}
    names = [name for name in dict.fromkeys((*was, *now)) if was.get(name) != now.get(name)]
    differs = _values(meaning.rows) != _values(other.rows)
    return (ShadowReading(layout.id, {name: (was.get(name), now.get(name)) for name in names}, differs),)


def _values(rows: Sequence[Row]) -> list[dict[str, str]]:
    return [{name: cell.value for name, cell in row.items()} for row in rows]
