"""Vehicle, accident, repair, invoice and livestock papers from their text, in wordings of several forms; scenes from pictures."""

from collections.abc import Sequence

import numpy as np
import pytest

from anpei.reading import ReadingMachine
from anpei.reading._sense.interpret import Meaning, interpret
from anpei.reading._sense.schema import Knowledge
from anpei.reading._sight.boxes import TextBox, plain_box
from anpei.reading._sight.scene import Tones, is_scenery, tell_scene, tones
from anpei.samples import pages
from anpei.samples.layouts import LAYOUTS
from anpei.samples.world.dice import dice

Cell = tuple[str, float, float]
"""Text, x and y of its top left corner; a character is 20 pixels wide and 24 high (Latin ones 10 wide)."""


def box(text: str, x: float, y: float) -> TextBox:
    return plain_box(text, x, y, x + sum(10 if char.isascii() else 20 for char in text), y + 24)


def read(cells: Sequence[Cell], knowledge: Knowledge) -> Meaning:
    return interpret([box(*cell) for cell in cells], knowledge, source="ocr", place=lambda each: each)


def values_of(meaning: Meaning) -> dict[str, str]:
    return {name: reading.value for name, reading in meaning.fields.items()}


def rows_of(meaning: Meaning) -> list[dict[str, str]]:
    return [{name: reading.value for name, reading in row.items()} for row in meaning.rows]


def lines(*texts: str) -> list[Cell]:
    """Cells parted by ``|`` stand 420 pixels apart, one line under the other."""
    return [
        (text, 40.0 + 420 * column, 20.0 + 44 * row)
        for row, line in enumerate(texts)
        for column, text in enumerate(line.split("|"))
        if text
    ]


def test_a_vehicle_licence(knowledge: Knowledge) -> None:
    meaning = read(
        lines(
            "中华人民共和国机动车行驶证",
            "号牌号码|浙A·1B2I4|车辆类型|小型轿车",
            "所有人|临江远航物流有限公司",
            "住址|浙江省临江市城中区人民路12号",
            "使用性质|预约出租客运|品牌型号|江海牌JHA7150E5",
            "车辆识别代号|1M8GDM9AXKPO42788",
            "发动机号码|A1234567",
            "注册日期|2019-04-22|发证日期|2020-05-01",
        ),
        knowledge,
    )
    assert meaning.guess.kind == "vehicle_licence"
    assert values_of(meaning) == {
        "plate_number": "浙A1B214",
        "vehicle_type": "小型轿车",
        "owner_name": "临江远航物流有限公司",
        "address": "浙江省临江市城中区人民路12号",
        "use_character": "预约出租客运",
        "brand_model": "江海牌JHA7150E5",
        "vin": "1M8GDM9AXKP042788",
        "engine_number": "A1234567",
        "registered_on": "2019-04-22",
        "issued_on": "2020-05-01",
    }


def test_a_driving_licence(knowledge: Knowledge) -> None:
    meaning = read(
        lines(
            "中华人民共和国机动车驾驶证",
            "证号|33990119900101123X",
            "姓名|余春霞|性别|女|国籍|中国",
            "住址|浙江省临江市城中区人民路12号",
            "出生日期|1990-01-01",
            "初次领证日期|2011-07-12",
            "准驾车型|Cl",
            "有效期限|2023-07-12至长期",
        ),
        knowledge,
    )
    assert meaning.guess.kind == "driving_licence"
    assert values_of(meaning) == {
        "id_number": "33990119900101123X",
        "name": "余春霞",
        "gender": "女",
        "address": "浙江省临江市城中区人民路12号",
        "birth_on": "1990-01-01",
        "first_issued_on": "2011-07-12",
        "vehicle_class": "C1",
        "valid_from": "2023-07-12",
        "valid_to": "长期",
    }


ACCIDENT = ("临江市公安局交通警察支队城中大队", "道路交通事故认定书（简易程序）", "第339901202600123号")


