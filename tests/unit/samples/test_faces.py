"""Faces of sheets: other faces for print and for what is filled in, and what happens where a face lacks a character."""

from random import Random

import numpy as np

from anpei.samples.drawing.faces import FACE_PEN, FACE_SANS, FACE_SERIF, face_for, filled_in, in_face
from anpei.samples.drawing.sheet import Pen, Sheet

FACTS = {"patient_name": "王建国", "hospital_name": "临江市第一人民医院"}


def drawn(title_size: float = 6.0) -> Sheet:
    sheet = Sheet(120, 60, facts=FACTS, rng=Random(3))
    sheet.value(10, 8, "hospital_name", Pen(size=title_size))
    sheet.pair(10, 30, "姓名：", "patient_name")
    return sheet


def faces(sheet: Sheet) -> list[int]:
    return [mark.pen.face for mark in sheet.marks if mark.kind == "text"]


def test_print_and_what_is_filled_in_have_faces_of_their_own() -> None:
    assert faces(drawn()) == [FACE_SANS, FACE_SANS, FACE_SANS]
    with in_face(FACE_SERIF):
        assert faces(drawn()) == [FACE_SERIF, FACE_SERIF, FACE_SERIF]
    with filled_in(FACE_PEN):
        assert faces(drawn()) == [FACE_SANS, FACE_SANS, FACE_PEN]
        assert faces(drawn(title_size=3.0)) == [FACE_PEN, FACE_SANS, FACE_PEN]
    assert faces(drawn()) == [FACE_SANS, FACE_SANS, FACE_SANS]


def test_truth_is_the_same_in_every_face() -> None:
    plain = drawn().shown
    with filled_in(FACE_PEN):
        assert drawn().shown == plain == FACTS


def test_a_text_with_a_character_that_the_face_lacks_is_printed_in_sans_as_a_whole() -> None:
    assert face_for("腹部臌胀", FACE_PEN) == FACE_SANS
    assert face_for("腹部胀痛", FACE_PEN) == FACE_PEN


def test_a_hand_stands_where_the_print_would_stand() -> None:
    def ink(sheet: Sheet) -> tuple[int, int]:
        rows = np.flatnonzero((np.asarray(sheet.image)[190:, 170:].min(axis=2) < 128).any(axis=1))
        return int(rows[0]), int(rows[-1])

    top, bottom = ink(drawn())
    with filled_in(FACE_PEN):
        hand_top, hand_bottom = ink(drawn())
    assert abs(hand_top - top) < 16
    assert abs(hand_bottom - bottom) < 16
