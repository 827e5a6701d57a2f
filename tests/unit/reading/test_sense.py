"""Understanding boxes of text: lines, labels, fields, tables, kinds; no picture is involved."""

import math
from collections.abc import Sequence

import pytest

from anpei.reading._sense.interpret import Meaning, interpret
from anpei.reading._sense.labels import Labels
from anpei.reading._sense.lines import make_lines, plain
from anpei.reading._sense.schema import Knowledge
from anpei.reading._sight.boxes import TextBox, bounds, plain_box, split_at_gaps
from anpei.reading.model import UNKNOWN

Cell = tuple[str, float, float]
"""Text, x and y of its top left corner; a character is 20 pixels wide and 24 high (Latin ones 10 wide)."""


def box(text: str, x: float, y: float) -> TextBox:
    return plain_box(text, x, y, x + sum(10 if char.isascii() else 20 for char in text), y + 24)


def read(cells: Sequence[Cell], knowledge: Knowledge, *, slope: float = 0.0) -> Meaning:
    boxes = [tilted(box(*cell), slope) for cell in cells]
    return interpret(boxes, knowledge, source="ocr", place=lambda each: each)


def tilted(each: TextBox, slope: float) -> TextBox:
    a, b, c, d = ((x, y + slope * x) for x, y in each.corners)
    return TextBox(each.text, (a, b, c, d), each.score, each.chars)


def values_of(meaning: Meaning) -> dict[str, str]:
    return {name: reading.value for name, reading in meaning.fields.items()}


def rows_of(meaning: Meaning) -> list[dict[str, str]]:
    return [{name: reading.value for name, reading in row.items()} for row in meaning.rows]


@pytest.mark.parametrize("slope", [0.0, 0.05, -0.08])
def test_lines_follow_the_slope(slope: float) -> None:
    cells = [
        (text, 60.0 + 260 * column, 40.0 + 36 * row)
        for row in range(6)
        for column, text in enumerate(("左边的文字", "中间的文字", "右边的文字"))
    ]
    lines = make_lines([tilted(box(*cell), slope) for cell in reversed(cells)])
    assert [line.text for line in lines] == ["左边的文字中间的文字右边的文字"] * 6


def test_a_wide_gap_inside_a_box_makes_two() -> None:
    one = plain_box("姓名：张三", 0, 0, 100, 20)
    chars = (*one.chars[:3], *(type(c)(c.text, c.start * 0.3 + 0.7, c.end * 0.3 + 0.7, c.score) for c in one.chars[3:]))
    parts = split_at_gaps([TextBox(one.text, ((0, 0), (400, 0), (400, 20), (0, 20)), 1.0, chars)])
    assert [part.text for part in parts] == ["姓名：", "张三"]
    assert parts[1].x0 > 300


def test_labels_need_not_be_read_quite_right(knowledge: Knowledge) -> None:
    labels = Labels(knowledge.specs["outpatient_receipt"], knowledge.stops)
    lines = make_lines([box("个人现全支付：12.00", 0, 0), box("开栗日期：2026-01-02", 0, 60), box("完全无关的话", 0, 120)])
    found = {target.field for hit in labels.search(lines) if hit.sure > 0.7 for target in hit.targets}
    assert found == {"personal_cash", "issued_on"}


RECEIPT_HEAD = [("江苏省医疗门诊收费票据（电子）", 300.0, 10.0), ("票据代码：32060126", 40.0, 80.0), ("票据号码：0215278697", 500.0, 80.0)]


def test_values_stand_behind_beside_and_under_their_labels(knowledge: Knowledge) -> None:
    meaning = read(
        [
            *RECEIPT_HEAD,
            ("交款人：余春霞", 40, 120),
            ("性别", 500, 120),
            ("女", 600, 120),
            ("统筹基金支付", 40, 200),
            ("个人账户支付", 240, 200),
            ("个人现金支付", 440, 200),
            ("¥40.00", 60, 240),
            ("¥44.24", 260, 240),
            ("¥14.36", 460, 240),
            ("金额合计（大写）玖拾捌元陆角整（小写）98.60", 40, 300),
        ],
        knowledge,
    )
    assert meaning.guess.kind == "outpatient_receipt"
    expected = {"receipt_code": "32060126", "receipt_number": "0215278697", "patient_name": "余春霞", "gender": "女"}
    expected |= {
        "pooled_fund": "40.00",
        "personal_account": "44.24",
        "personal_cash": "14.36",
        "total_amount": "98.60",
        "total_upper": "98.60",
    }
    assert values_of(meaning) == expected


