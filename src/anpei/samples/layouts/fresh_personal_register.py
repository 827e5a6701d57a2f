"""Fresh set: the household register's card of one member, and the certificates of birth."""

from random import Random

from anpei.samples.drawing.formats import day
from anpei.samples.drawing.marks import seal, waves
from anpei.samples.drawing.sheet import DOTS_PER_MM, FACE_MONO, FACE_SERIF, Colour, Pen, Sheet
from anpei.samples.layouts.fresh_pieces import Cell, Fact, bars, blank, label, rosette, strip, title, watermark
from anpei.samples.layouts.registry import layout
from anpei.samples.world.documents import Document

BROWN: Colour = (96, 62, 40)
GREEN: Colour = (38, 104, 84)
Rows = list[tuple[float, list[Cell]]]


def _member_rows(document: Document, pen: Pen, *, people: str = "") -> Rows:
    """The ruled rows of the card; ``people`` stands after the ethnicity (族) where the issuer writes it."""
    extra = document.extra
    ethnicity = Cell(39, (Fact("ethnicity", pen, after=people),), "l")

    def said(width: float, text: str) -> Cell:
        return blank(width, text=text, pen=pen)

    return [
        (8, [label(25, "姓 名"), blank(37, "name", pen=pen), label(26, "户主或与户主关系"), blank(39, "relation", pen=pen)]),
        (8, [label(25, "曾 用 名"), said(37, ""), label(26, "性 别"), blank(39, "gender", pen=pen)]),
        (8, [label(25, "出 生 地"), said(37, extra["birth_place"]), label(26, "民 族"), ethnicity]),
        (8, [label(25, "籍 贯"), blank(37, "native_place", pen=pen), label(26, "出生日期"), blank(39, "birth_on", pen=pen)]),
        (8, [label(25, "本市(县)其他住址"), said(61, ""), label(17, "宗教信仰"), said(24, "")]),
        (
            8,
            [
                label(25, "公民身份证件编号"),
                blank(55, "id_number", pen=pen),
                label(11, "身高"),
                said(15, extra["height"]),
                label(10, "血型"),
                said(11, extra["blood"]),
            ],
        ),
        (
            8,
            [
                label(25, "文化程度"),
                said(27, extra["education"]),
                label(17, "婚姻状况"),
                said(17, extra["marriage"]),
                label(17, "兵役状况"),
                said(24, extra["service"]),
            ],
        ),
        (8, [label(25, "服务处所"), said(61, extra["workplace"]), label(17, "职 业"), said(24, extra["occupation"])]),
        (8, [label(44, "何时由何地迁来本市(县)"), said(83, "")]),
        (8, [label(44, "何时由何地迁来本址"), said(83, "")]),
    ]


def _card(sheet: Sheet, document: Document, x: float, y: float, pen: Pen, *, people: str = "", colour: Colour = BROWN) -> float:
    for height, cells in _member_rows(document, pen, people=people):
        y = strip(sheet, x, y, height, cells, colour=colour)
    return y


@layout("household_register", "fresh-a")
def needle_printed(document: Document, rng: Random) -> list[Sheet]:
    """One page of the booklet: the form printed in brown on a pale pattern, filled in by a needle printer that missed the lines a bit."""
    sheet = Sheet(143, 105, facts=document.facts, rng=rng)
    sheet.paste(waves(143 * DOTS_PER_MM, 105 * DOTS_PER_MM, (226, 232, 222), (246, 245, 238)), 0, 0)
    sheet.label_pen = Pen(size=2.9, colour=BROWN, face=FACE_SERIF)
    title(sheet, 5.2, "常住人口登记卡", 5.4, pen=Pen(colour=BROWN, face=FACE_SERIF), spacing=9)
    pen = Pen(size=3.5, colour=(44, 44, 60), dots=True, date="cn_plain")
    below = _card(sheet, document, 8, 13, pen)
    sheet.text(14, below + 3.2, "承办人签章：")
    sheet.text(34, below + 2.8, document.extra["officer"], pen)
    sheet.text(84, below + 3.2, "登记日期：")
    sheet.text(101, below + 2.8, day(document.extra["registered_on"], "cn_plain"), pen)
    stamp = seal(document.extra["police"], "户口专用章", rng=rng, diameter=30, star=True)
    sheet.stamp(stamp, 50, 68)
    return [sheet]


