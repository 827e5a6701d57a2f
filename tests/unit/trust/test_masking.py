"""Masking: values with their middle covered, and texts in which what looks personal is found."""

from pathlib import Path

import pytest

from anpei.engines.knowledge import shipped_rulebook
from anpei.trust.access.masking import mask_address, mask_card, mask_email, mask_id_number, mask_name, mask_phone, mask_plate, mask_text
from anpei.trust.access.personal_data import Finding, PersonalData, PersonalKind, certain_kind, shipped_finder

IDENTITY = "33010619900101123X"
CARD = "6222020200112233446"


@pytest.mark.parametrize(
    ("name", "masked"),
    [
        ("张三", "张*"),
        ("李秀英", "李**"),
        ("欧阳小红", "欧**"),
        ("买买提·艾力", "买**"),
        ("张", "*"),
        ("", ""),
        (" 张三 ", "张*"),
        ("John Smith", "J**"),
    ],
)
def test_names(name: str, masked: str) -> None:
    assert mask_name(name) == masked


@pytest.mark.parametrize(
    ("number", "masked"),
    [
        (IDENTITY, "3301**********123X"), ("33010619900101123x", "3301**********123x"), ("330106900101123", "3301*******1123"),
        ("11010519491231002X", "1101**********002X"),
        ("３３０１０６１９９００１０１１２３Ｘ", "3301**********123X"), ("330106 19900101 123X", "3301**********123X"),
        ("E12345678", "E1*****78"), ("1234567", "*******"), ("", ""),
    ],
)  # fmt: skip
def test_identity_numbers(number: str, masked: str) -> None:
    assert mask_id_number(number) == masked


@pytest.mark.parametrize(
    ("number", "masked"),
    [
        ("13812341234", "138****1234"),
        ("+86 138-1234-1234", "138****1234"), ("008613812341234", "138****1234"),
        ("１３８１２３４１２３４", "138****1234"), ("0571-88886666", "0571****6666"),
        ("010-88886666", "010****6666"), ("021 5888 6666", "021****6666"),
        ("0576-8888666", "0576****8666"), ("88886666", "****"), ("0000000000000", "****"), ("", "****"),
    ],
)  # fmt: skip
def test_telephone_numbers(number: str, masked: str) -> None:
    assert mask_phone(number) == masked


@pytest.mark.parametrize(
    ("number", "masked"),
    [(CARD, "6222 **** 3446"), ("6222 0202 0011 2233 446", "6222 **** 3446"), ("12345678", "****78"), ("1234567", "****"), ("", "****")],
)
def test_cards(number: str, masked: str) -> None:
    assert mask_card(number) == masked


def test_other_values() -> None:
    assert [mask_email(value) for value in ("zhang@example.com", "a@b.cn", "nothing", "")] == ["z***@example.com", "***@b.cn", "***", "***"]
    assert [mask_plate(value) for value in ("浙A12345", "浙AD12345", "A1")] == ["浙A***45", "浙A***45", "****"]
    assert [mask_address(value) for value in ("浙江省杭州市西湖区文三路138号", "文三路138号")] == ["浙江省杭州市******", "******"]


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        (f"身份证{IDENTITY}谢谢", "身份证3301**********123X谢谢"),
        ("证件 330106 19900101 123X 收", "证件 3301**********123X 收"),
        ("sfz330106199001011239打错", "sfz3301**********1239打错"),
        ("老证330106900101123", "老证3301*******1123"),
        ("住 3 天 33010619900101123X", "住 3 天 3301**********123X"),
        ("我的电话138 1234 1234，微信同号", "我的电话138****1234，微信同号"),
        ("打１３８１２３４１２３４", "打138****1234"),
        ("打138\u200b1234\u200b1234", "打138****1234"),
        ("打1 3 8 1 2 3 4 1 2 3 4", "打138****1234"),
        ("打+86-13812341234", "打138****1234"),
        (f"卡{CARD}", "卡6222 **** 3446"),
        ("卡6222 0202 0011 2233 446", "卡6222 **** 3446"),
        ("卡号：6222020200112233447 户名：张三", "卡号：6222 **** 3447 户名：张*"),
        ("联系人：欧阳小红 电话：88886666", "联系人：欧** 电话：****"),
        ("座机0571-88886666转3", "座机0571****6666转3"),
        ("我叫李四，今年30", "我叫李*，今年30"),
        ("家住杭州市西湖区文三路138号2单元301室，谢谢", "家住******，谢谢"),
        ("送到浙江省杭州市西湖区文三路138号2单元301室。", "******。"),
        ("发zhangsan@example.com谢谢", "发z***@example.com谢谢"),
        ("浙A·12345撞了浙AD12345", "浙A***45撞了浙A***45"),
        ("护照号码：E12345678", "护照号码：******"),
        ("住院号 ZY00123456，出院", "住院号 ******，出院"),
        ("信用代码91350100M000100Y43", "信用代码9135**********0Y43"),
        ("信用代码92330106MA2KXXXA0E", "信用代码9233**********XA0E"),
        ("anpei_" + "a" * 43, "******"),
    ],
)
def test_what_looks_personal_in_a_text(text: str, masked: str) -> None:
    assert mask_text(text) == masked
    assert mask_text(masked) == masked


