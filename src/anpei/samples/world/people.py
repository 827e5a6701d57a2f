"""Fictional persons: names, resident identity numbers of districts that do not exist, bank cards of banks that do not exist.

Identity numbers carry a valid check digit (GB 11643, ISO 7064 mod 11-2), card numbers a valid Luhn digit. Region codes use city
number 99, which no province has, so no number can belong to anyone.
"""

from dataclasses import dataclass
from datetime import date
from random import Random

SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡林郭何高罗郑梁谢宋唐许韩冯邓曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆汪范石"
GIVEN_M = "建国 志强 伟 海涛 明辉 俊杰 浩然 子轩 文博 国栋 晓峰 永康 学军 嘉豪 思远 立新 振华 宇航 云飞 家明 庆生 德福"
GIVEN_F = "秀兰 丽华 静 晓燕 雨桐 梦琪 慧敏 淑芬 佳怡 雪梅 美玲 欣妍 婷婷 月华 海燕 思雨 春霞 文静 玉珍 若曦 桂芳 巧云"
ETHNICITIES = ("汉",) * 9 + ("回", "畲", "壮", "土家")
BANKS = (("江海银行", "629971"), ("东屿银行", "629972"), ("临江农村商业银行", "629973"), ("岭南湾区银行", "629974"))
REGIONS = {
    "339901": "浙江省临江市城中区",
    "339902": "浙江省临江市鼓山区",
    "339921": "浙江省临江市云溪县",
    "329901": "江苏省江屿市河西区",
    "329903": "江苏省江屿市海州湾区",
    "329905": "江苏省江屿市宁浦区",
    "449901": "广东省南岭市越塘区",
    "449904": "广东省南岭市榕湾区",
    "519901": "四川省蜀溪市锦湖区",
    "519903": "四川省蜀溪市青川湖区",
}
UNSEEN_REGIONS = {
    "429901": "湖北省荆浦市江夏湖区",
    "429904": "湖北省荆浦市云梦湖区",
    "619901": "陕西省雍原市雁南区",
    "619921": "陕西省雍原市渭川县",
    "379901": "山东省岱阳市历泉区",
    "379903": "山东省海曲市东港湾区",
}  # of the unseen set; drawn only when its provinces are asked for, so that the persons of the other sets stay who they are
FRESH_REGIONS = {
    "439901": "湖南省湘屏市麓山区",
    "439922": "湖南省湘屏市桃溪县",
    "219901": "辽宁省辽屿市铁桥区",
    "219904": "辽宁省渤安市望河区",
    "359901": "福建省闽泉市江滨区",
    "359923": "福建省鹭岭市海塘县",
}  # of the fresh set; drawn only when its provinces are asked for, as those of the unseen set
REGIONS |= UNSEEN_REGIONS | FRESH_REGIONS
STREETS = ("人民路", "解放街", "滨江东路", "桂花巷", "学院路", "和平街", "新港大道", "文昌路", "青石弄", "望湖路")
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


@dataclass(frozen=True, slots=True)
class Person:
    """A fictional person. ``gender`` is M or F."""

    name: str
    gender: str
    ethnicity: str
    birth_on: date
    region_code: str
    address: str
    id_number: str
    id_issued_on: date
    phone: str
    bank_name: str
    card_number: str
    card_valid_thru: str

    @property
    def gender_label(self) -> str:
        """男 or 女."""
        return "男" if self.gender == "M" else "女"

    def age_on(self, day: date) -> int:
        """Completed years on a day."""
        return day.year - self.birth_on.year - ((day.month, day.day) < (self.birth_on.month, self.birth_on.day))


def id_check_digit(first17: str) -> str:
    """The 18th character of a resident identity number (GB 11643): a digit or X."""
    return "10X98765432"[sum(int(digit) * weight for digit, weight in zip(first17, _WEIGHTS, strict=True)) % 11]


def luhn_digit(payload: str) -> str:
    """The digit that makes ``payload`` + digit pass the Luhn test (ISO/IEC 7812-1)."""
    doubled = (int(digit) * (2 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(payload)))
    return str(-sum(value // 10 + value % 10 for value in doubled) % 10)


def make_person(rng: Random, *, gender: str = "", ages: tuple[int, int] = (22, 68), provinces: tuple[str, ...] = ()) -> Person:
    """A fresh person with an age in ``ages`` in 2026 and an address in one of ``provinces`` (empty = any)."""
    gender = gender or rng.choice("MF")
    apart = () if provinces else (*UNSEEN_REGIONS, *FRESH_REGIONS)
    regions = [code for code, place in REGIONS.items() if code not in apart and (not provinces or place.startswith(provinces))]
    region = rng.choice(regions)
    birth = date(2026 - rng.randint(*ages), rng.randint(1, 12), rng.randint(1, 28))
    serial = rng.randint(1, 499) * 2 + (1 if gender == "M" else 0)
    first17 = f"{region}{birth:%Y%m%d}{serial:03d}"
    bank_name, prefix = rng.choice(BANKS)
    card = prefix + "".join(rng.choice("0123456789") for _ in range(12))
    place = f"{REGIONS[region]}{rng.choice(STREETS)}{rng.randint(1, 399)}号"
    return Person(
        name=rng.choice(SURNAMES) + rng.choice((GIVEN_M if gender == "M" else GIVEN_F).split()),
        gender=gender,
        ethnicity=rng.choice(ETHNICITIES),
        birth_on=birth,
        region_code=region,
        address=f"{place}{rng.randint(1, 28)}幢{rng.randint(1, 18)}0{rng.randint(1, 4)}室",
        id_number=first17 + id_check_digit(first17),
        id_issued_on=date(rng.randint(2014, 2024), rng.randint(1, 12), rng.randint(1, 28)),
        phone=f"1990000{rng.randint(0, 9999):04d}",
        bank_name=bank_name,
        card_number=card + luhn_digit(card),
        card_valid_thru=f"{rng.randint(1, 12):02d}/{rng.randint(27, 34)}",
    )
