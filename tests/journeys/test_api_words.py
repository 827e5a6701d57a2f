"""The doors' words: complete in both languages, in the house's voice, used and named; and templates that need no inline code."""

import re
import string
from pathlib import Path

import pytest

from anpei.claims.audit.model import Outcome
from anpei.claims.decision.model import ZERO_CAUSES
from anpei.claims.documents.model import UploadState
from anpei.claims.dossier.model import ClaimState, Lane
from anpei.engines.knowledge import KnowledgeError, shipped_rulebook
from anpei.entrypoints.api.words import LANGUAGES, Words, load_words
from anpei.entrypoints.pages.claims import TABS
from anpei.notices.model import Language
from anpei.notices.voice import load_voice
from anpei.payments.model import OrderState
from tests.architecture import sources

DOORS = sources.PACKAGE / "entrypoints"
TEMPLATES = sorted((DOORS / "pages" / "templates").glob("*.html"))
USED = re.compile(r"""(?:\bt\(|say\(|sight\.say\()\s*"([a-z_]+(?:\.[a-z_0-9]+)+)\"""")


@pytest.fixture(scope="module")
def words() -> Words:
    """The words over the shipped rulebook."""
    return load_words(shipped_rulebook())


def used() -> set[str]:
    texts = [path.read_text(encoding="utf-8") for path in (*TEMPLATES, *sorted(DOORS.rglob("*.py")))]
    return {key for text in texts for key in USED.findall(text)}


def test_every_word_that_is_used_exists(words: Words) -> None:
    assert used() - set(words.texts) == set()
    assert len(used()) > 100


def test_both_languages_hold_the_same_places(words: Words) -> None:
    for key, text in words.texts.items():
        places = [{name for _, name, _, _ in string.Formatter().parse(said) if name} for said in (text.zh, text.en)]
        assert places[0] == places[1], key


def test_every_code_has_its_title(words: Words) -> None:
    groups: dict[str, list[str]] = {
        "state": [*ClaimState], "lane": [*Lane], "outcome": [*Outcome], "upload": [*UploadState], "order": [*OrderState],
        "zero": sorted(ZERO_CAUSES), "decision": ["settle", "refer", "reduce", "refuse"], "list": [*TABS],
        "kind": ["outpatient_receipt", "inpatient_receipt", "fee_list", "discharge_summary", "outpatient_record", "diagnosis_certificate",
                 "settlement_sheet", "id_card", "bank_card", "unknown", "blank"],
        "field": ["total_amount", "patient_name", "qr_number"], "notice": ["claim_reported", "refused", "supplement_wanted"],
    }  # fmt: skip
    for group, codes in groups.items():
        for code in codes:
            for lang in LANGUAGES:
                assert words.title(group, code, lang)
            assert words.has(f"{group}.{code}") or f"{group}.{code}" in words.titles, f"{group}.{code}"


def test_the_words_keep_the_voice(words: Words) -> None:
    voice = load_voice(shipped_rulebook())
    for key, text in words.texts.items():
        for language, said in ((Language.ZH, text.zh), (Language.EN, text.en)):
            assert voice.problems(said, language=language) == [], key


def test_a_word_that_is_missing_is_an_error(words: Words) -> None:
    assert words.title("state", "asleep", "zh") == "asleep"
    with pytest.raises(KnowledgeError, match=r"no text state\.asleep"):
        words.say("state.asleep", "zh")


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_a_template_needs_no_inline_code_and_nothing_from_elsewhere(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert re.findall(r"\sstyle=|<style|\son[a-z]+=|javascript:|https?://", text) == []
    assert re.findall(r"<script(?![^>]*src=)", text) == []
    assert "|safe" not in text.replace(" ", "")
    forms = re.findall(r"<form method=\"post\".*?</form>", text, flags=re.DOTALL)
    for form in forms:
        assert "form_token" in form or "token()" in form or path.name == "sign_in.html", form[:80]