def test_an_accident_certificate_with_a_block_for_each_party(knowledge: Knowledge) -> None:
    meaning = read(
        lines(
            *ACCIDENT,
            "事故时间：2026年4月7日17时44分|天气：晴",
            "事故地点：临江市城中区人民路与解放街路口",
            "当事人：余春霞|联系电话：19900001234",
            "交通方式：驾驶小型轿车|车辆牌号：浙A12345",
            "当事人：王建国|联系电话：19900004321",
            "交通方式：骑电动自行车|车辆牌号：无",
            "余春霞负此次事故的全部责任，王建国无责任。",
            "2026年4月9日",
        ),
        knowledge,
    )
    assert meaning.guess.kind == "traffic_accident_certificate"
    assert values_of(meaning) == {
        "certificate_number": "339901202600123",
        "occurred_on": "2026-04-07",
        "accident_place": "临江市城中区人民路与解放街路口",
        "issuer": "临江市公安局交通警察支队城中大队",
        "issued_on": "2026-04-09",
    }
    assert rows_of(meaning) == [
        {"party_name": "余春霞", "plate_number": "浙A12345", "liability": "全部"},
        {"party_name": "王建国", "liability": "无"},
    ]


def test_parties_side_by_side(knowledge: Knowledge) -> None:
    meaning = read(
        lines(
            *ACCIDENT,
            "甲方姓名：余春霞|乙方姓名：王建国",
            "车牌号：浙A12345|车牌号：苏BD67890",
            "甲方负主要责任，乙方负次要责任。",
        ),
        knowledge,
    )
    assert rows_of(meaning) == [
        {"party_name": "余春霞", "plate_number": "浙A12345", "liability": "主要"},
        {"party_name": "王建国", "plate_number": "苏BD67890", "liability": "次要"},
    ]


def test_parties_in_a_table(knowledge: Knowledge) -> None:
    cells = lines(*ACCIDENT, "当事人|车牌号|事故责任", "余春霞|浙A12345|同等责任", "王建国|苏B67890|同等责任", "交通警察：李明")
    assert rows_of(read(cells, knowledge)) == [
        {"party_name": "余春霞", "plate_number": "浙A12345", "liability": "同等"},
        {"party_name": "王建国", "plate_number": "苏B67890", "liability": "同等"},
    ]


def test_parties_in_running_text(knowledge: Knowledge) -> None:
    meaning = read(
        lines(
            *ACCIDENT,
            "当事人、车辆、道路和交通环境等基本情况：",
            "1、余春霞，女，住临江市，驾驶浙A12345号小型轿车。",
            "2、王建国，男，住江屿市，骑电动自行车。",
            "余春霞驾驶浙A12345号车与王建国骑电动自行车相撞。",
            "确定当事人余春霞负同等责任；当事人王建国负同等责任。",
        ),
        knowledge,
    )
    assert rows_of(meaning) == [
        {"party_name": "余春霞", "plate_number": "浙A12345", "liability": "同等"},
        {"party_name": "王建国", "liability": "同等"},
    ]


def test_a_party_without_a_label_of_its_own_is_found_in_the_text(knowledge: Knowledge) -> None:
    meaning = read(
        lines(
            "道路交通事故认定书",
            "第339901202600123号",
            "当事人|余春霞|号牌号码|浙A12345",
            "余春霞负主要责任，王建国负次要责任。",
            "临江市公安局交通警察支队|2026年3月6日",
        ),
        knowledge,
    )
    assert meaning.fields["issued_on"].value == "2026-03-06"
    assert rows_of(meaning) == [
        {"party_name": "余春霞", "plate_number": "浙A12345", "liability": "主要"},
        {"party_name": "王建国", "liability": "次要"},
    ]


def test_a_repair_estimate(knowledge: Knowledge) -> None:
    meaning = read(
        lines(
            "机动车辆保险定损单",
            "车牌号码：浙A12345|厂牌型号：江海牌JHA7150E5",
            "车架号：1M8GDM9AXKP042788|修理厂名称：临江顺达汽车维修有限公司",
            "更换配件名称|数量|单价|金额",
            "前保险杠皮|1|680.00|680.00",
            "左前大灯总成|2|1450.00|2900.00",
            "合计|||3580.00",
            "定损总金额：3580.00|定损日期：2026-05-06",
        ),
        knowledge,
    )
    assert meaning.guess.kind == "repair_estimate"
    assert values_of(meaning) == {
        "plate_number": "浙A12345",
        "brand_model": "江海牌JHA7150E5",
        "vin": "1M8GDM9AXKP042788",
        "repairer_name": "临江顺达汽车维修有限公司",
        "total_amount": "3580.00",
        "issued_on": "2026-05-06",
    }
    assert rows_of(meaning) == [
        {"name": "前保险杠皮", "quantity": "1", "unit_price": "680.00", "amount": "680.00"},
        {"name": "左前大灯总成", "quantity": "2", "unit_price": "1450.00", "amount": "2900.00"},
    ]