def test_a_word_that_is_also_a_label_can_be_a_value(knowledge: Knowledge) -> None:
    meaning = read([*RECEIPT_HEAD, ("医保类型：", 40, 120), ("自费", 150, 120), ("个人自费：98.60", 40, 160)], knowledge)
    assert values_of(meaning)["insurance_type"] == "自费"
    assert values_of(meaning)["own_expense"] == "98.60"


def test_amounts_do_not_run_into_the_next_cell(knowledge: Knowledge) -> None:
    meaning = read([*RECEIPT_HEAD, ("统筹基金支付", 40, 120), ("62.79", 200, 120), ("0.00", 300, 120)], knowledge)
    assert values_of(meaning)["pooled_fund"] == "62.79"


def test_checks_move_confidence_never_a_value(knowledge: Knowledge) -> None:
    agree = read([*RECEIPT_HEAD, ("合计（大写）：玖拾捌元陆角整", 40, 120), ("（小写）：98.60", 500, 120)], knowledge)
    differ = read([*RECEIPT_HEAD, ("合计（大写）：玖拾捌元陆角整", 40, 120), ("（小写）：88.60", 500, 120)], knowledge)
    assert differ.fields["total_amount"].value == "88.60"
    assert differ.fields["total_upper"].value == "98.60"
    assert agree.fields["total_amount"].confidence > 0.9
    assert differ.fields["total_amount"].confidence < 0.6


def table(*, x: Sequence[float], head: Sequence[str], body: Sequence[Sequence[str]]) -> list[Cell]:
    lines = [head, *body]
    return [(text, x[i], 120.0 + 40 * row) for row, line in enumerate(lines) for i, text in enumerate(line) if text]


def test_rows_by_column_heads_with_an_empty_cell_and_a_total(knowledge: Knowledge) -> None:
    cells = table(
        x=(40, 300, 460, 560, 660, 800),
        head=("项目名称", "规格", "单位", "数量", "单价", "金额"),
        body=(
            ("头孢克洛缓释胶囊", "0.25g*12粒", "盒", "2", "28.60", "57.20"),
            ("血常规", "", "次", "1", "20.00", "20.00"),
            ("合计", "", "", "", "", "77.20"),
        ),
    )
    meaning = read([("临江市中医院费用清单", 300, 10), ("姓名：余春霞", 40, 60), *cells], knowledge)
    assert meaning.guess.kind == "fee_list"
    assert rows_of(meaning) == [
        {"name": "头孢克洛缓释胶囊", "spec": "0.25g*12粒", "unit": "盒", "quantity": "2", "unit_price": "28.60", "amount": "57.20"},
        {"name": "血常规", "unit": "次", "quantity": "1", "unit_price": "20.00", "amount": "20.00"},
    ]
    assert values_of(meaning)["total_amount"] == "77.20"


def test_two_tables_side_by_side(knowledge: Knowledge) -> None:
    heads = ("项目名称", "数量/单位", "金额（元）")
    cells = table(
        x=(40, 240, 360, 520, 720, 840),
        head=(*heads, *heads),
        body=(("诊查费", "1/次", "10.00", "西药费", "3/盒", "59.40"), ("化验费", "2/次", "60.00", "", "", "")),
    )
    meaning = read([*RECEIPT_HEAD, *cells], knowledge)
    assert [(row["name"], row["quantity"], row["unit"], row["amount"]) for row in rows_of(meaning)] == [
        ("诊查费", "1", "次", "10.00"),
        ("西药费", "3", "盒", "59.40"),
        ("化验费", "2", "次", "60.00"),
    ]


def test_a_table_beside_other_facts_keeps_to_its_side(knowledge: Knowledge) -> None:
    cells = table(x=(40, 240), head=("项目名称", "金额(元)"), body=(("诊查费", "72.00"), ("床位费", "160.00"), ("护理费", "88.00")))
    side = [
        ("住院号：ZY26491277", 460.0, 120.0),
        ("个人自付：0.00", 460.0, 160.0),
        ("个人自费：320.00", 460.0, 200.0),
        ("其他支付：0.00", 460.0, 240.0),
    ]
    meaning = read([("江苏省医疗住院收费票据（电子）", 300, 10), ("票据代码：32060226", 40, 80), *cells, *side], knowledge)
    assert [(row["name"], row["amount"]) for row in rows_of(meaning)] == [("诊查费", "72.00"), ("床位费", "160.00"), ("护理费", "88.00")]
    assert values_of(meaning)["own_expense"] == "320.00"


