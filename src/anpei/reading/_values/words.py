"""Words: names, places, choices, units, free text, names of items, diagnoses."""

import re

from anpei.reading._values.base import HAN, Found, Wanted
from anpei.reading._values.personal import measure

_LEAD = re.compile(r"^[\s:;,.\-_=|/]*")
_NAME = re.compile(rf"[{HAN}]{{2,5}}(?:·[{HAN}]{{1,12}})*")
_NOT_NAME = (
    "性别",
    "年龄",
    "医院",
    "科室",
    "日期",
    "费用",
    "票据",
    "签章",
    "签名",
    "签字",
    "按印",
    "上述",
    "信息",
    "资料",
    "情况",
    "账户",
    "姓名",
    "号码",
    "住院",
    "门诊",
    "出生",
    "民族",
    "住址",
    "病案",
    "床号",
    "医保",
    "授权",
    "委托",
    "受托",
    "代理",
    "行为",
    "申请",
    "保险",
    "关系",
    "办理",
    "声明",
    "称呼",
)


def name(wanted: Wanted, text: str) -> Found | None:
    match = _NAME.search(text)
    if match is None or match.start() > 2:
        return None
    end = next((b for b in sorted(wanted.breaks) if match.start() + 2 <= b < match.end()), match.end())
    value = text[match.start() : end]
    if any(word in value for word in _NOT_NAME):
        return None
    fit = 1.0 if len(value) in (2, 3) else 0.9 if len(value) == 4 or "·" in value else 0.6
    return Found(value, match.start(), end, fit)


def gender(wanted: Wanted, text: str) -> Found | None:
    match = re.search("[男女]", text[:8])
    return Found(match.group(0), match.start(), match.end(), 1.0) if match else None


_CAPTION = re.compile(rf"[A-Za-z]{{4,}}(?=[{HAN}])")
_PLACE = re.compile(
    rf"[{HAN}A-Za-z0-9()·]{{2,36}}?(?:医院(?:[\u4e00-\u9fff]{{1,6}}院区|[\u4e00-\u9fff]{{1,4}}分院|\([\u4e00-\u9fff]{{2,8}}\))?|卫生院|卫生服务中心|卫生服务站|保健院|保健中心|诊所|门诊部|疗养院|防治所|防治院|医学中心|急救中心|卫生所|医务室|研究所)(?!信息|系统|管理)"
)


def place(wanted: Wanted, text: str) -> Found | None:
    match = _PLACE.search(text)
    if match is None:
        return None
    start = match.start()
    for point in sorted(wanted.breaks):
        if start < point < match.end() - 1:
            start = point
    value = text[start : match.end()]
    found = _PLACE.search(value)
    if found is None:
        return None
    caption = _CAPTION.match(value[found.start() :])
    begin = found.start() + (caption.end() if caption else 0)
    return Found(value[begin:], start + begin, match.end(), 1.0)


def choice(wanted: Wanted, text: str) -> Found | None:
    hits: list[tuple[int, int, str]] = []
    for value, words in (wanted.choices or {}).items():
        for word in (value, *words):
            at = text.find(word)
            if at >= 0 and (word == value or len(word) > 1 or len(text) <= 2):
                hits.append((at, -len(word), value))
    if not hits:
        return None
    at, size, value = min(hits, key=lambda hit: (hit[0] > 2, hit[1], hit[0]))
    return Found(value, at, at - size, 1.0 if at <= 2 else 0.8)


def unit(wanted: Wanted, text: str) -> Found | None:
    match = re.search(rf"[{HAN}A-Za-z%/().0-9^*×μ]+", text)
    if match is None or len(match.group(0)) > 12 or match.group(0).isdigit():
        return None
    return Found(measure(match.group(0)), match.start(), match.end(), 1.0 if len(match.group(0)) <= 4 else 0.8)


_DOUBLED = ("四川川省", "四川省")
"""A word in which the recogniser doubles a character, and the right one."""


_TO_SIGN = re.compile(r"^[(\[]?(?:签字|签名|签章|盖章|公章|加盖公章|按手?印|手印|指印|或|和|、)+[)\]]?$")
"""What a form prints where somebody is to sign: no value."""


