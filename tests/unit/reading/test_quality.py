"""Quality: the early word before anything is read, its limits as data, and what each figure means."""

import io
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from anpei.engines.knowledge import KnowledgeError, Rulebook, shipped_rulebook
from anpei.reading import ReadingMachine, ReadingPool, errors
from anpei.reading._files.picture import open_picture
from anpei.reading._files.sniff import Format
from anpei.reading._sight.glance import Glance, early_verdict, glance
from anpei.reading._sight.quality import Looks, QualityRules, load_quality, outcome
from anpei.reading._sight.upright import Quad
from tests.unit.reading.conftest import RECEIPT, picture, sample, text_pdf

GOOD = Glance(sharpness=2.2, print_share=0.4, brightness=200, glare=0.0, ink=0.25, long_side=2400, outside=0.0, leaves=0.0, waves=1.0)


@pytest.fixture(scope="module")
def rules() -> QualityRules:
    return load_quality(shipped_rulebook())


def test_a_good_page_passes_without_a_word(rules: QualityRules) -> None:
    assert (early_verdict(GOOD, rules).usable, early_verdict(GOOD, rules).codes) == (True, ())


@pytest.mark.parametrize(
    ("figure", "advised", "refused", "code"),
    [
        ("sharpness", 1.6, 1.3, "too_blurred"),
        ("brightness", 70.0, 10.0, "dark"),
        ("glare", 0.05, 0.2, "glare"),
        ("long_side", 700, 400, "too_small"),
        ("outside", 0.04, 0.2, "cut_off"),
        ("leaves", 0.08, 0.2, "cut_off"),
        ("waves", 20.0, None, "screen"),
        ("ink", None, 0.03, "blank"),
    ],
)
def test_each_figure_first_advises_then_refuses(
    figure: str, advised: float | None, refused: float | None, code: str, rules: QualityRules
) -> None:
    for value, usable in ((advised, True), (refused, False)):
        if value is not None:
            said = early_verdict(replace(GOOD, **{figure: value}), rules)
            assert (said.usable, said.codes) == (usable, (code,))
            assert said.reasons[0].advice_zh == rules.reasons[code].zh


def test_a_refusal_names_what_refuses_and_not_what_would_pass(rules: QualityRules) -> None:
    said = early_verdict(replace(GOOD, sharpness=1.2, brightness=70, waves=20), rules)
    assert (said.usable, said.codes) == (False, ("too_blurred",))


@pytest.mark.parametrize(
    ("corners", "room"),
    [
        ([[30, 0], [100, 0], [100, 60], [30, 60]], 0.3),
        ([[0, 0], [100, 0], [100, 60], [0, 60]], 0.0),
        ([[0, 20], [60, 20], [60, 70], [0, 70]], 0.0),
        ([[10, 10], [90, 10], [90, 90], [10, 90]], 0.0),
    ],
)
def test_a_paper_leaves_the_picture_at_a_corner_when_there_was_room_opposite(corners: list[list[float]], room: float) -> None:
    assert Quad(np.array(corners, np.float32), touches=True).leaves((100, 100)) == pytest.approx(room)


def test_large_characters_may_be_softer_than_small_ones(rules: QualityRules) -> None:
    plate = replace(GOOD, print_share=0.05)
    assert early_verdict(replace(GOOD, sharpness=1.35), rules).codes == ("too_blurred",)
    assert early_verdict(replace(plate, sharpness=1.35), rules).usable
    assert not early_verdict(replace(plate, sharpness=1.1), rules).usable


def test_a_page_without_light_is_dark_and_not_blank(rules: QualityRules) -> None:
    assert early_verdict(replace(GOOD, brightness=9, ink=0.04, sharpness=3.0), rules).codes == ("dark",)


@pytest.mark.parametrize("effect", ["phone", "clean", "rotated_90", "dark", "blur_2", "crumpled", "seal"])
def test_usable_photos_pass_at_a_glance(effect: str, machine: ReadingMachine) -> None:
    assert machine.verdict(sample("outpatient_receipt/known-a", effect=effect).data, "photo.jpg", 1).usable


@pytest.mark.parametrize(
    ("effect", "code"),
    [
        ("blur_bad", "too_blurred"),
        ("shaken", "too_blurred"),
        ("night", "dark"),
        ("washed_out", "glare"),
        ("cut", "cut_off"),
        ("far", "too_small"),
    ],
)
def test_what_nobody_could_read_is_refused_at_a_glance_with_its_reason(effect: str, code: str, machine: ReadingMachine) -> None:
    said = machine.verdict(sample("inpatient_receipt/known-b", effect=effect).data, "photo.jpg", 1)
    assert not said.usable
    assert code in said.codes


def test_a_blank_page_and_a_photo_of_a_screen_are_told(machine: ReadingMachine) -> None:
    blank = machine.verdict(sample("blank/known-a").data, "photo.jpg", 1)
    screen = machine.verdict(sample("fee_list/known-a", effect="screen").data, "photo.jpg", 1)
    assert (blank.usable, blank.codes) == (False, ("blank",))
    assert (screen.usable, screen.codes) == (True, ("screen",))


