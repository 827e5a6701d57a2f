"""One warm reading machine per process, pages built from known truth, and PDFs built in memory."""

import io
from collections.abc import Sequence
from functools import cache
from random import Random

import pytest
from PIL import Image

from anpei.engines.knowledge import shipped_rulebook
from anpei.reading import ReadingMachine
from anpei.reading._sense.schema import Knowledge, load_knowledge
from anpei.samples import pages
from anpei.samples.layouts import LAYOUTS
from anpei.samples.pages import Page
from tests.unit.reading.support.typeset import typeset


@pytest.fixture(scope="session")
def machine() -> ReadingMachine:
    """The reading machine with the shipped rulebook."""
    return ReadingMachine(shipped_rulebook())


@pytest.fixture(scope="session")
def knowledge() -> Knowledge:
    """The shipped knowledge about kinds and layouts."""
    return load_knowledge(shipped_rulebook())


@cache
def sample(layout: str, *, effect: str = "phone", seed: int = 7) -> Page:
    """The first page of a document in a known layout, drawn once; nobody changes it."""
    document = pages.document_for(LAYOUTS[layout], Random(seed))
    return pages.draw(layout, document, seed=seed, effect=effect)[0]


def picture(image: Image.Image, form: str = "PNG", **options: object) -> bytes:
    """An image as the bytes of a file."""
    out = io.BytesIO()
    image.save(out, form, **options)
    return out.getvalue()


def text_pdf(lines: Sequence[str], *, pages: int = 1) -> bytes:
    """A PDF with text of its own: one paragraph a line, tabs are wide gaps."""
    body = "\n\n".join(line.replace("\t", "#h(2cm)") for line in lines)
    source = '#set page(paper: "a4")\n#set text(font: "Noto Sans CJK SC", size: 10pt)\n' + "\n#pagebreak()\n".join([body] * pages)
    return typeset(source)


RECEIPT = (
    "浙江省医疗门诊收费票据（电子）",
    "票据代码：33060126\t票据号码：0215278697",
    "交款人：余春霞\t校验码：7d3c9a\t开票日期：2026-02-23",
    "金额合计（大写）：玖拾捌元陆角整\t（小写）98.60",
    "医保统筹基金支付：40.00\t其他支付：0.00\t个人账户支付：44.24\t个人现金支付：14.36",
    "收款单位（章）：临江市中医院",
)
