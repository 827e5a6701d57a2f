"""A form that nobody knows is read badly, corrected by a person, learnt, tried in the shadow, made live, and its next paper read right."""

import json
from collections.abc import Mapping
from pathlib import Path

import pytest
from click.testing import CliRunner

from anpei.engines.knowledge import shipped_rulebook
from anpei.entrypoints.cli.main import cli
from anpei.reading import PageReading, ReadingMachine
from anpei.reading.layouts.exchange import BoxedPage, PageFormInvalid, load_page
from anpei.reading.layouts.learning import PagesDoNotBelongTogether, Proposal
from anpei.reading.layouts.shelf import LayoutIdInvalid, LayoutNotProven, LayoutShelf, LayoutTaken, LayoutUnknown, NoOwnFolder
from anpei.reading.layouts.states import LayoutMoveNotAllowed, LayoutState
from tests.unit.reading.forms import FIRST, SECOND, drawn, printed

STRANGE = {"receipt_code", "receipt_number", "patient_name", "issued_on", "total_amount"}
"""What stands behind labels that nobody knows, or far from its label."""


def corrected(page: BoxedPage, facts: Mapping[str, str | None]) -> BoxedPage:
    return page.model_copy(update={"fields": {**page.fields, **facts}})


def known(reading: PageReading) -> dict[str, str]:
    return {name: reading.fields[name].value for name in FIRST if name in reading.fields}


@pytest.fixture
def own(tmp_path: Path) -> Path:
    return tmp_path / "rulebook"


@pytest.fixture
def shelf(own: Path) -> LayoutShelf:
    return LayoutShelf(shipped_rulebook(), own=own)


@pytest.fixture
def first(machine: ReadingMachine) -> BoxedPage:
    return machine.boxes(drawn(FIRST), "first.pdf", 1)


@pytest.fixture
def learnt(shelf: LayoutShelf, first: BoxedPage) -> Proposal:
    return shelf.learn([corrected(first, FIRST)], layout_id="yunchuan_slip", title="云川市门诊凭条")


def reading_after(own: Path, data: bytes) -> PageReading:
    return ReadingMachine(shipped_rulebook(own)).read_file(data, "second").pages[0]


def test_a_scanned_form_is_learnt_from_one_correction(machine: ReadingMachine, shelf: LayoutShelf, own: Path) -> None:
    page = machine.boxes(printed(FIRST), "first.png", 1)
    assert (page.source, page.kind) == ("ocr", "outpatient_receipt")
    assert STRANGE.isdisjoint(page.fields), "before: nobody knows these labels"
    assert STRANGE.isdisjoint(known(machine.read_file(printed(SECOND), "second.png").pages[0]))
    proposal = shelf.learn([corrected(page, FIRST)], layout_id="yunchuan_slip")
    assert (proposal.failed, set(proposal.learnt)) == ({}, STRANGE)
    shelf.save(proposal)
    shelf.promote("yunchuan_slip", to=LayoutState.SHADOW)
    shelf.promote("yunchuan_slip", to=LayoutState.LIVE)
    after = reading_after(own, printed(SECOND))
    assert (after.layout, known(after)) == ("yunchuan_slip", SECOND)


def test_what_is_learnt_says_where_values_stand(learnt: Proposal) -> None:
    assert learnt.learnt == {
        "receipt_code": "its value stands behind 凭条代号",
        "receipt_number": "its value stands behind 凭条流水",
        "patient_name": "its value stands behind 就医人称呼",
        "issued_on": "its value stands behind 制单年月日",
        "total_amount": "its value stands at a fixed place from 本次应付总数",
    }
    assert learnt.layout is not None
    assert learnt.layout.status == "draft"
    assert set(learnt.layout.keys.words) == {"凭条代号", "凭条流水", "就医人称呼", "制单年月日"}
    assert [region.anchor for region in learnt.layout.fields["total_amount"].regions] == ["本次应付总数"]


