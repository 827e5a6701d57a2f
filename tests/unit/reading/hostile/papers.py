"""Hostile OFD and XML files: bombs, archives in archives, places that lead out, circles, impossible numbers, orders."""

import io
import zipfile
from collections.abc import Iterator, Mapping
from functools import partial
from random import Random

from tests.unit.reading.hostile.damage import Make, damaged
from tests.unit.reading.hostile.pdfs import PROMPT
from tests.unit.reading.hostile.pictures import png, saved
from tests.unit.reading.support.invoices import INVOICE_TAGS, invoice_ofd, invoice_words, invoice_xml, receipt_xml
from tests.unit.reading.support.ofd import HEAD, NS, Word, content, pack, parts_of, ref

WORD = Word(20, 30, "票据号码0215278697")
LAUGHS = "<!DOCTYPE l [<!ENTITY a0 'ha'>" + "".join(f"<!ENTITY a{n} '{f'&a{n - 1};' * 10}'>" for n in range(1, 10)) + "]>"
OUTSIDE = "<!DOCTYPE l [<!ENTITY a9 SYSTEM 'file:///etc/passwd'>]>"
REMOTE = "<!DOCTYPE l SYSTEM 'http://127.0.0.1:9/evil.dtd' [<!ENTITY % p SYSTEM 'http://127.0.0.1:9/x'> %p;]>"


def ofd(changes: Mapping[str, str | bytes | None] | None = None, **options: object) -> bytes:
    """One page, with parts replaced, added or (None) left out."""
    parts = parts_of([[WORD]], **options)  # type: ignore[arg-type]
    for name, part in (changes or {}).items():
        if part is None:
            parts.pop(name, None)
        else:
            parts[name] = part
    return pack({"kept/OFD.xml": "", **parts})


def replaced(name: str, old: str, new: str, **options: object) -> bytes:
    """One page, with words of one part replaced."""
    parts = parts_of([[WORD]], **options)  # type: ignore[arg-type]
    assert old in str(parts[name]), old
    return ofd({name: str(parts[name]).replace(old, new)}, **options)


def on_page(*words: Word, more: str = "") -> bytes:
    """A page of these words."""
    return ofd({"Doc_0/Pages/Page_0/Content.xml": content(words, more=more)})


def doubled() -> bytes:
    """Two parts of one name."""
    out = io.BytesIO(ofd())
    with zipfile.ZipFile(out, "a") as archive:
        archive.writestr("OFD.xml2", "<x/>")
    return out.getvalue().replace(b"OFD.xml2", b"OFD.xml\x2f").replace(b"kept/OFD.xml", b"kept/OFD.xmm")


def same_names() -> bytes:
    """Two parts of exactly one name."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in ("OFD.xml", "OFD.xmm"):
            archive.writestr(name, "<x/>")
    return out.getvalue().replace(b"OFD.xmm", b"OFD.xml")


def with_flag(flag: int) -> bytes:
    """Parts that say they are encrypted (1) or something else."""
    data = bytearray(ofd())
    at = data.find(b"PK\x01\x02")
    while at >= 0:
        data[at + 8] |= flag
        at = data.find(b"PK\x01\x02", at + 4)
    return bytes(data)


def packed_by(method: int) -> bytes:
    """Parts packed in another way."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, part in parts_of([[WORD]]).items():
            archive.writestr(name, part)
    return out.getvalue()


def lying_size() -> bytes:
    """A part that unpacks to more than it says."""
    data = bytearray(ofd({"Doc_0/Pages/Page_0/Content.xml": content([WORD]) + " " * 50_000}))
    at = data.find(b"PK\x01\x02")
    while at >= 0:
        data[at + 24 : at + 28] = (100).to_bytes(4, "little")
        at = data.find(b"PK\x01\x02", at + 4)
    return bytes(data)


def many_parts(count: int) -> bytes:
    """An archive of very many parts."""
    return pack({"OFD.xml": "<x/>", **{f"a/{n}": "" for n in range(count)}})


