"""Unseen papers of a person's life: household register pages, certificates of birth and of death, two forms each."""

from random import Random

from anpei.samples.drawing import marks
from anpei.samples.drawing.sheet import FACE_MONO, Colour, Pen, Sheet
from anpei.samples.layouts.registry import layout
from anpei.samples.layouts.unseen_parts import (
    GREEN,
    GREY,
    MATRIX,
    RED,
    Cell,
    centred,
    fact,
    ground,
    ruled,
    seal,
    start,
    watermark,
)
from anpei.samples.world.documents import Document

OCHRE: Colour = (128, 88, 36)
ROSE: Colour = (176, 56, 92)
TEAL: Colour = (20, 104, 112)


@layout("household_register", "unseen-a")
def booklet_card(document: Document, rng: Random) -> list[Sheet]:
    """常住人口登记卡, the booklet page: the national order of cells in ochre, filled by a needle printer, the seal at the foot."""
    extra = document.extra
    pen = Pen(size=3.5, colour=MATRIX.colour, face=FACE_MONO, dots=True, date="cn")
    sheet = start(document, rng, (143, 105), label=Pen(size=3, colour=OCHRE), value=pen, paper=(253, 250, 240))
    ground(sheet, (246, 238, 220))
    centred(sheet, 4.4, "常住人口登记卡", Pen(size=4.6, colour=OCHRE, bold=0.4, spacing=6))
    rows = (
        (Cell("姓　名", "name", 20, 46), Cell("户主或与户主关系", "relation", 26, 37)),
        (Cell("曾用名", "", 20, 46), Cell("性　别", "gender", 26, 37)),
        (Cell("出生地", "", 20, 46, extra=extra["birth_place"]), Cell("民　族", "ethnicity", 26, 37, suffix="族")),
        (Cell("籍　贯", "native_place", 20, 46), Cell("出生日期", "birth_on", 26, 37)),
        (Cell("本市（县）其他住址", "", 30, 51), Cell("宗教信仰", "", 18, 30)),
        (
            Cell("公民身份证件编号", "id_number", 30, 51), Cell("身高", "", 10, 14, extra=extra["height"]),
            Cell("血型", "", 10, 14, extra=extra["blood"]),
        ),
        (
            Cell("文化程度", "", 20, 26, extra=extra["education"]), Cell("婚姻状况", "", 20, 20, extra=extra["marriage"]),
            Cell("兵役状况", "", 18, 25, extra=extra["service"]),
        ),
        (Cell("服务处所", "", 20, 66, extra=extra["workplace"]), Cell("职业", "", 14, 29, extra=extra["occupation"])),
        (Cell("何时由何地迁来本市（县）", "", 40, 89),),
        (Cell("何时由何地迁来本址", "", 40, 89),),
    )  # fmt: skip
    y = ruled(sheet, 7, 11.4, rows, height=7.8, colour=OCHRE)
    sheet.text(9, y + 3, f"承办人签章：{extra['officer']}")
    sheet.text(82, y + 3, "登记日期：")
    sheet.text(97, y + 3, extra["registered_on"], pen)
    seal(sheet, 52, y - 16, extra["police"], "户口专用章", diameter=27)
    return [sheet]


@layout("household_register", "unseen-b")
def register_form(document: Document, rng: Random) -> list[Sheet]:
    """常住人口登记表, the police's own form copied in grey: another order of cells, a place for the portrait, number of the household."""
    extra = document.extra
    sheet = start(
        document, rng, (210, 170), label=Pen(size=3.5, colour=(64, 64, 66)), value=Pen(size=3.7, date="compact"), paper=(246, 246, 245)
    )
    centred(sheet, 11, "常住人口登记表", Pen(size=6, bold=0.6, spacing=4))
    sheet.text(16, 22, f"户号：{extra['household_number']}")
    sheet.text(96, 22, f"户主姓名：{extra['head']}")
    sheet.text(150, 22, "户别：家庭户")
    portrait = marks.portrait(30, 38, ground=(228, 228, 228))
    sheet.paste(portrait, 162, 30)
    wide = (
        (Cell("姓名", "name", 22, 48), Cell("与户主关系", "relation", 26, 48)),
        (Cell("性别", "gender", 22, 20), Cell("民族", "ethnicity", 18, 26), Cell("出生日期", "birth_on", 22, 36)),
        (Cell("公民身份号码", "id_number", 30, 66), Cell("血型", "", 16, 32, extra=extra["blood"] + "型")),
        (Cell("籍贯", "native_place", 22, 62), Cell("出生地", "", 18, 42, extra=extra["birth_place"])),
    )
    y = ruled(sheet, 16, 29, wide, height=10)
    rows = (
        (Cell("住址", "", 22, 154, extra=extra["address"]),),
        (
            Cell("文化程度", "", 22, 36, extra=extra["education"]),
            Cell("婚姻状况", "", 24, 34, extra=extra["marriage"]),
            Cell("身高", "", 18, 42, extra=extra["height"] + "厘米"),
        ),
        (Cell("服务处所", "", 22, 94, extra=extra["workplace"]), Cell("职业", "", 18, 42, extra=extra["occupation"])),
        (Cell("登记事项变更", "", 34, 142, extra="无"),),
    )
    y = ruled(sheet, 16, y, rows, height=10)
    sheet.text(16, y + 8, f"登记机关：{extra['police']}")
    sheet.text(132, y + 8, f"打印日期：{extra['registered_on']}")
    seal(sheet, 60, y - 12, extra["police"], "户口专用章", diameter=38)
    return [sheet]