def test_a_golden_pair_says_nothing_of_the_person(learnt: Proposal) -> None:
    (pair,) = learnt.golden
    text = "\n".join(each[0] for each in pair.boxes)
    secrets = {value for name, value in FIRST.items() if name in STRANGE - {"total_amount"}} | {"2026年4月9日", "血常规"}
    assert [value for value in secrets if value in pair.model_dump_json()] == []
    assert pair.file == ""
    assert "就医人称呼：林知安" in text
    assert "血常规" not in text
    assert pair.fields == {
        "receipt_code": "80152736",
        "receipt_number": "8015273694",
        "patient_name": "林知安",
        "issued_on": "2026-03-05",
        "hospital_name": "云川市第二医院",
        "total_amount": "268.40",
    }


def test_a_layout_walks_from_draft_over_shadow_to_live(learnt: Proposal, shelf: LayoutShelf, own: Path) -> None:
    file = shelf.save(learnt)
    assert file == own / "layouts" / "yunchuan_slip.yaml"
    assert (reading_after(own, drawn(SECOND)).layout, reading_after(own, drawn(SECOND)).shadows) == ("", ())
    with pytest.raises(LayoutMoveNotAllowed):
        shelf.promote("yunchuan_slip", to=LayoutState.LIVE)
    assert shelf.promote("yunchuan_slip", to=LayoutState.SHADOW).layout.status == "shadow"
    tried = reading_after(own, drawn(SECOND))
    assert (tried.layout, STRANGE.isdisjoint(tried.fields)) == ("", True)
    assert [(shadow.layout, dict(shadow.fields)) for shadow in tried.shadows] == [
        ("yunchuan_slip", {name: (None, SECOND[name]) for name in SECOND if name in STRANGE})
    ]
    assert PageReading.from_dict(json.loads(json.dumps(tried.to_dict()))) == tried
    assert "shadows" not in tried.to_json()
    shelf.promote("yunchuan_slip", to=LayoutState.LIVE)
    after = reading_after(own, drawn(SECOND))
    assert (after.layout, known(after), after.shadows) == ("yunchuan_slip", SECOND, ())
    shelf.promote("yunchuan_slip", to=LayoutState.RETIRED)
    assert reading_after(own, drawn(SECOND)).layout == ""
    assert shelf.get("yunchuan_slip").layout.status == "retired", "it stays for the readings that name it"


def test_what_is_read_right_already_is_not_learnt(shelf: LayoutShelf, first: BoxedPage) -> None:
    proposal = shelf.learn([first], layout_id="nothing_new")
    assert (proposal.layout, proposal.learnt, proposal.failed) == (None, {}, {})
    with pytest.raises(LayoutNotProven):
        shelf.save(proposal)


def test_what_cannot_be_learnt_is_named_with_its_reason(shelf: LayoutShelf, first: BoxedPage) -> None:
    proposal = shelf.learn([corrected(first, {**FIRST, "patient_name": "司徒不在此"})], layout_id="yunchuan_slip")
    assert proposal.layout is not None
    assert set(proposal.learnt) == STRANGE - {"patient_name"}
    assert proposal.failed == {
        "patient_name": "its value does not stand on page 1 as text: it was misread there, or goes over several boxes"
    }


def test_a_field_that_the_page_does_not_show_can_be_unlearnt(shelf: LayoutShelf, first: BoxedPage) -> None:
    wrong = corrected(first, {**FIRST, "hospital_name": None})
    assert shelf.learn([wrong], layout_id="yunchuan_slip").failed["hospital_name"]


def test_a_form_without_a_word_of_its_own_is_known_by_its_hospital_or_not_at_all(shelf: LayoutShelf) -> None:
    def form(hospital: str | None) -> BoxedPage:
        texts = ["门诊收费票据", "姓名：余春霞", "开票日期：2026-04-09", "268.40", hospital or "某处"]
        boxes = tuple((text, 60.0, 60.0 + 60 * i, 60.0 + 20 * len(text), 60.0 + 60 * i, 24.0, 1.0) for i, text in enumerate(texts))
        facts: dict[str, str | None] = {"patient_name": "余春霞", "issued_on": "2026-04-09", "total_amount": "268.40"}
        return BoxedPage(kind="outpatient_receipt", fields={**facts, "hospital_name": hospital} if hospital else facts, boxes=boxes)

    known = shelf.learn([form("云川市第二医院")], layout_id="plain_form").layout
    assert known is not None
    assert known.keys.hospital == ("云川市第二医院",)
    nobody = shelf.learn([form(None)], layout_id="plain_form")
    assert nobody.layout is None
    assert nobody.failed["keys"].startswith("the form carries no word that others of its kind do not")


