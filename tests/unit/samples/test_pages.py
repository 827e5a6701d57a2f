"""Pages: same seed, same bytes; effects; truth files; QR codes and PDF text carry what the truth says."""

import io
import json
from pathlib import Path

import numpy as np
import pypdfium2
import pytest
import zxingcpp
from PIL import Image

from anpei.samples import pages
from anpei.samples.drawing.effects import EFFECTS, UnknownEffect
from anpei.samples.layouts import LAYOUTS
from anpei.samples.world.dice import dice

RECEIPT = "outpatient_receipt/known-a"


def draw(layout_id: str, seed: int, effect: str) -> list[pages.Page]:
    document = pages.document_for(LAYOUTS[layout_id], dice("page test", seed))
    return pages.draw(layout_id, document, seed=seed, effect=effect)


def opened(page: pages.Page) -> Image.Image:
    return Image.open(io.BytesIO(page.data))


@pytest.mark.parametrize("effect", ["phone", "clean", "pdf"])
def test_same_seed_same_bytes(effect: str) -> None:
    first, again = draw(RECEIPT, 5, effect), draw(RECEIPT, 5, effect)
    assert first == again
    assert first[0].data != draw(RECEIPT, 6, effect)[0].data


def test_a_phone_photo_is_large_and_dark_is_darker() -> None:
    phone, dark = opened(draw(RECEIPT, 1, "phone")[0]), opened(draw(RECEIPT, 1, "dark")[0])
    assert 2200 <= max(phone.size) <= 2900
    assert np.asarray(dark.convert("L")).mean() < 0.6 * np.asarray(phone.convert("L")).mean()


def test_turned_photos_are_turned() -> None:
    phone, quarter = opened(draw(RECEIPT, 1, "phone")[0]), opened(draw(RECEIPT, 1, "rotated_90")[0])
    assert quarter.size == phone.size[::-1]
    back = np.rot90(np.asarray(quarter.convert("L"), dtype=np.int16), -1)
    assert np.abs(back - np.asarray(phone.convert("L"), dtype=np.int16)).mean() < 3


@pytest.mark.parametrize("effect", sorted(EFFECTS))
def test_every_effect_keeps_the_truth(effect: str) -> None:
    page = draw("bank_card/known-a", 3, effect)[0]
    assert page.effect == effect
    assert page.fields == draw("bank_card/known-a", 3, "clean")[0].fields


def test_unknown_names_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UnknownEffect, match="sepia"):
        draw(RECEIPT, 1, "sepia")
    with pytest.raises(pages.UnknownLayout, match="receipt/none"):
        pages.draw("receipt/none", pages.document_for(LAYOUTS[RECEIPT], dice(1)), seed=1)
    with pytest.raises(pages.UnknownSet, match="secret"):
        pages.make(tmp_path, 1, "secret", 1)


def test_the_code_on_a_photo_says_what_the_receipt_says() -> None:
    page = draw(RECEIPT, 4, "phone")[0]
    (code,) = zxingcpp.read_barcodes(np.asarray(opened(page).convert("L")))
    fields = page.fields
    day = fields["issued_on"].replace("-", "")
    numbers = (fields["receipt_code"], fields["receipt_number"], fields["verification_code"])
    assert code.text == ",".join(("01", *numbers, day, fields["total_amount"]))


def test_a_pdf_has_a_text_layer_and_one_truth_a_page() -> None:
    drawn = next(found for found in (draw("fee_list/heldback-b", seed, "pdf") for seed in range(30)) if len(found) > 1)
    assert len({page.data for page in drawn}) == 1
    assert [page.number for page in drawn] == list(range(1, len(drawn) + 1))
    document = pypdfium2.PdfDocument(drawn[0].data)
    assert len(document) == len(drawn)
    for index, page in enumerate(drawn):
        text = document[index].get_textpage().get_text_range().replace(" ", "")
        assert page.fields["patient_name"] in text
        for row in page.rows:
            assert row["item_code"] in text
            assert row["amount"] in text


def test_make_writes_pictures_with_truth_beside_them(tmp_path: Path) -> None:
    files = pages.make(tmp_path, 3, "heldback", 1, effects=["clean"])
    layouts = {entry.id for entry in LAYOUTS.values() if entry.set == "heldback"}
    truths = [json.loads(file.with_suffix(".json").read_text(encoding="utf-8")) for file in files]
    assert {truth["layout"] for truth in truths} == layouts
    assert {truth["set"] for truth in truths} == {"heldback"}
    assert {truth["effect"] for truth in truths} == {"clean"}
    assert [truth["file"] for truth in truths] == [file.name for file in files]
    assert all(set(truth) == {"file", "page", "kind", "layout", "set", "effect", "fields", "rows"} for truth in truths)


def test_make_writes_a_pdf_once_with_one_truth_a_page(tmp_path: Path) -> None:
    files = pages.make(tmp_path, 3, "known", 1, effects=["pdf"])
    assert {file.suffix for file in files} == {".pdf"}
    assert len(files) == len(set(files)) == len([entry for entry in LAYOUTS.values() if entry.set == "known"])
    sheets = sum(len(pypdfium2.PdfDocument(file.read_bytes())) for file in files)
    assert len(list(tmp_path.glob("*.json"))) == sheets
