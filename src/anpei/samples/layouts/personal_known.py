"""Papers about a person's life for development: register page, certificates of birth and of death."""

from random import Random

from anpei.samples.drawing import formats, marks
from anpei.samples.drawing.sheet import FACE_MONO, Colour, Pen, Sheet
from anpei.samples.layouts.parts import hospital_seal, ruled, title
from anpei.samples.layouts.registry import layout
from anpei.samples.world.documents import Document

GREEN: Colour = (24, 96, 60)


def _spread(sheet: Sheet, place: tuple[float, float], name: str, parts: tuple[tuple[str, float], ...]) -> None:
    """A day with its year, month and day between printed words (word, x of the word)."""
    x, y = place
    sheet.shown[name] = sheet.facts[name]
    numbers = (str(int(part)) for part in sheet.facts[name].split("-"))
    for number, (word, at) in zip(numbers, parts, strict=True):
        sheet.text(x + at - 1, y, number, sheet.value_pen, anchor="r")
        sheet.text(x + at, y, word)


@layout("household_register", "known-a")
def register_page(document: Document, rng: Random) -> list[Sheet]:
    """常住人口登记卡: the ruled page of a household register, printed by the police station's system."""
    sheet = Sheet(143, 105, facts=document.facts, rng=rng, paper=(250, 248, 240))
    sheet.label_pen, sheet.value_pen = Pen(size=2.7, colour=(60, 60, 70)), Pen(size=2.9, face=FACE_MONO, date="cn")
    extra = document.extra
    title(sheet, 6, "常 住 人 口 登 记 卡", Pen(size=4.8, bold=0.8))
    rows = (
        (("姓  名", "name", 24, 42), ("户主或与户主关系", "relation", 30, 37)),
        (("曾 用 名", "", 24, 42), ("性  别", "gender", 30, 37)),
        (("出 生 地", "birth_place", 24, 42), ("民  族", "ethnicity", 30, 37)),
        (("籍  贯", "native_place", 24, 42), ("出 生 日 期", "birth_on", 30, 37)),
        (("本市（县）其他住址", "address", 36, 97),),
        (("公民身份号码", "id_number", 24, 48), ("身  高", "height", 14, 18), ("血  型", "blood", 14, 15)),
        (("文 化 程 度", "education", 24, 22), ("婚姻状况", "marriage", 18, 18), ("兵役状况", "service", 18, 33)),
        (("服 务 处 所", "workplace", 24, 56), ("职  业", "occupation", 20, 33)),
    )
    y = 15.0
    for row in rows:
        x = 5.0
        for label, name, first, second in row:
            sheet.box(x, y, x + first, y + 7.6)
            sheet.box(x + first, y, x + first + second, y + 7.6)
            sheet.text(x + first / 2, y + 2.5, label, anchor="c")
            if name in document.facts:
                sheet.value(x + first + 1.5, y + 2.4, name)
            elif name and name != "address":
                unit = "厘米" if name == "height" else ""
                sheet.text(x + first + 1.5, y + 2.4, extra[name] + unit, sheet.value_pen)
            x += first + second
        y += 7.6
    sheet.box(5, y, 138, y + 7.6)
    sheet.text(7, y + 2.4, "何时由何地迁来本市（县）")
    sheet.text(60, y + 2.4, "出生登记", sheet.value_pen)
    sheet.text(8, y + 11, f"承办人签章：{extra['officer']}")
    sheet.text(78, y + 11, f"登记日期：{formats.day(extra['registered_on'], 'cn')}")
    picture = marks.seal(extra["police"], "户口专用章", rng=rng, diameter=24)
    sheet.stamp(picture, 44, y - 3)
    return [sheet]