def test_a_name_over_two_lines_is_one_name(knowledge: Knowledge) -> None:
    cells = table(
        x=(40, 400, 520), head=("项目名称", "数量", "金额"), body=(("注射用头孢曲松", "2", "31.20"), (), ("静脉输液", "1", "9.00"))
    )
    meaning = read([("费用清单", 300, 10), *cells, ("（进口分装）", 40, 188)], knowledge)
    assert rows_of(meaning)[0]["name"] == "注射用头孢曲松(进口分装)"


def test_cells_read_as_one_are_cut_where_their_columns_meet(knowledge: Knowledge) -> None:
    cells = table(
        x=(40, 180, 420, 600, 680, 780),
        head=("费用日期", "项目编码", "项目名称", "数量", "单位", "金额"),
        body=(("2026-01-08001102000010000", "", "普通门诊诊查费", "1次", "", "10.00"),) * 3,
    )
    meaning = read([("费用清单", 300, 10), *cells], knowledge)
    expected = {
        "charged_on": "2026-01-08",
        "item_code": "001102000010000",
        "name": "普通门诊诊查费",
        "quantity": "1",
        "unit": "次",
        "amount": "10.00",
    }
    assert rows_of(meaning) == [expected] * 3


def test_a_panel_of_labels_without_colons_is_not_the_tables(knowledge: Knowledge) -> None:
    heads = ("收费项目", "金额")
    cells = table(
        x=(300, 480, 620, 800),
        head=(*heads, *heads),
        body=(("诊查费", "72.00", "材料费", "6.80"), ("床位费", "160.00", "", ""), ("护理费", "88.00", "", "")),
    )
    panel = [
        (cell, x, 120.0 + 40 * row)
        for row, (label, value) in enumerate((("统筹基金支付", "93.39"), ("个人自付", "60.00"), ("个人自费", "180.00")))
        for cell, x in ((label, 40.0), (value, 190.0))
    ]
    total = [("人民币（大写）", 40.0, 280.0), ("叁佰贰拾陆元捌角整", 200.0, 280.0), ("¥326.80", 600.0, 280.0)]
    meaning = read([("江苏省医疗住院收费票据", 300, 10), ("票据代码：32060226", 40, 60), *cells, *panel, *total], knowledge)
    assert sorted((row["name"], row["amount"]) for row in rows_of(meaning)) == sorted(
        [("诊查费", "72.00"), ("材料费", "6.80"), ("床位费", "160.00"), ("护理费", "88.00")]
    )
    values = values_of(meaning)
    assert (values["pooled_fund"], values["self_paid"], values["own_expense"], values["total_amount"]) == (
        "93.39",
        "60.00",
        "180.00",
        "326.80",
    )


def test_a_list_in_groups_goes_on_behind_their_subtotals(knowledge: Knowledge) -> None:
    cells = table(
        x=(40, 300, 420, 540, 680),
        head=("项目名称", "单位", "单价", "数量", "金额"),
        body=(
            ("【西药费】",),
            ("阿司匹林肠溶片", "盒", "15.60", "1", "15.60"),
            ("头孢克洛缓释胶囊", "盒", "28.60", "2", "57.20"),
            ("小计：", "", "", "", "72.80"),
            ("检查费：",),
            ("CT平扫", "部位", "180.00", "1", "180.00"),
            ("小计：", "", "", "", "180.00"),
            ("总费用：", "", "", "", "252.80"),
        ),
    )
    meaning = read([("费用清单", 300, 10), *cells], knowledge)
    assert [(row["name"], row["amount"]) for row in rows_of(meaning)] == [
        ("阿司匹林肠溶片", "15.60"),
        ("头孢克洛缓释胶囊", "57.20"),
        ("CT平扫", "180.00"),
    ]
    assert values_of(meaning)["total_amount"] == "252.80"


@pytest.mark.parametrize(("head", "cell"), [("单价×数量", "28.60×2"), ("数量*单价", "2*28.60")])
def test_price_and_number_in_one_cell_are_two(knowledge: Knowledge, head: str, cell: str) -> None:
    cells = table(x=(40, 300, 480), head=("项目名称", head, "金额"), body=(("头孢克洛缓释胶囊", cell, "57.20"),) * 3)
    meaning = read([("费用清单", 300, 10), *cells], knowledge)
    assert rows_of(meaning) == [{"name": "头孢克洛缓释胶囊", "unit_price": "28.60", "quantity": "2", "amount": "57.20"}] * 3