def cases() -> Iterator[tuple[str, Make]]:
    """Names and makers."""
    yield from damaged("ofd", lambda: invoice_ofd(attachment=invoice_xml()))
    yield from damaged("xml", lambda: invoice_xml().encode())
    yield from damaged("receipt xml", lambda: receipt_xml().encode())
    yield from _archives()
    yield from _places()
    yield from _pages()
    yield from _markup()


def _archives() -> Iterator[tuple[str, Make]]:
    yield "ofd with a part of a gigabyte", lambda: ofd({"Doc_0/Res/a.bin": b"\0" * (40 << 20)})
    yield "ofd of many large parts", _large_parts
    yield "ofd with a page that unpacks to much", lambda: ofd({"Doc_0/Pages/Page_0/Content.xml": content([WORD]) + " " * (25 << 20)})
    yield "ofd in an ofd in an ofd", lambda: ofd({"Doc_0/Res/a.ofd": ofd({"Doc_0/Res/b.ofd": ofd()})})
    yield "ofd as a part of itself", lambda: ofd({"OFD.xml": ofd()})
    yield "ofd of five thousand parts", partial(many_parts, 5000)
    yield "ofd with a place for a name", lambda: ofd({"../../evil.xml": "x"})
    yield "ofd with a root for a name", lambda: ofd({"/etc/cron.d/evil": "x"})
    yield "ofd with a drive for a name", lambda: ofd({"C:\\evil.xml": "x"})
    yield "ofd with a name of two thousand letters", lambda: ofd({"a" * 2000: "x"})
    yield "ofd with names that end in a slash", doubled
    yield "ofd with one name twice", same_names
    yield "ofd that says it is encrypted", partial(with_flag, 1)
    yield "ofd with strange flags", partial(with_flag, 0x40)
    yield "ofd packed by lzma", partial(packed_by, zipfile.ZIP_LZMA)
    yield "ofd packed by bzip2", partial(packed_by, zipfile.ZIP_BZIP2)
    yield "ofd that lies about its sizes", lying_size
    yield "ofd with a tail", lambda: ofd() + b"PK\x05\x06" + b"\xff" * 18
    yield "ofd without its root", lambda: ofd({"OFD.xml": None})
    yield "ofd without its document", lambda: ofd({"Doc_0/Document.xml": None})
    yield "ofd without its page", lambda: ofd({"Doc_0/Pages/Page_0/Content.xml": None})
    yield "word file", lambda: pack({"[Content_Types].xml": "<Types/>", "word/document.xml": "<w/>"})
    yield "zip of nothing", lambda: pack({})


def _places() -> Iterator[tuple[str, Make]]:
    document, root = "Doc_0/Document.xml", "OFD.xml"
    for number, place in enumerate(
        ("../../../etc/passwd", "/../../x", "..\\..\\x", "http://127.0.0.1:9/x", "file:///etc/passwd", "", "\t\n", "a" * 5000)
    ):
        yield f"ofd with a page at place {number}", partial(replaced, document, "Pages/Page_0/Content.xml", place)
        yield f"ofd with a document at place {number}", partial(replaced, root, "Doc_0/Document.xml", place)
    yield "ofd with a document that is itself", partial(replaced, root, "Doc_0/Document.xml", "OFD.xml")
    yield "ofd with a page that is its document", partial(replaced, document, "Pages/Page_0/Content.xml", "Document.xml")
    yield (
        "ofd with a template that is its page",
        partial(replaced, document, "Tpls/Tpl_0/Content.xml", "Pages/Page_0/Content.xml", template=[WORD]),
    )
    yield "ofd with a hundred templates", _many_templates
    yield "ofd of two thousand pages", lambda: pack(parts_of([[WORD]] * 1900))
    yield (
        "ofd of a million pages",
        lambda: replaced(document, '<ofd:Page ID="1"', '<ofd:Page ID="2" BaseLoc="x"/>' * 100_000 + '<ofd:Page ID="1"'),
    )
    yield (
        "ofd of five hundred documents",
        lambda: replaced(
            root, "</ofd:DocBody>", "</ofd:DocBody>" + "<ofd:DocBody><ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody>" * 500
        ),
    )
    yield "ofd with tags that point nowhere", lambda: ofd(tags=INVOICE_TAGS)
    yield (
        "ofd with tags that point to much",
        lambda: invoice_ofd(tags=f"<ofd:a>{ref(*[101] * 40_000)}</ofd:a>{INVOICE_TAGS}"),
    )
    yield "ofd with tags in tags", lambda: invoice_ofd(tags="<ofd:a>" * 55 + "</ofd:a>" * 55)
    yield "ofd with an attachment of garbage", lambda: invoice_ofd(attachment="<broken")
    yield "ofd with an attachment of entities", lambda: invoice_ofd(attachment=f"<?xml version='1.0'?>{LAUGHS}<a>&a9;</a>")
    yield "ofd with an attachment that gives orders", lambda: invoice_ofd(attachment=invoice_xml().replace("临江市百草堂", PROMPT))