def test_a_form_that_is_not_told_as_its_kind_is_named(machine: ReadingMachine, shelf: LayoutShelf) -> None:
    page = machine.boxes(drawn(FIRST, title="云川市凭条（试行）"), "slip.pdf", 1)
    proposal = shelf.learn([corrected(page, FIRST).model_copy(update={"kind": "outpatient_receipt"})], layout_id="yunchuan_slip")
    assert set(proposal.learnt) == STRANGE
    assert proposal.failed == {"kind": "its pages are taken for unknown: add words of the form to the kind's keywords"}
    shelf.save(proposal)
    with pytest.raises(LayoutNotProven, match="it is taken for unknown"):
        shelf.promote("yunchuan_slip", to=LayoutState.SHADOW)


def test_strange_heads_of_columns_are_learnt_from_corrected_rows(shelf: LayoutShelf) -> None:
    cells = [("云川市门诊收费票据", 300, 20), ("所做各项", 60, 120), ("各收若干", 500, 120), ("血常规", 60, 160), ("20.00", 500, 160)]
    cells += [("尿常规", 60, 200), ("15.00", 500, 200), ("姓名：余春霞", 60, 60)]
    boxes = tuple((text, float(x), float(y), x + 20.0 * len(text), float(y), 24.0, 1.0) for text, x, y in cells)
    rows = ({"name": "血常规", "amount": "20.00"}, {"name": "尿常规", "amount": "15.00"})
    page = BoxedPage(kind="outpatient_receipt", fields={"patient_name": "余春霞"}, rows=rows, boxes=boxes)
    assert page.read(shelf.knowledge, None).rows == ()
    proposal = shelf.learn([page], layout_id="yunchuan_slip")
    assert proposal.layout is not None
    assert {name: change.heads for name, change in proposal.layout.columns.items()} == {"name": ("所做各项",), "amount": ("各收若干",)}
    assert (proposal.learnt, proposal.failed) == ({"rows": "heads of columns: 所做各项, 各收若干"}, {})


def test_two_pages_teach_what_one_leaves_open(machine: ReadingMachine, shelf: LayoutShelf, first: BoxedPage) -> None:
    second = machine.boxes(drawn(SECOND), "second.pdf", 1)
    proposal = shelf.learn([corrected(first, FIRST), corrected(second, SECOND)], layout_id="yunchuan_slip")
    assert (proposal.failed, set(proposal.learnt), len(proposal.golden)) == ({}, STRANGE, 2)


def test_pages_of_two_kinds_or_with_strange_fields_are_refused(shelf: LayoutShelf, first: BoxedPage) -> None:
    with pytest.raises(PagesDoNotBelongTogether, match="fee_list, outpatient_receipt"):
        shelf.learn([first, first.model_copy(update={"kind": "fee_list"})], layout_id="mixed")
    with pytest.raises(PagesDoNotBelongTogether, match="shoe_size"):
        shelf.learn([corrected(first, {"shoe_size": "42"})], layout_id="mixed")


def test_a_layout_whose_golden_pair_does_not_hold_is_not_promoted(learnt: Proposal, shelf: LayoutShelf, own: Path) -> None:
    shelf.save(learnt)
    pair = own / "layouts" / "examples" / "yunchuan_slip" / "1.json"
    pair.write_text(pair.read_text(encoding="utf-8").replace('"patient_name":"林知安"', '"patient_name":"林不安"'), encoding="utf-8")
    with pytest.raises(LayoutNotProven, match=r"yunchuan_slip stays draft: example 1: patient_name is '林不安', read was '林知安'"):
        shelf.promote("yunchuan_slip", to=LayoutState.SHADOW)
    pair.unlink()
    with pytest.raises(LayoutNotProven, match="there is no golden pair"):
        shelf.promote("yunchuan_slip", to=LayoutState.SHADOW)
    assert shelf.get("yunchuan_slip").layout.status == "draft"