def test_cells_of_two_rows_taken_for_one_tear_no_row_apart(knowledge: Knowledge) -> None:
    head = [("项目名称", 40.0, 120.0), ("数量", 300.0, 120.0), ("类别", 420.0, 120.0), ("金额", 540.0, 120.0)]
    body = [("血常规", "20.00"), ("尿常规", "10.00"), ("输液", "18.00")]
    cells = [
        (text, x, 150.0 + 26 * row) for row, (name, amount) in enumerate(body) for text, x in ((name, 40.0), ("1", 310.0), (amount, 530.0))
    ]
    stack = plain_box("NN", 424, 150, 444, 200)
    boxes = [*(box(*cell) for cell in [("费用清单", 300.0, 10.0), *head, *cells]), stack]
    meaning = interpret(boxes, knowledge, source="ocr", place=lambda each: each)
    assert [(row["name"], row["amount"]) for row in rows_of(meaning)] == body


def test_a_place_where_something_stands_is_not_looked_at_again(knowledge: Knowledge) -> None:
    body = [("血常规", "1", "20.00"), ("尿常规", "", "10.00"), ("输液", "2", "9.00"), ("换药", "1", "12.00")]
    cells = table(x=(40, 300, 420), head=("项目名称", "数量", "金额"), body=body)
    strange = box("??#", 294, 200)
    asked: list[object] = []

    def look(places: Sequence[object]) -> list[TextBox | None]:
        asked.extend(places)
        return [box("0", 300, 200) for _ in places]

    boxes = [*(box(*cell) for cell in [("费用清单", 300.0, 10.0), *cells]), strange]
    meaning = interpret(boxes, knowledge, source="ocr", place=lambda each: each, look=look)
    assert [row.get("quantity") for row in rows_of(meaning)] == ["1", None, "2", "1"], asked


def test_brackets_around_a_label_are_not_its_values(knowledge: Knowledge) -> None:
    meaning = read(
        [("门诊病历", 300, 10), ("姓名：余春霞", 40, 60), ("【主诉】反复右侧头痛1周", 40, 100), ("【初步诊断】偏头痛", 40, 140)], knowledge
    )
    assert values_of(meaning)["chief_complaint"] == "反复右侧头痛1周"
    assert values_of(meaning)["diagnosis"] == "偏头痛"


def test_the_seals_place_before_a_hospital_is_not_its_name(knowledge: Knowledge) -> None:
    meaning = read([*RECEIPT_HEAD, ("收款单位（章）海州湾区中心医院", 40, 300)], knowledge)
    assert values_of(meaning)["hospital_name"] == "海州湾区中心医院"


def test_a_label_without_a_colon_is_not_part_of_the_hospitals_name(knowledge: Knowledge) -> None:
    meaning = read([*RECEIPT_HEAD, ("收款单位海州湾区中心医院", 40, 300), ("机构类型二级乙等", 500, 300)], knowledge)
    assert values_of(meaning)["hospital_name"] == "海州湾区中心医院"


def test_an_overlooked_cell_is_looked_at_again(knowledge: Knowledge) -> None:
    body = [("血常规", "1", "20.00"), ("尿常规", "", "10.00"), ("输液", "2", "9.00"), ("换药", "1", "12.00")]
    cells = table(x=(40, 300, 420), head=("项目名称", "数量", "金额"), body=body)
    asked: list[tuple[float, float]] = []

    def look(places: object) -> list[TextBox | None]:
        asked.extend(((corners[0][0] + corners[1][0]) / 2, (corners[0][1] + corners[3][1]) / 2) for corners in places)  # type: ignore[attr-defined]
        return [box("3", 300, 200)]

    boxes = [box(*cell) for cell in [("费用清单", 300.0, 10.0), *cells]]
    meaning = interpret(boxes, knowledge, source="ocr", place=lambda each: each, look=look)
    assert [row.get("quantity") for row in rows_of(meaning)] == ["1", "3", "2", "1"]
    assert len(asked) == 1
    assert math.dist(asked[0], (305, 212)) < 12