@layout("birth_certificate", "known-a")
def birth_green(document: Document, rng: Random) -> list[Sheet]:
    """出生医学证明, the green form: words and values in sentences between ruled lines, the number in the lower right corner."""
    sheet = Sheet(210, 280, facts=document.facts, rng=rng, paper=(236, 246, 238))
    sheet.image.paste(marks.waves(*sheet.image.size, (214, 234, 220), (238, 247, 240)), (0, 0))
    sheet.label_pen, sheet.value_pen = Pen(size=4.2, colour=GREEN), Pen(size=4.2, date="cn_plain")
    extra, pen = document.extra, sheet.value_pen
    title(sheet, 24, "出 生 医 学 证 明", Pen(size=9, colour=GREEN, bold=1.2))
    title(sheet, 38, "BIRTH CERTIFICATE", Pen(size=4.4, colour=GREEN))
    sheet.box(14, 50, 196, 206, colour=GREEN)
    for index in range(1, 12):
        sheet.line(14, 50 + index * 13, 196, 50 + index * 13, colour=GREEN, weight=1)
    sheet.pair(18, 55, "新生儿姓名 ", "name", gap=3)
    sheet.pair(92, 55, "性别 ", "gender", gap=3)
    sheet.text(18, 68, "出生时间")
    _spread(sheet, (40, 68), "birth_on", (("年", 14), ("月", 27), ("日", 40)))
    sheet.text(sheet.text(86, 68, f"{extra['hour']}", pen) + 1, 68, "时")
    sheet.text(sheet.text(98, 68, f"{extra['minute']}", pen) + 1, 68, "分")
    sheet.text(120, 68, f"出生孕周  {extra['weeks']} 周")
    sheet.text(18, 81, f"体重  {extra['weight']} 克      身长  {extra['length']} 厘米")
    sheet.text(18, 94, f"出生地点  {extra['birth_place']}")
    sheet.pair(18, 107, "医疗机构名称 ", "hospital_name", gap=3)
    for level, who, number, key, age in (
        (120, "母亲姓名", "mother_id_number", "mother_name", "mother_age"),
        (159, "父亲姓名", "father_id_number", "father_name", "father_age"),
    ):
        sheet.pair(18, level, f"{who} ", key, gap=3)
        sheet.text(86, level, f"年龄  {extra[age]}")
        sheet.text(118, level, "国籍  中国")
        sheet.text(18, level + 13, f"民族  {extra[key[:6] + '_ethnicity']}族      有效身份证件类别  居民身份证")
        sheet.pair(18, level + 26, "有效身份证件号码 ", number, gap=3)
    sheet.text(18, 198, f"住址  {extra['address']}")
    sheet.pair(22, 222, "接生机构（签章）      签发日期 ", "issued_on", gap=3)
    sheet.pair(120, 250, "编号 ", "certificate_number", gap=3, pen=Pen(size=5.2, face=FACE_MONO, colour=(190, 40, 40)))
    hospital_seal(sheet, 28, 214, document, "出生医学证明专用章", rng=rng, diameter=36)
    return [sheet]


@layout("birth_certificate", "known-b")
def birth_cells(document: Document, rng: Random) -> list[Sheet]:
    """出生医学证明（副页）: a ruled table, the child, the mother and the father one under the other."""
    sheet = Sheet(210, 180, facts=document.facts, rng=rng, paper=(244, 250, 244))
    sheet.label_pen, sheet.value_pen = Pen(size=3.6, colour=GREEN), Pen(size=3.6, date="cn")
    title(sheet, 12, "出生医学证明（副页）", Pen(size=6.4, colour=GREEN, bold=0.9))
    sheet.pair(132, 24, "出生证编号：", "certificate_number")
    y = ruled(
        sheet, 12, 33, 11,
        [
            [("新生儿姓名", "name", 28, 36), ("性别", "gender", 18, 22), ("出生日期", "birth_on", 26, 56)],
            [("出生机构", "hospital_name", 28, 158)],
            [("母亲姓名", "mother_name", 28, 36), ("身份证号", "mother_id_number", 26, 96)],
            [("父亲姓名", "father_name", 28, 36), ("身份证号", "father_id_number", 26, 96)],
            [("家庭住址", "", 28, 158)],
        ],
        colour=GREEN,
    )  # fmt: skip
    sheet.text(41.5, y - 7.6, document.extra["address"], sheet.value_pen)
    sheet.text(14, y + 8, "签发机构（盖章）：")
    sheet.pair(120, y + 8, "签发日期：", "issued_on")
    hospital_seal(sheet, 52, y + 2, document, "出生医学证明专用章", rng=rng, diameter=36)
    return [sheet]