GOODS = ("*劳务*汽车修理费", "次", "1", "1000.00", "1000.00", "13%", "130.00")


def goods(y: float, heads: Sequence[str], row: Sequence[str]) -> list[Cell]:
    xs = (40.0, 340.0, 440.0, 540.0, 680.0, 820.0, 920.0)
    return [(text, x, at) for texts, at in ((heads, y), (row, y + 40)) for text, x in zip(texts, xs, strict=True)]


def test_an_invoice_with_buyer_above_and_seller_below(knowledge: Knowledge) -> None:
    cells = [
        ("浙江增值税专用发票", 300.0, 10.0),
        ("发票代码：033002600211", 640.0, 20.0),
        ("发票号码：57298144", 640.0, 60.0),
        ("开票日期：2026年02月14日", 640.0, 100.0),
        ("名称：宏图建筑工程有限公司", 80.0, 140.0),
        ("纳税人识别号：91350100M000100Y43", 80.0, 180.0),
        *goods(230, ("货物或应税劳务、服务名称", "单位", "数量", "单价", "金额", "税率", "税额"), GOODS),
        ("合计", 100.0, 320.0),
        ("￥1000.00", 660.0, 320.0),
        ("￥130.00", 900.0, 320.0),
        ("价税合计（大写）", 40.0, 360.0),
        ("壹仟壹佰叁拾元整", 300.0, 360.0),
        ("（小写）￥1130.00", 640.0, 360.0),
        ("名称：临江顺达汽车维修有限公司", 80.0, 400.0),
        ("纳税人识别号：91339901MAXWGXNW1F", 80.0, 440.0),
    ]
    meaning = read(cells, knowledge)
    assert meaning.guess.kind == "vat_invoice"
    found = values_of(meaning)
    assert found == {
        "invoice_code": "033002600211",
        "invoice_number": "57298144",
        "issued_on": "2026-02-14",
        "buyer_name": "宏图建筑工程有限公司",
        "buyer_tax_number": "91350100M000100Y43",
        "seller_name": "临江顺达汽车维修有限公司",
        "seller_tax_number": found["seller_tax_number"],
        "net_amount": "1000.00",
        "tax_amount": "130.00",
        "total_amount": "1130.00",
        "total_upper": "1130.00",
    }
    keys = ("name", "unit", "quantity", "unit_price", "amount", "tax_rate", "tax")
    assert rows_of(meaning) == [dict(zip(keys, GOODS, strict=True))]


def test_a_digital_invoice_with_buyer_and_seller_side_by_side(knowledge: Knowledge) -> None:
    cells = [
        ("电子发票（普通发票）", 300.0, 10.0),
        ("发票号码：26332000131690682121", 640.0, 40.0),
        ("开票日期：2026年04月04日", 640.0, 80.0),
        ("名称：余春霞", 80.0, 130.0),
        ("名称：临江顺达汽车维修有限公司", 580.0, 126.0),
        ("统一社会信用代码/纳税人识别号：", 80.0, 170.0),
        ("统一社会信用代码/纳税人识别号：91350100M000100Y43", 580.0, 166.0),
        *goods(230, ("项目名称", "单位", "数量", "单价", "金额", "税率/征收率", "税额"), GOODS),
        ("合计", 100.0, 320.0),
        ("￥1000.00", 660.0, 320.0),
        ("￥130.00", 900.0, 320.0),
        ("价税合计（大写）", 40.0, 360.0),
        ("壹仟壹佰叁拾元整", 300.0, 360.0),
        ("（小写）￥1130.00", 640.0, 360.0),
    ]
    found = values_of(read(cells, knowledge))
    assert found["invoice_number"] == "26332000131690682121"
    assert (found["buyer_name"], found["seller_name"]) == ("余春霞", "临江顺达汽车维修有限公司")
    assert found["seller_tax_number"] == "91350100M000100Y43"
    assert "buyer_tax_number" not in found
    assert "invoice_code" not in found