def _first_page(sheet: Sheet, document: Document, pen: Pen) -> None:
    """The page of the household itself, above the card of the member."""
    extra = document.extra
    sheet.label_pen = Pen(size=3.1, face=FACE_SERIF)
    y = 20.0
    rows = [
        [label(26, "户 别"), blank(46, text="非农业家庭户", pen=pen), label(24, "户主姓名"), blank(46, text=extra["head"], pen=pen)],
        [
            label(26, "户 号"),
            blank(46, text=extra["household_number"], pen=pen),
            label(24, "住 址"),
            Cell(46, (extra["address"],), "l", pen),
        ],
    ]
    for cells in rows:
        y = strip(sheet, 34, y, 12, cells)
    sheet.text(40, y + 9, "省级公安机关户口专用章", Pen(size=2.9, face=FACE_SERIF))
    sheet.text(112, y + 9, "户口登记机关户口专用章", Pen(size=2.9, face=FACE_SERIF))
    sheet.text(40, y + 36, "承办人签章：" + extra["officer"], Pen(size=2.9, face=FACE_SERIF))
    sheet.text(118, y + 36, day(extra["registered_on"], "cn") + "签发", Pen(size=2.9, face=FACE_SERIF))


@layout("household_register", "fresh-b")
def both_pages_copied(document: Document, rng: Random) -> list[Sheet]:
    """An A4 scan of the opened booklet: the page of the household above, the card of the member below, printed by laser in Song."""
    sheet = Sheet(210, 297, facts=document.facts, rng=rng)
    sheet.box(29, 8, 181, 116, colour=(170, 170, 170), weight=1, fill=(247, 247, 243))
    sheet.box(29, 118, 181, 232, colour=(170, 170, 170), weight=1, fill=(247, 247, 243))
    pen = Pen(size=3.4, face=FACE_SERIF, date="cn")
    _first_page(sheet, document, pen)
    sheet.stamp(seal(document.facts["native_place"][:3] + "公安厅", "户口专用章", rng=rng, diameter=30), 44, 54)
    sheet.stamp(seal(document.extra["police"], "户口专用章", rng=rng, diameter=30), 118, 54)
    sheet.text(105, 122, "常住人口登记卡", Pen(size=5.8, face=FACE_SERIF, bold=0.8, spacing=8), anchor="c")
    sheet.label_pen = Pen(size=2.9, face=FACE_SERIF)
    below = _card(sheet, document, 41.5, 131, pen, people="族", colour=(30, 30, 30))
    sheet.text(46, below + 5, "承办人签章：" + document.extra["officer"])
    sheet.text(122, below + 5, "登记日期：" + day(document.extra["registered_on"], "cn"))
    sheet.stamp(seal(document.extra["police"], "户口专用章", rng=rng, diameter=28), 84, 196)
    return [sheet]


def _twin(sheet: Sheet, x: float, y: float, words: str, english: str) -> float:
    """A label in Chinese over its English; returns the x after the Chinese."""
    sheet.text(x, y + 3.9, english, Pen(size=1.9, colour=GREEN, face=FACE_SERIF))
    return sheet.text(x, y, words, Pen(size=3.2, colour=GREEN, face=FACE_SERIF, bold=0.3))


def _filled(sheet: Sheet, x: float, y: float, name: str = "", text: str = "") -> None:
    """A fact, or a text that is none, over the printed line."""
    pen = Pen(size=3.5, date="spaced")
    if name:
        sheet.value(x, y - 0.2, name, pen)
    else:
        sheet.text(x, y - 0.2, text, pen)