def test_a_diagnosis_goes_on_until_the_next_label(knowledge: Knowledge) -> None:
    long = "冠状动脉粥样硬化性心脏病不稳定型心绞痛心功能二级高血压病三级"
    cells = [
        ("出院小结", 400, 10),
        ("姓名：余春霞", 40, 60),
        (f"出院诊断：1.{long}", 40, 100),
        ("极高危组I25.103", 40, 136),
        ("出院医嘱：按时服药", 40, 172),
    ]
    fields = read(cells, knowledge).fields
    assert fields["discharge_diagnosis"].value == f"{long}极高危组"
    assert fields["diagnosis_code"].value == "I25.103"


@pytest.mark.parametrize("value_beside", [0, 1])
def test_a_label_may_be_broken_over_two_lines_of_its_cell(knowledge: Knowledge, value_beside: int) -> None:
    cells: list[Cell] = [
        ("云川市第二医院病理诊断报告", 300, 40), ("姓名：李小明", 60, 100), ("病理号：B202600738", 500, 100), ("标本名称：胆囊", 60, 150),
        ("病理", 60, 300), ("诊断", 60, 330), ("慢性胆囊炎伴胆石症", 200, 300 + 30 * value_beside), ("报告医师：许丽萍", 60, 420),
        ("病理诊断须结合临床", 60, 480),
    ]  # fmt: skip
    assert values_of(read(cells, knowledge))["pathology_diagnosis"] == "慢性胆囊炎伴胆石症"


def test_papers_that_are_no_known_kind_are_unknown(knowledge: Knowledge) -> None:
    menu = [("今日菜单", 300.0, 10.0), ("红烧牛肉面", 40.0, 80.0), ("28元", 400.0, 80.0), ("合计", 40.0, 140.0), ("28元", 400.0, 140.0)]
    meaning = read(menu, knowledge)
    assert meaning.guess.kind == UNKNOWN
    assert meaning.fields == {}
    assert read([], knowledge).guess.kind == UNKNOWN


def test_a_title_that_belongs_to_another_kind_forbids_a_kind(knowledge: Knowledge) -> None:
    cells = [
        ("住院费用结算单", 300.0, 10.0),
        ("统筹基金支付：10.00", 40.0, 80.0),
        ("起付标准：500.00", 40.0, 120.0),
        ("项目名称 数量 单价", 40.0, 160.0),
    ]
    assert read(cells, knowledge).guess.kind == "settlement_sheet"


def test_a_paper_whose_kind_is_not_known_is_not_taken_for_its_neighbour(knowledge: Knowledge) -> None:
    title = plain_box("入院记录", 300, 10, 460, 54)
    body = [("姓名：余春霞", 40.0, 80.0), ("性别：女", 240.0, 80.0), ("住院号：ZY26491277", 440.0, 80.0), ("主诉：反复上腹痛", 40.0, 120.0)]
    boxes = [title, *(box(*cell) for cell in [*body, ("初步诊断：胆囊结石", 40.0, 160.0), ("入院日期：2026-01-08", 40.0, 200.0)])]
    less = knowledge.model_copy(update={"kinds": {name: kind for name, kind in knowledge.kinds.items() if name != "admission_record"}})
    told = [interpret(boxes, each, source="ocr", place=lambda each: each).guess.kind for each in (knowledge, less)]
    assert told == ["admission_record", UNKNOWN]


def test_a_layout_is_recognised_by_its_keys_and_changes_fields(knowledge: Knowledge) -> None:
    cells = [*RECEIPT_HEAD, ("交款人：余春霞", 40.0, 120.0), ("校验码：7d3c9a", 500.0, 120.0), ("姓名：李四", 40.0, 160.0)]
    plain_form = read(cells, knowledge)
    unified = read([*cells, ("其他信息", 40.0, 300.0)], knowledge)
    assert (plain_form.layout, unified.layout) == ("", "outpatient_receipt_unified")
    assert values_of(unified)["patient_name"] == "余春霞"


def test_boxes_of_values_lie_on_the_value(knowledge: Knowledge) -> None:
    meaning = read([*RECEIPT_HEAD, ("交款人：余春霞", 40, 120)], knowledge)
    x0, y0, x1, y1 = meaning.fields["patient_name"].box or (0, 0, 0, 0)
    assert (x0, y0, x1, y1) == (120, 120, 180, 144)
    assert bounds([]) is None


def test_the_other_form_of_a_character_is_folded_but_rare_name_characters_stay(knowledge: Knowledge) -> None:
    meaning = read([*RECEIPT_HEAD, ("交款人：蔡志強", 40, 340), ("收款单位（章）：臺湖縣人民醫院", 40, 380)], knowledge)
    assert values_of(meaning)["patient_name"] == "蔡志强"
    assert values_of(meaning)["hospital_name"] == "台湖县人民医院"
    assert plain("李昇陞") == "李昇陞"


