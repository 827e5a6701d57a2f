"""A form that no layout and no vocabulary knows, drawn for the tests of layouts: strange labels, and an amount far from its label."""

import io
from collections.abc import Mapping

import pypdfium2

from tests.unit.reading.support.typeset import typeset

FIRST = {
    "receipt_code": "33110126",
    "receipt_number": "0215278697",
    "patient_name": "余春霞",
    "issued_on": "2026-04-09",
    "hospital_name": "云川市第二医院",
    "total_amount": "268.40",
}
SECOND = {
    "receipt_code": "33110127",
    "receipt_number": "0330914458",
    "patient_name": "司徒明",
    "issued_on": "2026-11-24",
    "hospital_name": "云川市第二医院",
    "total_amount": "1375.05",
}


def drawn(facts: Mapping[str, str], *, title: str = "云川市门诊收费票据（试行）") -> bytes:
    """The form as a PDF with text of its own."""
    year, month, day = facts["issued_on"].split("-")
    date = f"{year}年{int(month)}月{int(day)}日"
    parts = [
        (70, 20, 16, title),
        (20, 40, 11, f"凭条代号：{facts['receipt_code']}"),
        (110, 40, 11, f"凭条流水：{facts['receipt_number']}"),
        (20, 52, 11, f"就医人称呼：{facts['patient_name']}"),
        (110, 52, 11, f"制单年月日：{date}"),
        (20, 70, 11, "所做各项"),
        (70, 70, 11, "各收若干"),
        (20, 80, 11, "血常规"),
        (70, 80, 11, "贰拾"),
        (20, 100, 11, "本次应付总数"),
        (96, 112, 11, facts["total_amount"]),
        (20, 130, 11, "本凭条盖印后有效，遗失不补"),
        (110, 142, 11, facts["hospital_name"]),
    ]
    body = "\n".join(f"#place(dx: {x}mm, dy: {y}mm, text(size: {size}pt)[{text}])" for x, y, size, text in parts)
    source = f'#set page(width: 190mm, height: 180mm, margin: 0pt)\n#set text(font: "Noto Sans CJK SC", lang: "zh")\n{body}'
    return typeset(source)


def printed(facts: Mapping[str, str], *, title: str = "云川市门诊收费票据（试行）") -> bytes:
    """The form as a scanned picture (PNG)."""
    out = io.BytesIO()
    pypdfium2.PdfDocument(drawn(facts, title=title))[0].render(scale=150 / 72).to_pil().save(out, "PNG")
    return out.getvalue()