def _parent(sheet: Sheet, document: Document, y: float, who: str) -> float:
    """The lines about mother or father."""
    extra, (word, english) = document.extra, {"mother": ("母亲", "mother"), "father": ("父亲", "father")}[who]
    _twin(sheet, 28, y, word + "姓名", f"Full name of {english}")
    _filled(sheet, 46, y, f"{who}_name")
    for x, words, foreign, text, at in (
        (80, "年龄", "Age", extra[f"{who}_age"], 89),
        (104, "国籍", "Nationality", "中国", 118),
        (142, "民族", "Ethnicity", extra[f"{who}_ethnicity"], 154),
    ):
        _twin(sheet, x, y, words, foreign)
        _filled(sheet, at, y, text=text)
    y += 11
    _twin(sheet, 28, y, "住址", "Address")
    _filled(sheet, 40, y, text=extra["address"])
    y += 11
    _twin(sheet, 28, y, "有效身份证件类别", "Type of valid ID")
    _filled(sheet, 56, y, text="居民身份证")
    _twin(sheet, 88, y, "有效身份证件号码", "Valid ID No.")
    _filled(sheet, 118, y, f"{who}_id_number")
    return y + 12


@layout("birth_certificate", "fresh-a")
def main_page(document: Document, rng: Random) -> list[Sheet]:
    """The main page: bilingual labels in green on a patterned ground, values on lines; number with a barcode on yellow."""
    sheet = Sheet(210, 297, facts=document.facts, rng=rng, paper=(252, 253, 251))
    sheet.stamp(rosette(150, 150, colour=(214, 232, 222), petals=14, rings=14), 30, 74)
    sheet.box(14, 14, 196, 283, colour=GREEN, weight=6)
    sheet.box(17, 17, 193, 280, colour=(150, 190, 172), weight=2)
    title(sheet, 30, "出生医学证明", 12, pen=Pen(colour=GREEN, face=FACE_SERIF), spacing=24)
    title(sheet, 46, "MEDICAL CERTIFICATE OF BIRTH", 4.6, pen=Pen(colour=GREEN, face=FACE_SERIF))
    extra, y = document.extra, 68.0
    _twin(sheet, 28, y, "新生儿姓名", "Full name of baby")
    _filled(sheet, 50, y, "name")
    _twin(sheet, 88, y, "性别", "Sex")
    _filled(sheet, 98, y, "gender")
    _twin(sheet, 116, y, "出生孕周", "Gestational age (weeks)")
    _filled(sheet, 148, y, text=extra["weeks"] + "周")
    y += 12
    _twin(sheet, 28, y, "出生时间", "Date of birth")
    _filled(sheet, 46, y, "birth_on")
    _filled(sheet, 84, y, text=f"{extra['hour']} 时 {extra['minute']} 分")
    _twin(sheet, 116, y, "出生体重", "Weight")
    _filled(sheet, 132, y, text=extra["weight"] + "克")
    _twin(sheet, 152, y, "出生身长", "Height")
    _filled(sheet, 168, y, text=extra["length"] + "厘米")
    y += 12
    _twin(sheet, 28, y, "出生地点", "Place of birth")
    _filled(sheet, 46, y, text=extra["birth_place"])
    _twin(sheet, 88, y, "医疗机构名称", "Name of facility")
    _filled(sheet, 112, y, "hospital_name")
    y = _parent(sheet, document, _parent(sheet, document, y + 14, "mother") + 2, "father")
    _issued(sheet, document, y + 8, rng)
    return [sheet]


def _issued(sheet: Sheet, document: Document, y: float, rng: Random) -> None:
    """The foot of the main page: who issued it when, and the number."""
    _twin(sheet, 28, y, "签发机构", "Issuing organization")
    _filled(sheet, 52, y, text=document.facts["hospital_name"])
    _twin(sheet, 28, y + 13, "签发日期", "Date of issue")
    _filled(sheet, 52, y + 13, "issued_on")
    sheet.box(112, y + 30, 182, y + 56, colour=(240, 218, 120), fill=(252, 240, 178))
    sheet.text(116, y + 33, "出生医学证明编号", Pen(size=3.2, colour=GREEN, face=FACE_SERIF))
    sheet.text(116, y + 38, "Birth Certificate No.", Pen(size=2.2, colour=GREEN, face=FACE_SERIF))
    sheet.value(116, y + 42, "certificate_number", Pen(size=4.6, colour=(180, 30, 40), face=FACE_MONO, bold=0.5, spacing=4))
    sheet.paste(bars(document.facts["certificate_number"], 56, 6), 118, y + 48.5)
    sheet.stamp(seal(document.facts["hospital_name"], "出生证专用章", rng=rng, diameter=36), 52, y + 18)
    sheet.text(28, 272, "中华人民共和国国家卫生健康委员会制", Pen(size=2.8, colour=GREEN, face=FACE_SERIF))