@pytest.mark.parametrize(
    "text",
    [
        "", "理赔进度怎么样了？", "案号CL20261121000123", "claim 0190f7a2-1381-7234-8567-138123456789", "费用 15 20 30 40 50 60 合计215元",
        "发票号码 24337000000012345678", "2026-11-21 08:30:00", "金额12345.67元", "sha256 " + "13812341234" * 5 + "abcdef012",
        "患者因胸痛入院", "热线95500", "400-820-8820",
    ],
)  # fmt: skip
def test_what_does_not_look_personal_stays(text: str) -> None:
    assert mask_text(text) == text


def test_hiding_leaves_the_kind_only() -> None:
    assert (
        mask_text(f"姓名：张三，{IDENTITY}，13812341234，{CARD}，a@b.cn", hide=True)
        == "姓名：[name]，[id_number]，[phone]，[card]，[email]"
    )


def test_a_rejected_number_does_not_hide_the_one_inside_it() -> None:
    assert mask_text("2 33010619900101123X") == "2 3301**********123X"
    assert mask_text("3301061990010112 13812341234") == "3301061990010112 138****1234"


@pytest.mark.parametrize("after", [" 3", " 12", "-1 2", " 3 5", " 2026"])
def test_a_number_behind_a_card_does_not_hide_it(after: str) -> None:
    assert mask_text(f"卡6200000000000005{after}") == f"卡6200 **** 0005{after}"
    assert mask_text(f"卡6200 0000 0000 0005{after}") == f"卡6200 **** 0005{after}"


def test_findings_have_their_place_and_certainty() -> None:
    text = f"证{IDENTITY}，{IDENTITY[:-1]}7"
    assert shipped_finder().find(text) == [
        Finding(PersonalKind.IDENTITY, 1, 19, certain=True), Finding(PersonalKind.IDENTITY, 20, 38, certain=False),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (IDENTITY, PersonalKind.IDENTITY),
        ("11010519491231002X", PersonalKind.IDENTITY), ("440524188001010014", PersonalKind.IDENTITY),
        ("order 13812341234", PersonalKind.PHONE), (CARD, PersonalKind.CARD),
        (f"ref:{CARD}", PersonalKind.CARD), (f"R{CARD}", None), (IDENTITY[:-1] + "7", None), ("4111111111111111", None),
        ("0190f7a2-1381-7234-8567-138123456789", None), ("AP13812341234", None), ("2026112100001", None),
    ],
)  # fmt: skip
def test_what_is_personal_beyond_doubt(text: str, kind: PersonalKind | None) -> None:
    assert certain_kind(text) is kind


def test_an_installation_has_its_own_words(tmp_path: Path) -> None:
    text = shipped_rulebook().file("access/masking.yaml").read_text(encoding="utf-8")
    (tmp_path / "access").mkdir()
    (tmp_path / "access" / "masking.yaml").write_text(text.replace("name_labels: [", "name_labels: [车主, "), encoding="utf-8")
    finder = PersonalData.load(shipped_rulebook(tmp_path))
    assert mask_text("车主：王五", finder=finder) == "车主：王*"
    assert mask_text("车主：王五") == "车主：王五"