def test_a_diagnosis_ends_where_the_next_numbered_section_begins(knowledge: Knowledge) -> None:
    cells = [
        ("出院小结", 300.0, 10.0),
        ("姓名：余春霞", 40.0, 60.0),
        ("一、出院诊断：胆囊结石", 40.0, 100.0),
        ("二、带药与复诊", 40.0, 140.0),
    ]
    assert values_of(read(cells, knowledge))["discharge_diagnosis"] == "胆囊结石"


def test_a_long_amount_under_its_label_is_not_its_neighbours(knowledge: Knowledge) -> None:
    under = [("个人账户支付", 40.0, 300.0), ("现金支付", 190.0, 300.0), ("0.00", 80.0, 336.0), ("19830.47", 165.0, 336.0)]
    values = values_of(read([*RECEIPT_HEAD, *under], knowledge, slope=-0.04))
    assert (values["personal_account"], values["personal_cash"]) == ("0.00", "19830.47")


def test_a_column_of_amounts_needs_no_head(knowledge: Knowledge) -> None:
    cells = table(
        x=(40, 300, 420, 540, 680),
        head=("项目名称", "单价", "数量", "", "类别"),
        body=(
            ("血常规", "20.00", "1", "20.00", "甲"),
            ("尿常规", "10.00", "2", "20.00", "甲"),
            ("输液", "9.00", "2", "18.00", "乙"),
        ),
    )
    meaning = read([("费用清单", 300, 10), *cells], knowledge)
    assert [(row["name"], row["amount"], row["insurance_class"]) for row in rows_of(meaning)] == [
        ("血常规", "20.00", "甲"),
        ("尿常规", "20.00", "甲"),
        ("输液", "18.00", "乙"),
    ]


def test_english_captions_are_no_part_of_a_value(knowledge: Knowledge) -> None:
    cells = [
        ("出生医学证明", 300.0, 10.0),
        ("新生儿姓名Name彭文博", 40.0, 80.0),
        ("母亲姓名Mother彭雨桐", 40.0, 120.0),
        ("医疗机构名称Nameoffacility临江市中医院", 40.0, 160.0),
    ]
    values = values_of(read(cells, knowledge))
    assert (values["name"], values["mother_name"], values["hospital_name"]) == ("彭文博", "彭雨桐", "临江市中医院")


def test_a_number_right_behind_another_label_is_not_found_by_its_shape(knowledge: Knowledge) -> None:
    cells = [("增值税电子普通发票", 300.0, 10.0), ("发票号码：97667374", 40.0, 80.0), ("校验码：49070007817035131265", 40.0, 120.0)]
    assert values_of(read([*cells, ("销售方名称：云溪百货", 40, 160)], knowledge))["invoice_number"] == "97667374"


def test_a_size_in_the_cell_of_a_name_is_its_own_value(knowledge: Knowledge) -> None:
    cells = table(
        x=(40, 400, 520),
        head=("项目名称/规格", "数量", "金额"),
        body=(("注射用头孢曲松钠1.0g", "2", "31.20"), ("磁共振平扫(1.5T)", "1", "420.00"), ("阿司匹林肠溶片100mg*30片", "1", "15.60")),
    )
    rows = rows_of(read([("费用清单", 300, 10), *cells], knowledge))
    assert [(row["name"], row.get("spec")) for row in rows] == [
        ("注射用头孢曲松钠", "1.0g"),
        ("磁共振平扫(1.5T)", None),
        ("阿司匹林肠溶片", "100mg*30片"),
    ]


def test_a_label_takes_no_figures_of_its_value(knowledge: Knowledge) -> None:
    values = values_of(read([*RECEIPT_HEAD, ("医保统筹基全2750.02元", 40, 300)], knowledge))
    assert values.get("pooled_fund") in (None, "2750.02")


def test_a_place_to_sign_is_no_value_and_a_verb_is_no_part_of_one(knowledge: Knowledge) -> None:
    cells = [
        ("疾病诊断证明书", 300.0, 10.0),
        ("姓名：余春霞", 40.0, 80.0),
        ("门诊诊断为：急性胃肠炎", 40.0, 120.0),
        ("科别：(签字)", 40.0, 160.0),
    ]
    values = values_of(read(cells, knowledge))
    assert values["diagnosis"] == "急性胃肠炎"
    assert "department" not in values
