"""Knowledge files: the overlay wins, and an error names file, line, field and what would be right."""

from datetime import date
from pathlib import Path
from typing import Literal

import pytest
from pydantic import BaseModel, ConfigDict, field_validator

from anpei.engines.knowledge import KnowledgeError, Rulebook, parse_text, shipped_rulebook
from anpei.engines.knowledge.files import MAX_BYTES


class Step(BaseModel):
    model_config = ConfigDict(extra="forbid")
    name: str
    days: int = 1

    @field_validator("days")
    @classmethod
    def _positive(cls, days: int) -> int:
        if days < 1:
            raise ValueError("days are counted from 1")
        return days


class Thing(BaseModel):
    model_config = ConfigDict(extra="forbid")
    id: str
    status: Literal["draft", "live"] = "live"
    since: date = date(2026, 1, 1)
    steps: list[Step] = []
    named: dict[str, Step] = {}


def read(text: str) -> Thing:
    return parse_text(text, Thing, name="things/a.yaml")


def test_a_file_becomes_what_its_schema_says() -> None:
    thing = read("id: 甲\nsince: 2026-03-01\nsteps:\n  - {name: one, days: 2}\n  - name: two\n")
    assert thing == Thing(id="甲", since=date(2026, 3, 1), steps=[Step(name="one", days=2), Step(name="two")])


@pytest.mark.parametrize(
    ("text", "line", "field", "says"),
    [
        ("id: a\nstatus: alive\n", 2, "status", "Input should be 'draft' or 'live'"),
        ("status: live\n", 1, "id", "Field required"),
        ("id: a\n\n# note\nsteps:\n  - name: one\n  - name: two\n    days: 0\n", 7, "steps.1.days", "days are counted from 1"),
        ("id: a\nsteps:\n  - name: one\n  - {days: 3}\n", 4, "steps.1.name", "Field required"),
        ("id: a\nnamed:\n  x:\n    name: n\n    dayz: 1\n", 5, "named.x.dayz", "Extra inputs are not permitted"),
        ("id: a\nsince: 2026-02-30\n", 2, "", "2026-02-30 is no day of the calendar"),
        ("id: a\nsince: soon\n", 2, "since", "Input should be a valid date"),
        ("id: a\nstatus: live\nid: b\n", 3, "", "the key 'id' stands here twice"),
        ("id: a\nnamed: {x: &x {name: n}, y: {<<: *x, days: 1, days: 2}}\n", 2, "", "the key 'days' stands here twice"),
        ("id: a\n? [x, y]\n: 1\n", 2, "", "a key is a plain word"),
        ("id: a\nsteps: [\n", 3, "", "did not find expected node content"),
        ("id: a\n\tstatus: live\n", 2, "", "found a tab character that violates indentation"),
        ("id: !!python/object/apply:os.getcwd []\n", 1, "", "could not determine a constructor"),
        ("id: a\n---\nid: b\n", 2, "", "found another document"),
        ("", 1, "", "Input should be a valid dictionary"),
    ],
)
def test_an_error_names_its_place(text: str, line: int, field: str, says: str) -> None:
    with pytest.raises(KnowledgeError) as caught:
        read(text)
    error = caught.value
    problems = error.data.pop("problems", None)
    assert error.data == {"file": "things/a.yaml", "line": line, "field": field}
    assert (problems is not None) is (field != "" or text == ""), "what is not YAML has one problem only"
    if problems is not None:
        assert problems[0] | {"message": ""} == {"line": line, "field": field, "message": ""}
        assert says in problems[0]["message"]
    assert error.message.startswith(f"things/a.yaml, line {line}" + (f", {field}: " if field else ": "))
    assert says in error.message


def test_further_errors_are_counted() -> None:
    with pytest.raises(KnowledgeError, match=r"line 1, id: Field required \(and 2 more\)$"):
        read("status: x\nsince: y\n")


def rulebook(tmp_path: Path) -> Rulebook:
    for name, text in {
        "shipped/things/a.yaml": "id: shipped-a", "shipped/things/deep/b.yml": "id: shipped-b", "shipped/things/note.txt": "no",
        "own/things/a.yaml": "id: own-a", "own/things/c.yaml": "id: own-c", "own/others/d.yaml": "id: d",
    }.items():  # fmt: skip
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return Rulebook((tmp_path / "shipped", tmp_path / "own"))


def test_the_later_folder_wins_file_by_file(tmp_path: Path) -> None:
    book = rulebook(tmp_path)
    assert [thing.id for _, thing in book.load_all("things", Thing)] == ["own-a", "own-c", "shipped-b"]
    assert book.load("things/a.yaml", Thing).id == "own-a"
    assert book.load("things/deep/b.yml", Thing).id == "shipped-b"
    assert book.files("absent") == []


def test_an_absent_file_names_the_folders(tmp_path: Path) -> None:
    with pytest.raises(KnowledgeError, match=rf"no file things/z\.yaml: add it to one of {tmp_path}/shipped, {tmp_path}/own"):
        rulebook(tmp_path).load("things/z.yaml", Thing)


def test_what_is_no_text_or_too_large_is_refused(tmp_path: Path) -> None:
    book = rulebook(tmp_path)
    (tmp_path / "own/things/c.yaml").write_bytes("id: a\nname: 甲\n".encode("gb18030"))
    with pytest.raises(KnowledgeError, match=r"c\.yaml, line 2: this is not UTF-8: save the file as UTF-8"):
        book.load("things/c.yaml", Thing)
    (tmp_path / "own/things/c.yaml").write_bytes(b"#" * (MAX_BYTES + 1))
    with pytest.raises(KnowledgeError, match=f"c.yaml has {MAX_BYTES + 1} bytes; a knowledge file has at most {MAX_BYTES}: split it"):
        book.load("things/c.yaml", Thing)


def test_the_shipped_rulebook_lies_under_the_own_one(tmp_path: Path) -> None:
    shipped = shipped_rulebook().folders
    assert len(shipped) == 1
    assert shipped[0].is_dir()
    assert shipped_rulebook(tmp_path).folders == (*shipped, tmp_path)
