"""The papers of a claim: files, pages, what was read and where it stands. Personal values are covered unless a grant opened their field."""

from collections.abc import Callable, Collection
from pathlib import PurePath

from anpei.claims.documents import queries as documents
from anpei.claims.documents.model import Page, Upload, UploadState
from anpei.claims.dossier import queries as dossier
from anpei.claims.dossier.model import Claim, ClaimState, SectionName
from anpei.entrypoints.api import answers
from anpei.entrypoints.api.views.sight import Sight
from anpei.entrypoints.api.words import Lang
from anpei.reading.model import FieldReading, Quality, Row
from anpei.trust.access import ActorKind
from anpei.trust.access.masking import STAR, mask_address, mask_card, mask_id_number, mask_name, mask_phone, mask_plate

Mask = Callable[[str], str]
HIDDEN = STAR * 6
SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".webp", ".tif", ".tiff", ".bmp", ".pdf"})


def _hide(_value: str) -> str:
    return HIDDEN


def _year_only(day: str) -> str:
    return f"{day[:4]}-**-**"


def _tail(number: str) -> str:
    return f"****{number[-2:]}"


MASKS: dict[str, tuple[str, Mask]] = {
    **dict.fromkeys(
        (
            "patient_name", "name", "holder_name", "insured_name", "claimant_name", "payee_name", "principal_name", "agent_name",
            "mother_name", "father_name", "owner_name", "party_name", "farmer_name", "buyer_name",
        ),
        ("name", mask_name),
    ),
    **dict.fromkeys(
        ("id_number", "mother_id_number", "father_id_number", "principal_id_number", "agent_id_number"), ("id_number", mask_id_number)
    ),
    **dict.fromkeys(("address", "native_place"), ("address", mask_address)),
    **dict.fromkeys(("outpatient_number", "admission_number"), ("medical", _tail)),
    **dict.fromkeys(
        (
            "department", "chief_complaint", "diagnosis", "admission_diagnosis", "discharge_diagnosis", "diagnosis_code", "specimen",
            "pathology_diagnosis", "cause_of_death", "disability_grade",
        ),
        ("medical", _hide),
    ),
    **dict.fromkeys(("vin", "engine_number"), ("plate", _tail)),
    "birth_on": ("birth_date", _year_only), "card_number": ("bank_card", mask_card), "phone": ("phone", mask_phone),
    "plate_number": ("plate", mask_plate),
}  # fmt: skip
"""Field of a page -> the personal field of ``access/purposes.yaml`` that opens it, and how it is covered until then."""

ROW_MASKS: dict[str, tuple[str, Mask]] = dict.fromkeys(("name", "item_code", "spec"), ("medical", _hide))
"""The same for columns: what was done and given is medical."""

COLUMNS = ("charged_on", "item_code", "name", "spec", "insurance_class", "unit", "quantity", "unit_price", "amount")


def papers_of(sight: Sight, claim: Claim, *, opened: Collection[str] = ()) -> answers.Papers:
    """All papers; ``opened``: the personal fields that a grant of the access gate opened for this answer."""
    vault = sight.door.platform.vault
    pages = documents.list_pages(sight.conn, vault=vault, claim_id=claim.id)
    files = documents.list_uploads(sight.conn, vault=vault, claim_id=claim.id)
    numbers = {page.id: number for number, page in enumerate(pages, start=1)}
    return answers.Papers(
        unread=sum(1 for file in files if file.state is UploadState.STORED and file.replaced_by is None),
        files=[_file(sight, file, [page for page in pages if page.upload_id == file.id], numbers, opened) for file in files],
        wanting=wanting_of(sight, claim),
    )


def wanting_of(sight: Sight, claim: Claim) -> list[answers.Wanted]:
    """What is missing in the round at hand, while it is."""
    if claim.state is not ClaimState.WANTING:
        return []
    vault = sight.door.platform.vault
    evidence = dossier.find_section(sight.conn, vault=vault, claim_id=claim.id, name=SectionName.EVIDENCE, round=claim.round)
    if evidence is None:
        return []
    return [
        answers.Wanted(
            kinds=item["kinds"],
            title=item["title"],
            why=item["why"],
            problem=sight.coded("missing", item["problem"]),
            advice=item["advice"],
        )
        for item in evidence.payload["wanting"]
    ]