@layout("birth_certificate", "unseen-a")
def bilingual_birth(document: Document, rng: Random) -> list[Sheet]:
    """The newer edition: Chinese and English labels in cells on rose waves, the number in red at the foot."""
    extra = document.extra
    sheet = start(
        document, rng, (190, 265), label=Pen(size=3.2, colour=TEAL), value=Pen(size=3.9, bold=0.2, date="cn"), paper=(255, 253, 253)
    )
    ground(sheet, (250, 228, 234))
    centred(sheet, 18, "出生医学证明", Pen(size=9, colour=RED, bold=0.9, spacing=10))
    centred(sheet, 30, "BIRTH CERTIFICATE", Pen(size=4.4, colour=RED, spacing=3))
    born = Cell("出生日期 Date of birth", "birth_on", 36, 44)
    hour = Cell("时间 Time", "", 20, 66, extra=f"{extra['hour']}时{extra['minute']}分")
    rows = (
        (Cell("新生儿姓名 Name", "name", 32, 56), Cell("性别 Sex", "gender", 20, 58)),
        (born, hour),
        (
            Cell("孕周 Weeks", "", 22, 28, extra=extra["weeks"] + "周"), Cell("体重 Weight", "", 22, 34, extra=extra["weight"] + "克"),
            Cell("身长 Height", "", 22, 38, extra=extra["length"] + "厘米"),
        ),
        (Cell("接生机构 Name of facility", "hospital_name", 40, 126),),
        (
            Cell("母亲姓名 Mother", "mother_name", 32, 40), Cell("年龄 Age", "", 20, 20, extra=extra["mother_age"]),
            Cell("民族 Ethnicity", "", 24, 30, extra=extra["mother_ethnicity"]),
        ),
        (Cell("证件类别 ID type", "", 32, 26, extra="身份证"), Cell("有效身份证件号码 ID No.", "mother_id_number", 40, 68)),
        (
            Cell("父亲姓名 Father", "father_name", 32, 40), Cell("年龄 Age", "", 20, 20, extra=extra["father_age"]),
            Cell("民族 Ethnicity", "", 24, 30, extra=extra["father_ethnicity"]),
        ),
        (Cell("证件类别 ID type", "", 32, 26, extra="身份证"), Cell("有效身份证件号码 ID No.", "father_id_number", 40, 68)),
        (Cell("住址 Address", "", 32, 134, extra=extra["address"]),),
    )  # fmt: skip
    y = ruled(sheet, 12, 42, rows, height=14, colour=ROSE)
    sheet.text(14, y + 7, "出生证编号 Birth Certificate No.")
    fact(
        sheet, 62, y + 6, "certificate_number", document.facts["certificate_number"], pen=Pen(size=5, colour=RED, face=FACE_MONO, spacing=4)
    )
    sheet.pair(14, y + 17, "签发日期 Date of issue ", "issued_on")
    sheet.text(14, y + 27, "签发机构（专用章） Issuing organization")
    seal(sheet, 112, y + 8, document.facts["hospital_name"], "出生证明专用章", diameter=42)
    return [sheet]