def _copy_rows(document: Document) -> Rows:
    """The table of the copy for the police."""
    extra = document.extra
    own = Pen(size=3.5, dots=True, date="cn")
    baby: Rows = [
        (11, [label(26, "新生儿姓名"), blank(40, "name", pen=own), label(16, "性别"), blank(20, "gender", pen=own), label(22, "出生孕周"),
              blank(36, text=extra["weeks"] + "周", pen=own)]),
        (11, [label(26, "出生日期"), Cell(76, (Fact("birth_on", own), f"{extra['hour']}时{extra['minute']}分"), "l", own),
        label(22, "出生体重"),
              blank(36, text=extra["weight"] + "克", pen=own)]),
        (11, [label(26, "出生地点"), blank(76, text=extra["birth_place"], pen=own), label(22, "出生身长"),
              blank(36, text=extra["length"] + "厘米", pen=own)]),
        (11, [label(26, "接生机构"), blank(134, "hospital_name", pen=own)]),
    ]  # fmt: skip
    for who, word in (("mother", "母亲"), ("father", "父亲")):
        baby += [
            (11, [label(26, word + "姓名"), blank(40, f"{who}_name", pen=own), label(16, "年龄"),
            blank(20, text=extra[f"{who}_age"], pen=own),
                  label(22, "国籍/民族"), blank(36, text=f"中国/{extra[f'{who}_ethnicity']}", pen=own)]),
            (11, [label(26, "身份证号"), blank(76, f"{who}_id_number", pen=own), label(22, "证件类别"),
            blank(36, text="居民身份证", pen=own)]),
            (11, [label(26, "住 址"), blank(134, text=extra["address"], pen=own)]),
        ]  # fmt: skip
    return baby


@layout("birth_certificate", "fresh-b")
def police_copy(document: Document, rng: Random) -> list[Sheet]:
    """The copy for the registration of residence: a ruled table with the number at the top right, filled in by a needle printer."""
    sheet = Sheet(210, 240, facts=document.facts, rng=rng, paper=(250, 251, 247))
    sheet.stamp(watermark(210, 240, "出生医学证明", colour=(236, 240, 236)), 0, 0)
    sheet.label_pen = Pen(size=3.4, colour=GREEN, face=FACE_SERIF)
    title(sheet, 16, "出生医学证明（副页）", 8, pen=Pen(colour=GREEN, face=FACE_SERIF), spacing=6)
    sheet.text(118, 30, "编号：")
    sheet.value(129, 29.4, "certificate_number", Pen(size=4.4, colour=(180, 30, 40), face=FACE_MONO, bold=0.4))
    y = 38.0
    for height, cells in _copy_rows(document):
        y = strip(sheet, 25, y, height, cells, colour=GREEN)
    own = Pen(size=3.5, dots=True, date="cn")
    sheet.text(27, y + 6, "签证机构（盖章）：")
    sheet.text(27, y + 15, "签证日期：")
    sheet.value(45, y + 15, "issued_on", own)
    sheet.text(110, y + 6, "领证人签字：")
    sheet.text(110, y + 15, "签证人员：")
    sheet.line(131, y + 11, 170, y + 11, colour=GREEN, weight=1)
    sheet.line(131, y + 20, 170, y + 20, colour=GREEN, weight=1)
    sheet.stamp(seal(document.facts["hospital_name"], "出生证明专用章", rng=rng, diameter=34), 52, y + 1)
    sheet.text(27, 226, "注：此页由户口登记机关作为新生儿落户凭证保存，涂改无效。", Pen(size=2.8, colour=GREEN, face=FACE_SERIF))
    return [sheet]