def test_the_sums_of_an_invoice_whose_word_was_overlooked(knowledge: Knowledge) -> None:
    found = values_of(read(lines("电子发票（普通发票）", "发票号码：26332000131690682121", "|￥2125.71|￥127.54"), knowledge))
    assert (found["net_amount"], found["tax_amount"]) == ("2125.71", "127.54")


def test_a_livestock_loss_sheet(knowledge: Knowledge) -> None:
    meaning = read(
        lines(
            "能繁母猪养殖保险死亡查勘记录及损失清单",
            "保险单号：PNYZ202636027263|被保险人：沈宇航",
            "保险标的：能繁母猪|死亡数量：2头",
            "出险时间：2026年4月13日|死亡原因：难产",
            "序号|耳标号码|体重（公斤）",
            "1|133990125645944|179",
            "2|133990133270193|130.5",
            "查勘员：马国栋|查勘日期：2026年4月15日",
        ),
        knowledge,
    )
    assert meaning.guess.kind == "livestock_loss_sheet"
    assert values_of(meaning) == {
        "policy_number": "PNYZ202636027263",
        "farmer_name": "沈宇航",
        "animal_kind": "能繁母猪",
        "death_count": "2",
        "occurred_on": "2026-04-13",
        "cause_of_death": "难产",
        "issued_on": "2026-04-15",
    }
    assert rows_of(meaning) == [{"ear_tag": "133990125645944", "weight": "179"}, {"ear_tag": "133990133270193", "weight": "130.5"}]


WHITE = np.full((400, 600, 3), 240, dtype=np.uint8)


def test_a_plate_alone_is_a_plate_photo() -> None:
    plate = tell_scene([box("浙A·12345", 200, 200)], WHITE)
    assert plate is not None
    assert plate.kind == "plate_photo"
    letter = [box("浙A·12345", 200, 200), *(box("一封有许多字的信写给远方的人", 40, 240 + 40 * row) for row in range(3))]
    assert tell_scene(letter, WHITE) is None


def test_fifteen_digits_in_two_lines_are_an_ear_tag() -> None:
    tag = tell_scene([box("1339901", 200, 100), box("12345678", 190, 160)], WHITE)
    assert tag is not None
    assert (tag.kind, tag.boxes[0].text) == ("ear_tag", "133990112345678")
    assert tell_scene([box("1339901", 200, 100), box("1234567", 190, 160)], WHITE) is None


def test_an_even_or_blurred_ground_is_no_scene() -> None:
    assert is_scenery(Tones(even=0.4, light=120, sharpness=1.8))
    assert not is_scenery(Tones(even=0.8, light=120, sharpness=1.8))
    assert not is_scenery(Tones(even=0.4, light=20, sharpness=1.8))
    assert not is_scenery(Tones(even=0.4, light=120, sharpness=1.2))
    assert not is_scenery(Tones(even=0.4, light=120, sharpness=1.8, burnt=0.2))
    assert tones(WHITE).even == 1.0
    assert tell_scene([], WHITE) is None


@pytest.mark.parametrize("layout_id", ["vehicle_licence/known-a", "vat_invoice/known-b", "plate_photo/known-b", "ear_tag/known-a"])
def test_drawn_pages_are_read_to_the_letter(layout_id: str, machine: ReadingMachine) -> None:
    layout = LAYOUTS[layout_id]
    drawn = pages.draw(layout_id, pages.document_for(layout, dice("kinds", layout_id)), seed="kinds", effect="clean")[0]
    page = machine.read_file(drawn.data, "page.jpg").pages[0]
    assert page.kind == layout.kind
    found = {name: reading.value for name, reading in page.fields.items() if not name.startswith("qr_")}
    assert found == dict(drawn.fields)
    assert page.quality.usable


def test_a_damage_photo_is_recognised_and_not_read(machine: ReadingMachine) -> None:
    layout = LAYOUTS["damage_photo/known-b"]
    drawn = pages.draw(layout.id, pages.document_for(layout, dice("kinds", 1)), seed=1, effect="clean")[0]
    page = machine.read_file(drawn.data, "page.jpg").pages[0]
    assert (page.kind, dict(page.fields), page.rows) == ("damage_photo", {}, ())
    assert page.quality.usable
    assert page.quality.codes == ()