@layout("birth_certificate", "unseen-b")
def older_birth(document: Document, rng: Random) -> list[Sheet]:
    """The older edition in landscape: blanks with dotted lines in running text, year, month and day in blanks of their own."""
    extra = document.extra
    sheet = start(document, rng, (240, 170), label=Pen(size=4, colour=GREEN), value=Pen(size=4.2), paper=(250, 254, 248))
    ground(sheet, (222, 240, 222))
    sheet.box(8, 8, 232, 162, colour=GREEN, weight=8)
    centred(sheet, 17, "出 生 医 学 证 明", Pen(size=8.4, colour=GREEN, bold=0.8))
    sheet.text(150, 31, "出生证编号：", Pen(size=3.6, colour=GREEN))
    fact(sheet, 172, 30.8, "certificate_number", document.facts["certificate_number"], pen=Pen(size=4.4, colour=RED))
    _blank(sheet, 20, 42, "新生儿姓名", 36, name="name")
    _blank(sheet, 84, 42, "性别", 16, name="gender")
    x = sheet.text(118, 42, "出生于")
    for part, unit in zip(document.facts["birth_on"].split("-"), "年月日", strict=True):
        x = _blank(sheet, x, 42, "", 14, text=part)
        x = sheet.text(x, 42, unit)
    sheet.shown["birth_on"] = document.facts["birth_on"]
    for left, label, width, text in (
        (20, "出生孕周", 20, extra["weeks"] + "周"),
        (66, "健康状况", 20, "良好"),
        (112, "体重", 24, extra["weight"] + "克"),
        (154, "身长", 26, extra["length"] + "厘米"),
    ):
        _blank(sheet, left, 54, label, width, text=text)
    for top, who, word in ((66, "mother", "母亲"), (78, "father", "父亲")):
        _blank(sheet, 20, top, f"{word}姓名", 28, name=f"{who}_name")
        _blank(sheet, 72, top, "年龄", 14, text=extra[f"{who}_age"])
        _blank(sheet, 100, top, "民族", 16, text=extra[f"{who}_ethnicity"])
        _blank(sheet, 132, top, "身份证号", 58, name=f"{who}_id_number")
    _blank(sheet, 20, 90, "家庭住址", 150, text=extra["address"])
    _blank(sheet, 20, 102, "出生地点", 44, text=extra["birth_place"])
    _blank(sheet, 96, 102, "接生单位", 84, name="hospital_name")
    sheet.text(20, 114, "出生地点分类：医院 √　妇幼保健院　家庭　其他")
    sheet.text(20, 128, f"接生人员签字：{sheet.rng.choice('王李张陈')}医生")
    sheet.pair(128, 140, "签证日期：", "issued_on", pen=Pen(size=4.2, date="spaced"))
    seal(sheet, 150, 112, document.facts["hospital_name"], "出生证专用章", diameter=40)
    return [sheet]


def _blank(sheet: Sheet, x: float, y: float, label: str, width: float, *, name: str = "", text: str = "") -> float:
    """A label and an underlined blank with a fact or a text in the middle; returns the x behind."""
    left = sheet.text(x, y, label) + 1 if label else x + 1
    if name:
        fact(sheet, left + width / 2, y, name, sheet.printed(name, sheet.value_pen), anchor="c")
    else:
        sheet.text(left + width / 2, y, text, sheet.value_pen, anchor="c")
    sheet.line(left, y + 5.4, left + width, y + 5.4, colour=sheet.label_pen.colour, weight=1)
    return left + width + 1


@layout("death_certificate", "unseen-a")
def full_death(document: Document, rng: Random) -> list[Sheet]:
    """The full ruled form with the chain of causes (a) to (d), as the health office keeps it."""
    extra = document.extra
    sheet = start(document, rng, (210, 285), label=Pen(size=3.2), value=Pen(size=3.5, date="cn"))
    centred(sheet, 13, "居民死亡医学证明（推断）书", Pen(size=5.8, bold=0.6))
    sheet.text(16, 24, f"{extra['province']}　　行政区划代码　□□□□□□")
    sheet.text(132, 24, "编号：")
    sheet.value(142, 24, "certificate_number")
    rows = (
        (
            Cell("死者姓名", "name", 22, 32),
            Cell("性别", "gender", 14, 16),
            Cell("民族", "", 14, 20, extra=extra["ethnicity"] + "族"),
            Cell("国家或地区", "", 24, 36, extra="中国"),
        ),
        (Cell("有效身份证件类别", "", 32, 36, extra="身份证"), Cell("证件号码", "id_number", 22, 88)),
        (
            Cell("年龄", "", 16, 26, extra=extra["age"] + "岁"),
            Cell("婚姻状况", "", 22, 26, extra=extra["marriage"]),
            Cell("文化程度", "", 22, 66, extra=extra["education"]),
        ),
        (Cell("出生日期", "", 22, 50, extra=extra["birth_on"]), Cell("个人身份", "", 22, 84, extra=extra["occupation"])),
        (Cell("死亡日期", "died_on", 22, 66), Cell("死亡地点", "", 22, 68, extra=extra["place"])),
        (Cell("户籍地址", "", 22, 156, extra=extra["address"]),),
        (Cell("可联系的家属姓名", "", 34, 40, extra=extra["relative"]), Cell("联系电话", "", 22, 82, extra=extra["relative_phone"])),
        (Cell("家属住址", "", 22, 156, extra=extra["relative_address"]),),
    )
    y = ruled(sheet, 16, 31, rows, height=9)
    sheet.box(16, y, 194, y + 9)
    sheet.text(18, y + 2.8, "致死的主要疾病诊断（请勿填写症状体征如呼吸、循环衰竭等）")
    sheet.text(148, y + 2.8, "发病到死亡大概间隔时间", Pen(size=2.9))
    causes = (
        (Cell("Ⅰ.(a)直接死亡原因", "cause_of_death", 44, 92), Cell("", "", 0, 42, extra=f"{rng.randint(2, 40)}小时")),
        (Cell("(b)引起(a)的疾病或情况", "", 44, 92, extra=extra["root"]), Cell("", "", 0, 42, extra=f"{rng.randint(2, 20)}年")),
        (Cell("(c)引起(b)的疾病或情况", "", 44, 92), Cell("", "", 0, 42)),
        (Cell("Ⅱ.其他疾病诊断", "", 44, 92), Cell("", "", 0, 42)),
    )
    y = ruled(sheet, 16, y + 9, causes, height=9)
    _death_foot(sheet, y, document)
    return [sheet]