def test_a_layout_that_breaks_another_one_does_not_go_live(learnt: Proposal, shelf: LayoutShelf) -> None:
    shelf.save(learnt)
    shelf.promote("yunchuan_slip", to=LayoutState.SHADOW)
    shelf.promote("yunchuan_slip", to=LayoutState.LIVE)
    greedy = shelf.get("outpatient_receipt_unified").layout
    wrong = greedy.model_copy(
        update={
            "fields": {},
            "keys": shelf.get("yunchuan_slip").layout.keys.model_copy(
                update={"words": ("凭条代号", "凭条流水", "就医人称呼", "制单年月日", "本次应付总数")}
            ),
        }
    )
    assert any(problem.startswith("example of yunchuan_slip: patient_name") for problem in shelf.breaks(wrong))
    assert shelf.breaks(greedy) == []


def test_a_shipped_layout_is_moved_in_the_own_folder_only(shelf: LayoutShelf, own: Path) -> None:
    before = shelf.get("outpatient_receipt_unified")
    text = before.file.read_text(encoding="utf-8")
    after = shelf.promote("outpatient_receipt_unified", to=LayoutState.RETIRED)
    assert after.file == own / "layouts" / "outpatient_receipt_unified.yaml"
    assert after.file.read_text(encoding="utf-8") == text.replace("status: live", "status: retired")
    assert before.file.read_text(encoding="utf-8") == text
    assert [each.id for each in shelf.knowledge.layouts if each.id == "outpatient_receipt_unified"] == []


def test_ids_are_not_taken_twice_and_unknown_ones_are_named(learnt: Proposal, shelf: LayoutShelf) -> None:
    shelf.save(learnt)
    shelf.save(learnt)
    shelf.promote("yunchuan_slip", to=LayoutState.SHADOW)
    with pytest.raises(LayoutTaken):
        shelf.save(learnt)
    with pytest.raises(LayoutUnknown, match="no_such_form"):
        shelf.promote("no_such_form", to=LayoutState.SHADOW)
    with pytest.raises(LayoutIdInvalid, match=r"'\.\./form' is no layout id"):
        shelf.learn([], layout_id="../form")
    with pytest.raises(NoOwnFolder):
        LayoutShelf(shipped_rulebook()).promote("outpatient_receipt_unified", to=LayoutState.RETIRED)


def test_a_file_that_is_no_page_is_refused_with_its_place(tmp_path: Path, first: BoxedPage) -> None:
    file = tmp_path / "page.json"
    file.write_text(first.model_dump_json(), encoding="utf-8")
    assert load_page(file) == first
    file.write_text(first.model_dump_json().replace('"kind":"outpatient_receipt"', '"kind":7'), encoding="utf-8")
    with pytest.raises(PageFormInvalid, match=r"page\.json, kind: "):
        load_page(file)
    with pytest.raises(PageFormInvalid, match="cannot be opened"):
        load_page(tmp_path / "none.json")


def test_the_command_line_from_a_page_to_a_live_layout(tmp_path: Path) -> None:
    def anpei(*arguments: str, ends: int = 0) -> str:
        result = CliRunner().invoke(cli, ["--home", str(tmp_path / "var"), "layout", *arguments])
        assert result.exit_code == ends, result.output
        return result.output

    (tmp_path / "slip.pdf").write_bytes(drawn(FIRST))
    anpei("boxes", str(tmp_path / "slip.pdf"), "--out", str(tmp_path / "pages"))
    file = tmp_path / "pages" / "slip-1.json"
    page = json.loads(file.read_text(encoding="utf-8"))
    file.write_text(json.dumps({**page, "fields": {**page["fields"], **FIRST}}), encoding="utf-8")
    assert "total_amount: its value stands at a fixed place from 本次应付总数" in anpei("learn", str(file), "--id", "yunchuan_slip")
    assert "yunchuan_slip (draft) is right; 1 golden pairs" in anpei("check")
    anpei("promote", "yunchuan_slip", "--to", "live", ends=1)
    anpei("promote", "yunchuan_slip", "--to", "shadow")
    anpei("promote", "yunchuan_slip", "--to", "live")
    states = {each["id"]: (each["status"], each["examples"]) for each in map(json.loads, anpei("list", "--json").splitlines())}
    assert states["yunchuan_slip"] == ("live", 1)