def _causes(sheet: Sheet, y: float, root: str) -> float:
    """The chain of causes, the first of them the field. Returns the y below."""
    for label, text in (("Ⅰ(a)直接死亡原因", ""), ("(b)引起(a)的疾病或情况", root), ("(c)引起(b)的疾病或情况", "")):
        sheet.box(10, y, 54, y + 9)
        sheet.box(54, y, 200, y + 9)
        sheet.text(12, y + 2.8, label)
        if label.startswith("Ⅰ"):
            sheet.value(56, y + 2.8, "cause_of_death")
        elif text:
            sheet.text(56, y + 2.8, text, sheet.value_pen)
        y += 9
    return y


@layout("death_certificate", "known-a")
def death_form(document: Document, rng: Random) -> list[Sheet]:
    """居民死亡医学证明（推断）书: the ruled form with the chain of causes."""
    sheet = Sheet(210, 200, facts=document.facts, rng=rng)
    sheet.label_pen, sheet.value_pen = Pen(size=3.3), Pen(size=3.4, date="cn")
    extra = document.extra
    title(sheet, 10, "居民死亡医学证明（推断）书", Pen(size=6.2, bold=0.8))
    sheet.text(12, 24, f"{extra['province']}")
    sheet.pair(130, 24, "编号：", "certificate_number")
    y = ruled(
        sheet, 10, 32, 9,
        [
            [("死者姓名", "name", 22, 30), ("性别", "gender", 16, 16), ("民族", "", 16, 20), ("国家或地区", "", 26, 44)],
            [("证件类别", "", 22, 30), ("证件号码", "id_number", 22, 60), ("年龄", "", 16, 40)],
            [("死亡日期", "died_on", 22, 60), ("死亡地点", "", 22, 86)],
            [("常住地址", "", 22, 168)],
            [("致死的主要疾病诊断", "", 44, 100), ("发病到死亡间隔", "", 30, 16)],
        ],
    )  # fmt: skip
    for x, at, text in (
        (111, 1, extra["ethnicity"] + "族"), (157, 1, "中国"), (33, 2, "居民身份证"), (161, 2, extra["age"] + "岁"),
        (115, 3, extra["place"]), (33, 4, extra["address"]),
    ):  # fmt: skip
        sheet.text(x, 32 + at * 9 - 6.2, text, sheet.value_pen)
    y = _causes(sheet, y, extra["root"])
    y = ruled(sheet, 10, y, 9, [[("家属姓名", "", 22, 40), ("联系电话", "", 22, 106)], [("医疗卫生机构名称", "hospital_name", 34, 156)]])
    sheet.text(33.5, y - 15.2, extra["relative"], sheet.value_pen)
    sheet.text(95.5, y - 15.2, extra["relative_phone"], sheet.value_pen)
    sheet.text(12, y + 5, f"医师签名：{extra['doctor']}")
    sheet.pair(120, y + 5, "填表日期：", "issued_on")
    hospital_seal(sheet, 60, y - 8, document, "死亡医学证明专用章", rng=rng, diameter=36)
    return [sheet]


@layout("death_certificate", "known-b")
def death_stub(document: Document, rng: Random) -> list[Sheet]:
    """居民死亡医学证明（推断）书 第三联: short lines for the family, as the undertaker takes it."""
    sheet = Sheet(148, 148, facts=document.facts, rng=rng)
    sheet.label_pen, sheet.value_pen = Pen(size=3.6), Pen(size=3.6, date="cn_plain")
    title(sheet, 10, "居民死亡医学证明（推断）书", Pen(size=5.4, bold=0.7))
    title(sheet, 19, "（第三联  死者家属保存）", Pen(size=3.4))
    sheet.pair(64, 28, "行政区划代码及编号：", "certificate_number", pen=Pen(size=3.2, face=FACE_MONO))
    for index, cells in enumerate(
        (
            (("死者姓名：", "name", 12), ("性别：", "gender", 66)),
            (("身份证号码：", "id_number", 12),),
            (("死亡时间：", "died_on", 12),),
            (("死亡原因：", "cause_of_death", 12),),
            (("出具单位：", "hospital_name", 12),),
        )
    ):
        for label, name, x in cells:
            sheet.pair(x, 40 + index * 11, label, name)
            sheet.line(x + 16, 45 + index * 11, x + 46, 45 + index * 11, weight=1)
    sheet.text(12, 98, f"医师签名：{document.extra['doctor']}")
    sheet.pair(78, 98, "签发日期：", "issued_on")
    hospital_seal(sheet, 86, 78, document, "医务科", rng=rng, diameter=34)
    return [sheet]
