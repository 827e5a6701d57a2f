"""Understanding what certain forms do: labels set apart, questions of the form, captions in English, numbers behind signs, seals."""

from anpei.reading._sense.interpret import interpret
from anpei.reading._sense.schema import Knowledge
from anpei.reading._sight.boxes import plain_box
from tests.unit.reading.test_sense import Cell, box, read, values_of


def test_dirt_between_two_characters_set_apart_is_no_part_of_the_label(knowledge: Knowledge) -> None:
    cells: list[Cell] = [("医疗保险费用结算单", 300, 20), ("许梦琪", 300, 60), ("医疗费总金额", 40, 100), ("1280.40元", 300, 100)]
    boxes = [box(*cell) for cell in cells] + [plain_box("姓木名", 40, 60, 190, 84)]
    meaning = interpret(boxes, knowledge, source="ocr", place=lambda each: each)
    assert values_of(meaning)["patient_name"] == "许梦琪"


def test_what_a_form_asks_for_is_not_what_was_filled_in(knowledge: Knowledge) -> None:
    cells: list[Cell] = [
        ("居民死亡医学证明(推断)书", 300, 20),
        ("死者姓名", 40, 60), ("肖佳怡", 240, 60),
        ("致死的主要疾病诊断", 40, 100), ("(请勿填写症状体征如呼吸、循环衰竭等)", 240, 100),
        ("(a)直接死亡原因", 40, 140), ("创伤性休克", 260, 140),
        ("死亡日期", 40, 180), ("2026年01月09日", 240, 180),
    ]  # fmt: skip
    assert values_of(read(cells, knowledge))["cause_of_death"] == "创伤性休克"


def test_an_address_goes_on_beside_the_label_in_english(knowledge: Knowledge) -> None:
    cells: list[Cell] = [
        ("中华人民共和国机动车驾驶证", 300, 20),
        ("证号", 40, 60), ("339901199302185938", 160, 60),
        ("姓名", 40, 100), ("陆学军", 160, 100),
        ("住址", 40, 140), ("浙江省临江市城中区青石弄105号", 160, 140),
        ("Address", 40, 180), ("12幢501室", 160, 180),
        ("初次领证日期", 40, 220), ("2012-08-21", 240, 220),
    ]  # fmt: skip
    assert values_of(read(cells, knowledge))["address"] == "浙江省临江市城中区青石弄105号12幢501室"


def test_a_number_behind_its_sign_is_read_and_one_of_another_label_is_not(knowledge: Knowledge) -> None:
    cells: list[Cell] = [
        ("山东增值税普通发票", 300, 20), ("037002600111", 40, 20), ("Nº07876953", 640, 20),
        ("校验码10075471568436473023", 40, 60), ("开票日期：2026年02月18日", 500, 60),
    ]  # fmt: skip
    found = values_of(read(cells, knowledge))
    assert (found["invoice_code"], found["invoice_number"]) == ("037002600111", "07876953")


def test_what_was_read_from_under_a_seal_says_so(knowledge: Knowledge) -> None:
    cells: list[Cell] = [
        ("门诊收费票据", 300, 20),
        ("交款人：曾淑芬", 40, 60),
        ("开票日期：2026年03月27日", 500, 60),
        ("金额合计(小写)", 40, 100),
        ("62.80", 300, 100),
    ]
    meaning = interpret([box(*cell) for cell in cells], knowledge, source="ocr", place=lambda each: each, seals=((560, 30, 760, 130),))
    assert (meaning.fields["issued_on"].source, meaning.fields["total_amount"].source) == ("ocr-red", "ocr")