def _pages() -> Iterator[tuple[str, Make]]:
    for area in ("0 0 0 0", "0 0 1e30 1e30", "0 0 NaN NaN", "nan", "0 0 -5 -5", "0 0 0.02 19000", "a b c d", ""):
        yield f"ofd with a page of {area!r}", partial(ofd, area=area)
    for name, values in {
        "Boundary": ("NaN NaN NaN NaN", "1e300 1e300 1e300 1e300", "-1 -1 -1 -1", "1 2 3", "x"),
        "CTM": ("NaN 0 0 NaN 0 0", "1e300 0 0 1e300 0 0", "0 0 0 0 0 0", "1 2", "inf inf inf inf inf inf"),
        "Size": ("NaN", "-5", "0", "1e300", "19000", "x"),
    }.items():
        for value in values:
            yield f"ofd with a {name} of {value!r}", partial(_with_attribute, name, value)
    for number, step in enumerate(
        ("g 999999999999 1", "g 9999999999999999999999 1", "g", "g 1", "NaN", "g g g g", "1e308 " * 50, "-5 " * 50, "1 " * 90_000)
    ):
        yield f"ofd with steps {number}", partial(on_page, Word(20, 30, "票据号码0215278697", step=step))
    yield "ofd of sixty thousand letters", lambda: on_page(*[Word(5, 5, "字" * 600)] * 100)
    yield (
        "ofd that gives orders",
        lambda: on_page(*[Word(5, 10 * n, text) for n, text in enumerate((PROMPT, "票据代码：33060126", PROMPT))]),
    )
    yield "ofd of strange letters", lambda: on_page(Word(5, 5, "\u202e\u200b\ufeff\U0001f4b0" * 50 + "票" * 20))
    yield "ofd with a picture of garbage", lambda: ofd(picture=(b"\x89PNG\r\n\x1a\n" + b"\0" * 99, "0 0 99 99"))
    yield "ofd with a huge picture", lambda: ofd(picture=(png(60_000, 60_000), "0 0 99 99"))
    yield "ofd with a picture that is an ofd", lambda: ofd(picture=(ofd(), "0 0 99 99"))
    yield "ofd with a picture far outside", lambda: ofd(picture=(saved("PNG"), "-19000 -19000 38000 38000"))
    yield "ofd with a thousand pictures", lambda: on_page(more='<ofd:ImageObject ID="7" Boundary="0 0 9 9" ResourceID="80"/>' * 1000)
    yield "ofd of blocks in blocks", lambda: on_page(more="<ofd:PageBlock>" * 200 + "</ofd:PageBlock>" * 200)


def _large_parts() -> bytes:
    """Five parts that are each allowed, and together too much."""
    return ofd({f"Doc_0/Res/{n}.bin": (Random(n).randbytes(400) + b"\0" * 30_000) * 900 for n in range(5)})


def _many_templates() -> bytes:
    under = '<ofd:Template TemplateID="90"/>' * 100
    page = content([WORD], template=True).replace("<ofd:Content>", under + "<ofd:Content>")
    return ofd({"Doc_0/Pages/Page_0/Content.xml": page}, template=[WORD])