_ASKED = re.compile(r"^[(\[][^()\[\]]*(?:请|填写|注明|粘贴)[^()\[\]]*[)\]]$")
"""What a form says to who fills it in."""


def text_value(wanted: Wanted, text: str) -> Found | None:
    start = len(text) - len(_LEAD.sub("", text))
    end = len(text.rstrip(" :;,-_=|/"))
    while text[start:end].startswith(("(", "[")) and _open(text[start:end]):
        start += 1
    if end <= start or not any(char.isalnum() for char in text[start:end]) or _TO_SIGN.match(text[start:end]):
        return None
    if _ASKED.match(text[start:end]):
        return None
    return Found(text[start:end].replace(*_DOUBLED), start, end, 0.95)


_STOP = re.compile(rf"(?<=[{HAN})])\.(?=[{HAN}(\d])")


def paragraph(wanted: Wanted, text: str) -> Found | None:
    """Sentences: with the full stops between them as they are printed, without the last one."""
    found = text_value(wanted, text)
    if found is None:
        return None
    return Found(_STOP.sub("。", found.value.rstrip(".。 ")), found.start, found.end, found.fit)


def _open(text: str) -> bool:
    """Whether more brackets are opened than closed."""
    return sum(text.count(sign) for sign in "([") > sum(text.count(sign) for sign in ")]")


_ROMAN = (("1Ⅱ", "Ⅱ"), ("ⅡI级", "Ⅱ级"), ("Ⅱ1级", "Ⅱ级"), ("Ⅱl级", "Ⅱ级"), ("IⅡ", "Ⅱ"), ("ⅠI", "Ⅱ"), ("III级", "Ⅲ级"), ("II级", "Ⅱ级"))


_TAXED = re.compile(
    rf"[{HAN}]{{0,10}}(?:服务|劳务|药品|成药|饮片|器械|配件|制品|设备|租赁|用品|食品|饮料|产品|材料|化学品|燃料|商品|部件|零件|仪器|车辆?|油)\*[{HAN}A-Z]"
)
"""How the names of goods on invoices begin (商品和服务税收分类编码简称): the star before the class is easily overlooked."""


def item(wanted: Wanted, text: str) -> Found | None:
    """The name of an item: as text, with the letters that optical reading confuses in such names put right."""
    found = text_value(wanted, text)
    if found is None:
        return None
    value = re.sub(rf"^\d{{1,3}}[.、](?=[{HAN}]|[A-Z]{{2}}|\d+\.\d+%)", "", found.value)
    value = re.sub(rf"(?<=[A-Z])0(?=[{HAN}])", "O", value)
    value = re.sub(r"(?<![A-Za-z])c(?=T)", "C", value)
    value = re.sub(r"(?<=[A-Za-z])(?:[~\^]\*?|\*\^)(?=\d)", "*", value)
    for wrong, right in _ROMAN:
        value = value.replace(wrong, right)
    if _TAXED.match(value):
        value = "*" + value
    return Found(value, found.start, found.end, found.fit)


_NUMBERED = re.compile(r"(?:^|(?<=[^\d.]))[(]?\d{1,2}[.、)](?:(?!\d)|(?=[12]型))")
_CODE_TAIL = re.compile(
    r"[(\[]?(?<![A-Za-z0-9])[A-Z0158|l$][0-9OIl|]{2}\.[0-9OIlxX]{1,3}(?:[xX][0-9OIl]{3}){0,2}[+*]?[)\]]?|[(\[][A-Z][0-9]{2}[)\]]"
)


def diagnosis(wanted: Wanted, text: str) -> Found | None:
    """One or several diagnoses without their codes and running numbers, joined by a semicolon."""
    found = text_value(wanted, text)
    if found is None:
        return None
    bare = re.sub(r"\(?(?:ICD-?10|疾病编码|诊断编码|编码)[::]?\)?", "", _CODE_TAIL.sub(";", found.value))
    parts = [_trimmed(part) for piece in _NUMBERED.split(bare) for part in piece.split(";")]
    value = ";".join(part for part in parts if part)
    return Found(value, found.start, found.end, found.fit) if value else None


def _trimmed(text: str) -> str:
    """Text without signs around it; a bracket that was opened inside stays closed."""
    bare = text.strip(" :;,.、()-[]")
    return bare + ")" if bare.count("(") > bare.count(")") else bare
