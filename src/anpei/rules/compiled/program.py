"""Programs (程序): what the templates say, as arrays that kernels read beside the row columns."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from anpei.rules.columns import Array
from anpei.rules.compiled.bytecode import SUBJECT_FIELDS, NotCompiled, Op, Slots, instructions
from anpei.rules.compiled.texts import Interned
from anpei.rules.judging.judge import label_part
from anpei.rules.model import Grouping, Shape, Status
from anpei.rules.templates.template import Template

SHAPES = (Shape.SCALAR, Shape.MEMBER, Shape.GROUP_ANY, Shape.ABSENT, Shape.SHARED)
"""By number, as the kernels know them; an interval is a scalar whose predicate holds its ends."""
GROUPINGS = (Grouping.EACH, Grouping.DAY, Grouping.WINDOW, Grouping.WHOLE)
MOST_TEMPLATES = 1 << 12
FOREVER = np.iinfo(np.int32).max


def fact_names(templates: Iterable[Template]) -> tuple[str, ...]:
    """The attributes that any template reads: their order is that of the fact slots."""
    return tuple(sorted({need.name for template in templates for need in template.file.facts}))


def row_slots(template: Template) -> tuple[str, ...]:
    """The parameters that stand in the argument table; that of ``join`` stands in the row itself."""
    return tuple(parameter.name for parameter in template.file.parameters if parameter.name != template.file.join)


@dataclass
class _Code:
    """Instructions of all expressions, one after the other."""

    operations: list[int]
    arguments: list[int]

    def add(self, found: Sequence[tuple[int, int]]) -> tuple[int, int]:
        """Where the instructions begin and end."""
        start = len(self.operations)
        self.operations += [int(operation) for operation, _ in found]
        self.arguments += [argument for _, argument in found]
        return start, len(self.operations)


def program_columns(templates: Sequence[Template], interned: Interned) -> dict[str, Array]:
    """The arrays of a program for templates in the order of their ids. Raises NotCompiled that names the template."""
    if len(templates) >= MOST_TEMPLATES:
        raise NotCompiled(f"there are {len(templates)} templates; at most {MOST_TEMPLATES - 1} can be compiled")
    facts = {name: place for place, name in enumerate(fact_names(templates))}
    code = _Code([], [])
    lines = [_template_line(template, facts, interned, code) for template in templates]
    table = np.array(lines, dtype=np.int64).reshape(len(lines), len(_FIELDS))
    columns = {f"tpl_{name}": np.ascontiguousarray(table[:, place], dtype=np.int32) for place, name in enumerate(_FIELDS)}
    return {
        **columns, "code_op": np.array(code.operations, dtype=np.uint8), "code_arg": np.array(code.arguments, dtype=np.int64),
    }  # fmt: skip


_FIELDS = (
    "shape",
    "grouping",
    "shadow",
    "active",
    "from",
    "to",
    "window",
    "start",
    "end",
    "undated_start",
    "undated_end",
    "lack_start",
    "lack_end",
    "label",
)


def _template_line(template: Template, facts: Mapping[str, int], interned: Interned, code: _Code) -> list[int]:
    file = template.file
    names = row_slots(template)
    slots = Slots(
        row={name: place for place, name in enumerate(names)},
        row_types={parameter.name: parameter.type for parameter in file.parameters},
        fact=facts, text=interned.text, texts=interned.texts,
    )  # fmt: skip
    try:
        start, end = code.add(_checked(instructions(template.predicate.text, slots)))
        undated = (0, 0) if template.undated is None else code.add(_checked(instructions(template.undated.text, slots)))
        lack = (0, 0) if template.lack is None else code.add(_checked(instructions(template.lack.text, slots)))
        shape = SHAPES.index(Shape.SCALAR if file.shape is Shape.INTERVAL else file.shape)
    except (NotCompiled, KeyError, ValueError) as error:
        raise NotCompiled(f"the template {template.id} cannot be compiled: {error}") from error
    return [
        shape, GROUPINGS.index(file.subject), int(template.status is Status.SHADOW), int(template.status in (Status.LIVE, Status.SHADOW)),
        file.effective_from.toordinal(), FOREVER if file.effective_to is None else file.effective_to.toordinal(),
        names.index(file.window) if file.window in names else -1, start, end, *undated, *lack,
        int(file.shape is Shape.GROUP_ANY and label_part(template) == "name"),
    ]  # fmt: skip


def _checked(found: Sequence[tuple[int, int]]) -> Sequence[tuple[int, int]]:
    """Raises NotCompiled where a predicate reads the text of a key, which stands in another table."""
    if any(operation in (Op.SUBJECT, Op.OTHER) and argument == SUBJECT_FIELDS.index("key") for operation, argument in found):
        raise NotCompiled("a predicate reads the key of a subject: compare codes by rows of their own instead")
    return found


def template_data(templates: Sequence[Template]) -> list[dict[str, Any]]:
    """The sealed forms, in the order of the program."""
    return [dict(template.data) for template in templates]