def _file(sight: Sight, file: Upload, pages: list[Page], numbers: dict[str, int], opened: Collection[str]) -> answers.UploadedFile:
    suffix = PurePath(file.name).suffix.lower()
    problem = None if file.problem is None else answers.Problem(code=file.problem["code"], advice=file.problem["advice"])
    return answers.UploadedFile(
        id=file.id, number=file.seq, suffix=suffix if suffix in SUFFIXES else "", bytes=file.size,
        state=sight.coded("upload", file.state.value), problem=problem, replaced=file.replaced_by is not None,
        pages=[_page(sight, file.claim_id, page, numbers[page.id], opened) for page in pages],
    )  # fmt: skip


def _page(sight: Sight, claim_id: str, page: Page, number: int, opened: Collection[str]) -> answers.ReadPage:
    reading = page.reading
    advice = [(reason.code, reason.advice_zh if sight.lang == "zh" else reason.advice_en) for reason in reading.quality.reasons]
    columns = [column for column in COLUMNS if any(column in row for row in reading.rows)]
    return answers.ReadPage(
        id=page.id, number=number, kind=sight.coded("kind", reading.kind), kind_confidence_bp=_bp(reading.kind_confidence),
        usable=reading.quality.usable, reasons=[answers.Problem(code=code, advice=text) for code, text in advice],
        fields=[
            _value(sight.coded("field", name), value, key=f"{page.id}.{name}", mask=MASKS.get(name), opened=opened)
            for name, value in reading.fields.items()
        ],
        columns=[sight.coded("column", column) for column in columns],
        rows=[
            [_cell(sight, row, column, key=f"{page.id}.{index}.{column}", opened=opened) for column in columns]
            for index, row in enumerate(reading.rows)
        ],
        width=reading.width, height=reading.height, repeats=page.repeats, hints=_hints(sight, page),
        image=f"/v1/claims/{claim_id}/pages/{page.id}/image",
    )  # fmt: skip


def first_look(quality: Quality, lang: Lang) -> answers.FirstLook:
    """An early word in the words of its language."""
    reasons = [answers.Problem(code=one.code, advice=one.advice_zh if lang == "zh" else one.advice_en) for one in quality.reasons]
    return answers.FirstLook(usable=quality.usable, reasons=reasons)


def _hints(sight: Sight, page: Page) -> list[answers.Hint]:
    """What a handler should look at. Whom the papers belong to is not told: a hint is no accusation."""
    if sight.actor.kind is ActorKind.CUSTOMER:
        return []
    return [
        answers.Hint(
            key=f"{page.id}.hint.{number}", code=hint.code, text=hint.zh if sight.lang == "zh" else hint.en,
            strength_bp=_bp(hint.strength), box=hint.box,
        )
        for number, hint in enumerate(page.hints or ())
    ]  # fmt: skip


def _cell(sight: Sight, row: Row, column: str, *, key: str, opened: Collection[str]) -> answers.ReadField | None:
    value = row.get(column)
    if value is None:
        return None
    return _value(sight.coded("column", column), value, key=key, mask=ROW_MASKS.get(column), opened=opened)


def _value(
    what: answers.Coded, value: FieldReading, *, key: str, mask: tuple[str, Mask] | None, opened: Collection[str]
) -> answers.ReadField:
    is_masked = mask is not None and mask[0] not in opened and bool(value.value)
    shown = mask[1](value.value) if mask is not None and is_masked else value.value
    return answers.ReadField(
        key=key, name=what.code, label=what.title, value=shown, masked=is_masked, confidence_bp=_bp(value.confidence), box=value.box
    )


def _bp(share: float) -> int:
    return max(0, min(10_000, round(share * 10_000)))
