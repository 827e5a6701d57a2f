"""Find, read and check knowledge files: a schema (pydantic model) beside YAML whose nodes remember their lines."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from anpei.kernel.errors import AnpeiError

M = TypeVar("M", bound=BaseModel)
Path_ = tuple[str | int, ...]
SUFFIXES = (".yaml", ".yml")
MAX_BYTES = 4_000_000


class KnowledgeError(AnpeiError):
    """A knowledge file is wrong; ``data`` holds file, line and field, and all ``problems`` of its meaning."""

    code = "knowledge.invalid"


_Base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Loader(_Base):  # type: ignore[misc]  # the C parser where libyaml is there, else the same in Python
    """A safe loader that refuses a key that stands twice."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[Any] = set()
        for key_node, _ in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                raise yaml.MarkedYAMLError(problem="a key is a plain word", problem_mark=key_node.start_mark)
            if key_node.value == "<<":
                continue
            if key_node.value in seen:
                raise yaml.MarkedYAMLError(problem=f"the key {key_node.value!r} stands here twice", problem_mark=key_node.start_mark)
            seen.add(key_node.value)
        pairs: dict[Any, Any] = super().construct_mapping(node, deep)
        return pairs


def _day(loader: Any, node: yaml.ScalarNode) -> Any:
    try:
        return loader.construct_yaml_timestamp(node)
    except ValueError as error:
        raise yaml.MarkedYAMLError(problem=f"{node.value} is no day of the calendar", problem_mark=node.start_mark) from error


_Loader.add_constructor("tag:yaml.org,2002:timestamp", _day)


@dataclass(frozen=True)
class Rulebook:
    """The rulebook's folders, later ones winning file by file: a file of the same relative path replaces the shipped one."""

    folders: tuple[Path, ...]

    def files(self, folder: str) -> list[Path]:
        """The YAML files of a folder (recursive), sorted by relative path, overlay applied."""
        found: dict[str, Path] = {}
        for root in self.folders:
            base = root / folder
            if base.is_dir():
                for path in sorted(base.rglob("*")):
                    if path.suffix in SUFFIXES and path.is_file():
                        found[str(path.relative_to(root))] = path
        return [found[name] for name in sorted(found)]

    def file(self, name: str) -> Path:
        """One file by its relative path. Raises KnowledgeError when no folder has it."""
        for root in reversed(self.folders):
            if (root / name).is_file():
                return root / name
        raise KnowledgeError(f"the rulebook has no file {name}: add it to one of {', '.join(str(f) for f in self.folders)}")

    def load(self, name: str, schema: type[M]) -> M:
        """Read and check one file."""
        return load(self.file(name), schema)

    def load_all(self, folder: str, schema: type[M]) -> list[tuple[Path, M]]:
        """Read and check every file of a folder."""
        return [(path, load(path, schema)) for path in self.files(folder)]


def shipped_rulebook(overlay: Path | None = None) -> Rulebook:
    """The rulebook that comes with the package, under the adopter's own folder if there is one."""
    shipped = Path(__file__).parents[2] / "rulebook"
    return Rulebook((shipped,) if overlay is None else (shipped, overlay))


def load(path: Path, schema: type[M]) -> M:
    """Read one YAML file and check it. Raises KnowledgeError with file, line, field and what would be right."""
    if path.stat().st_size > MAX_BYTES:
        raise KnowledgeError(f"{path.name} has {path.stat().st_size} bytes; a knowledge file has at most {MAX_BYTES}: split it")
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        line = path.read_bytes()[: error.start].count(b"\n") + 1
        raise _error(str(path), line, "", "this is not UTF-8: save the file as UTF-8") from error
    return parse_text(text, schema, name=str(path))


def parse_text(text: str, schema: type[M], *, name: str) -> M:
    """Check YAML text against a schema; ``name`` is used in messages. Raises KnowledgeError."""
    loader = None
    try:
        loader = _Loader(text)
        node = loader.get_single_node()
        data = None if node is None else loader.construct_document(node)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise _error(name, line, "", str(error.problem)) from error
    except (yaml.YAMLError, ValueError) as error:
        raise _error(name, 1, "", str(error)) from error
    finally:
        if loader is not None:
            loader.dispose()
    try:
        return schema.model_validate(data)
    except ValidationError as error:
        found = [
            (_line(node, tuple(one["loc"])), ".".join(map(str, one["loc"])), str(one["msg"]).removeprefix("Value error, "))
            for one in error.errors()
        ]
        wrong = _error(name, *found[0], len(found) - 1)
        wrong.data["problems"] = [{"line": line, "field": field, "message": message} for line, field, message in found]
        raise wrong from error


def _error(name: str, line: int, field: str, message: str, more: int = 0) -> KnowledgeError:
    place = f"{name}, line {line}" + (f", {field}" if field else "")
    tail = f" (and {more} more)" if more else ""
    return KnowledgeError(f"{place}: {message}{tail}", data={"file": name, "line": line, "field": field})


def _line(node: yaml.Node | None, where: Path_) -> int:
    """The line of the deepest node on the way that exists."""
    line = 1 if node is None else node.start_mark.line + 1
    for part in where:
        if isinstance(node, yaml.MappingNode):
            pair = next(((k, v) for k, v in node.value if k.value == str(part)), None)
            if pair is None:
                continue
            line, node = pair[0].start_mark.line + 1, pair[1]
        elif isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
            node = node.value[part]
            line = node.start_mark.line + 1
    return line