def test_a_file_that_needs_no_looking_passes_and_a_broken_one_says_why(machine: ReadingMachine) -> None:
    assert machine.verdict(text_pdf(RECEIPT), "bill.pdf", 1).usable
    scan = picture(Image.open(io.BytesIO(sample("outpatient_receipt/known-b", effect="clean").data)), "PDF", resolution=150)
    assert machine.verdict(scan, "scan.pdf", 1).usable
    with pytest.raises(errors.FileEmpty):
        machine.verdict(b"", "nothing.jpg", 1)


def test_nothing_is_loaded_for_the_early_word() -> None:
    fresh = ReadingMachine(shipped_rulebook())
    fresh.verdict(sample("id_card/known-a").data, "photo.jpg", 1)
    assert "_eyes" not in fresh.__dict__


def test_the_pool_gives_the_same_early_word(machine: ReadingMachine) -> None:
    data = sample("outpatient_receipt/known-a", effect="blur_bad").data
    pool = ReadingPool(shipped_rulebook().folders, processes=1)
    try:
        assert pool.verdict(data, "photo.jpg", 1) == machine.verdict(data, "photo.jpg", 1)
    finally:
        pool.close()


def test_a_large_photo_is_decoded_at_half_its_size() -> None:
    photo = Image.fromarray(np.full((3024, 4032, 3), 200, np.uint8))
    data = picture(photo, "JPEG")
    pixels, full = open_picture(data, "photo.jpg", Format.JPEG).reduced(1, 2000)
    assert (pixels.shape, full) == ((1512, 2016, 3), 4032)
    pixels, full = open_picture(picture(photo.resize((800, 600)), "JPEG"), "photo.jpg", Format.JPEG).reduced(1, 2000)
    assert (pixels.shape, full) == ((600, 800, 3), 800)


@pytest.mark.parametrize("size", [(1, 1), (3, 900), (900, 3), (40, 40)])
def test_a_tiny_or_narrow_picture_is_refused_and_breaks_nothing(size: tuple[int, int], rules: QualityRules) -> None:
    said = early_verdict(glance(np.zeros((*size, 3), np.uint8), max(size)), rules)
    assert not said.usable


def test_limits_are_data_and_wrong_ones_are_named(tmp_path: Path) -> None:
    text = shipped_rulebook().file("quality.yaml").read_text(encoding="utf-8")
    (tmp_path / "quality.yaml").write_text(text.replace("blurred: 1.5,", "blurred: 9.5,"), encoding="utf-8")
    strict = load_quality(shipped_rulebook(tmp_path))
    assert early_verdict(GOOD, strict).codes == ("too_blurred",)
    (tmp_path / "quality.yaml").write_text(text.replace("dark: 100 ", "dark: 900 "), encoding="utf-8")
    with pytest.raises(KnowledgeError, match=r"reading\.dark"):
        load_quality(Rulebook((tmp_path,)))


def test_every_reason_has_advice_in_both_languages(rules: QualityRules) -> None:
    codes = {"too_blurred", "dark", "glare", "blank", "too_small", "cut_off", "screen", "unreadable"}
    assert set(rules.reasons) == codes
    assert all("请" in advice.zh and advice.en.endswith(".") for advice in rules.reasons.values())


@pytest.mark.parametrize(
    ("figures", "certain", "cut_off", "said"),
    [
        ({"brightness": 70}, 0.99, False, (["dark"], True)),
        ({"brightness": 70}, 0.85, False, (["dark"], False)),
        ({"sharpness": 1.8}, 0.97, False, (["too_blurred"], True)),
        ({"glare": 0.05}, 0.99, False, (["glare"], True)),
        ({"glare": 0.2}, 0.99, False, (["glare"], False)),
        ({}, 0.99, True, (["cut_off"], False)),
        ({}, 0.5, False, ([], True)),
    ],
)
def test_after_reading_a_mild_fault_refuses_only_what_was_read_with_doubt(
    figures: dict[str, float], certain: float, cut_off: bool, said: tuple[list[str], bool], rules: QualityRules
) -> None:
    looks = replace(Looks(sharpness=2.4, brightness=210, glare=0.0, ink=0.3, long_side=2400), **figures)
    assert outcome(looks, rules.reading, cut_off=cut_off, certain=certain) == said


def test_a_page_of_a_list_without_its_total_is_not_refused_for_poor_light(machine: ReadingMachine) -> None:
    for seed in range(30):
        page = sample("fee_list/known-b", effect="clean", seed=seed)
        if "total_amount" not in page.fields:
            break
    reading = machine.read_file(sample("fee_list/known-b", effect="dark", seed=seed).data, "photo.jpg").pages[0]
    assert "total_amount" not in reading.fields
    assert (reading.quality.usable, reading.quality.codes) == (True, ("dark",))