def _death_foot(sheet: Sheet, y: float, document: Document) -> None:
    rows = ((Cell("最高诊断单位", "", 28, 62, extra="三级医院"), Cell("最高诊断依据", "", 28, 60, extra="临床＋理化")),)
    y = ruled(sheet, 16, y, rows, height=9)
    sheet.pair(18, y + 7, "医疗卫生机构（盖章）：", "hospital_name")
    sheet.text(120, y + 7, f"医师签名：{document.extra['doctor']}")
    sheet.pair(120, y + 16, "填表日期：", "issued_on")
    sheet.text(18, y + 24, "第一联　由出具单位留存", Pen(size=3, colour=GREY))
    seal(sheet, 40, y - 8, document.facts["hospital_name"], "死亡证明专用章", diameter=42)


@layout("death_certificate", "unseen-b")
def family_death(document: Document, rng: Random) -> list[Sheet]:
    """The part the family keeps: fewer lines with underlined blanks, the cause in a line of its own, seals of hospital and police."""
    extra = document.extra
    sheet = start(document, rng, (210, 150), label=Pen(size=3.8), value=Pen(size=3.9, date="spaced"), paper=(252, 252, 247))
    watermark(sheet, "家属留存联", size=9, colour=(240, 240, 232), step=(88, 66))
    centred(sheet, 11, "居民死亡医学证明（推断）书", Pen(size=6, bold=0.6))
    sheet.text(16, 22, "（第三联　死者家属保存）", Pen(size=3.1, colour=GREY))
    sheet.text(126, 22, "证明编号", Pen(size=3.3))
    sheet.value(141, 22, "certificate_number", Pen(size=3.6))
    _blank(sheet, 16, 34, "姓名", 34, name="name")
    _blank(sheet, 64, 34, "性别", 16, name="gender")
    _blank(sheet, 96, 34, "年龄", 18, text=extra["age"] + "岁")
    _blank(sheet, 130, 34, "职业", 40, text=extra["occupation"])
    _blank(sheet, 16, 46, "身份证件号码", 72, name="id_number")
    _blank(sheet, 118, 46, "民族", 30, text=extra["ethnicity"])
    _blank(sheet, 16, 58, "常住地址", 140, text=extra["address"])
    _blank(sheet, 16, 70, "死亡时间", 52, name="died_on")
    _blank(sheet, 96, 70, "死亡地点", 60, text=extra["place"])
    _blank(sheet, 16, 82, "死亡原因", 96, name="cause_of_death")
    _blank(sheet, 16, 94, "家属姓名", 34, text=extra["relative"])
    _blank(sheet, 84, 94, "联系电话", 50, text=extra["relative_phone"])
    sheet.pair(16, 110, "出具单位：", "hospital_name")
    sheet.pair(16, 119, "开具日期：", "issued_on")
    sheet.text(112, 110, f"派出所意见（盖章）：{extra['station']}", Pen(size=3.3))
    seal(sheet, 50, 98, document.facts["hospital_name"], "医务科", diameter=38)
    seal(sheet, 142, 100, extra["station"], "户口专用章", diameter=36)
    return [sheet]
