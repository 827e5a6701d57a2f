"""Whether values fit what a template asks for: the parameters of rows, the attributes of facts."""

from collections.abc import Mapping
from datetime import date

from anpei.rules.model import Value
from anpei.rules.templates.template import Template

_CLASSES: Mapping[str, type] = {"int": int, "quantity": int, "text": str, "bool": bool, "date": date, "texts": tuple}


def has_kind(value: Value, kind: str) -> bool:
    """Whether a value is of a kind; true and false are no numbers."""
    if isinstance(value, bool):
        return kind == "bool"
    return isinstance(value, _CLASSES[kind])


def parameter_problem(template: Template, parameters: Mapping[str, Value]) -> str | None:
    """What is wrong with a row's parameters, or None."""
    known = {parameter.name: parameter for parameter in template.file.parameters}
    for name in parameters:
        if name not in known:
            return f"{template.id} has no parameter {name}: it has {', '.join(known)}"
    for name, parameter in known.items():
        value = parameters.get(name)
        if value is None:
            if not parameter.optional:
                return f"{template.id} needs the parameter {name}"
            continue
        problem = value_problem(value, kind=parameter.type, allowed=parameter.values)
        if problem is None and parameter.at_least is not None and isinstance(value, int) and value < parameter.at_least:
            problem = f"must be at least {parameter.at_least}"
        if problem is not None:
            return f"{name} {problem}"
    needed = template.file.needs_any
    if needed and all(parameters.get(name) is None for name in needed):
        return f"{template.id} needs one of {', '.join(needed)}"
    return None


def value_problem(value: Value, *, kind: str, allowed: list[str] | None) -> str | None:
    """What is wrong with one value, or None."""
    if not has_kind(value, kind):
        return f"must be of type {kind}"
    if allowed is not None and value not in allowed:
        return f"must be one of {', '.join(allowed)}"
    if isinstance(value, tuple) and (not value or not all(isinstance(part, str) and part for part in value)):
        return "must be a list of texts, none of them empty"
    return None