def _with_attribute(name: str, value: str) -> bytes:
    words = [Word(w.x, w.y, w.text, id=w.id) for w in invoice_words()]
    body = content(words)
    old = {"Boundary": 'Boundary="150 10 60.0 5.5"', "CTM": 'Font="1"', "Size": 'Size="3.5"'}[name]
    assert old in body
    return ofd({"Doc_0/Pages/Page_0/Content.xml": body.replace(old, f'{name}="{value}"')})


def _markup() -> Iterator[tuple[str, Make]]:
    for name, head in {"laughs": LAUGHS, "outside": OUTSIDE, "remote": REMOTE}.items():
        yield f"xml with {name}", partial(_declared, head, "utf-8")
        yield f"xml with {name} in utf-16", partial(_declared, head, "utf-16")
        yield f"ofd with {name}", partial(_declared_page, head)
    yield "xml of a hundred thousand levels", lambda: b"<?xml version='1.0'?>" + b"<a>" * 100_000
    yield "xml of two hundred levels", lambda: b"<?xml version='1.0'?>" + b"<a>" * 200 + b"</a>" * 200
    yield "xml of a million elements", lambda: b"<?xml version='1.0'?><a>" + b"<b/>" * 1_000_000 + b"</a>"
    yield "xml of a million attributes", lambda: b"<?xml version='1.0'?><a " + b" ".join(b'a%d=""' % n for n in range(200_000)) + b"/>"
    yield "xml with a value of twelve megabytes", lambda: invoice_xml().replace("余", "字").replace("管理员", "字" * 3_000_000).encode()
    yield "xml of twenty megabytes", lambda: b"<?xml version='1.0'?><a>" + b" " * (20 << 20) + b"</a>"
    yield "xml that includes", lambda: b"<?xml version='1.0'?><x:include xmlns:x='http://www.w3.org/2001/XInclude' href='/etc/passwd'/>"
    yield "xml with a style", lambda: b"<?xml version='1.0'?><?xml-stylesheet href='http://127.0.0.1:9/x'?><EInvoice/>"
    yield "xml in an unknown alphabet", lambda: invoice_xml().replace("UTF-8", "X-EVIL").encode()
    yield "xml in a wrong alphabet", lambda: invoice_xml().replace("UTF-8", "UTF-32").encode()
    yield "xml with zeros", lambda: invoice_xml().replace("管理员", "\0").encode()
    yield "xml with surrogates", lambda: invoice_xml().replace("管理员", "&#xD800;").encode()
    yield "xml that gives orders", lambda: receipt_xml().replace("余春霞", PROMPT).encode()
    row = "<AuxItem><AuxItemName>a</AuxItemName><AuxItemAmount>1</AuxItemAmount></AuxItem>"
    yield "xml of ten thousand rows", lambda: receipt_xml().replace("</AuxDetails>", row * 10_000 + "</AuxDetails>").encode()
    yield "xml drawing", lambda: b"<?xml version='1.0'?><svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"
    yield "web page", lambda: b"<!DOCTYPE html><html><body onload=alert(1)></body></html>"
    yield "web page without a type", lambda: b"<html><script>alert(1)</script></html>"
    for number, value in enumerate(
        ("NaN", "Infinity", "-0", "1e400", "0x10", "٣٤", "9" * 400, "1.0.0", "'; DROP TABLE bills; --", "{{7*7}}")
    ):
        yield f"xml with an amount {number}", partial(_amount, value)


def _declared(head: str, encoding: str) -> bytes:
    body = receipt_xml().split("?>", 1)[1].strip().replace("余春霞", "&a9;")
    return f'<?xml version="1.0" encoding="{encoding}"?>{head}{body}'.encode(encoding)


def _declared_page(head: str) -> bytes:
    body = content([WORD]).replace("票据", "&a9;").removeprefix(HEAD)
    assert NS in body
    return ofd({"Doc_0/Pages/Page_0/Content.xml": HEAD + head + body})


def _amount(value: str) -> bytes:
    return receipt_xml().replace("98.6<", f"{value}<").replace("58.60", value).encode()
