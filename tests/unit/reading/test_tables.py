"""Tables: several on a page, rows of two lines, names of fees without an amount, marks and short names beside measurements."""

import pytest

from anpei.reading._sense.schema import Knowledge
from anpei.reading._values import Wanted, find
from tests.unit.reading.test_sense import Cell, read, rows_of, values_of

FEES: list[Cell] = [("住院费用明细清单", 400, 20), ("姓名：马海涛", 40, 60), ("住院号：ZY26000804", 400, 60)]


def line(y: float, *cells: tuple[str, float]) -> list[Cell]:
    return [(text, x, y) for text, x in cells]


def test_rows_of_two_lines_are_one_row_each(knowledge: Knowledge) -> None:
    cells = [
        *FEES,
        *line(100, ("序号", 40), ("项目名称", 110), ("规格", 500), ("等级", 800)),
        *line(132, ("单价", 200), ("数量", 400), ("单位", 470), ("金额", 640)),
        *line(164, ("1.", 40), ("住院诊查费", 110), ("甲", 810)),
        *line(196, ("18.00", 200), ("4", 410), ("日", 480), ("72.00", 640)),
        *line(228, ("2.", 40), ("可吸收缝合线", 110), ("3-0", 500), ("乙", 810)),
        *line(260, ("98.00", 200), ("2", 410), ("包", 480), ("196.00", 640)),
        *line(292, ("3.", 40), ("床旁心电监护", 110), ("甲", 810)),
        *line(324, ("4.00", 200), ("2", 410), ("小时", 480), ("8.00", 640)),
        ("费用合计：276.00", 500, 370),
    ]
    rows = rows_of(read(cells, knowledge))
    assert [(row["name"], row["unit_price"], row["quantity"], row["unit"], row["amount"], row["insurance_class"]) for row in rows] == [
        ("住院诊查费", "18.00", "4", "日", "72.00", "甲"),
        ("可吸收缝合线", "98.00", "2", "包", "196.00", "乙"),
        ("床旁心电监护", "4.00", "2", "小时", "8.00", "甲"),
    ]
    assert rows[1]["spec"] == "3-0"


def test_a_list_of_parts_and_one_of_labour_are_both_read(knowledge: Knowledge) -> None:
    cells = [
        ("机动车辆保险损失情况确认书", 300, 20),
        *line(60, ("号牌号码", 40), ("浙A12345", 200)),
        *line(100, ("序号", 40), ("更换零配件名称", 120), ("数量", 420), ("单价(元)", 560), ("金额(元)", 720)),
        *line(132, ("1", 50), ("散热器框架", 120), ("1", 430), ("586.00", 560), ("586.00", 720)),
        *line(164, ("2", 50), ("右后尾灯", 120), ("2", 430), ("315.00", 560), ("630.00", 720)),
        *line(196, ("零配件费用小计", 120), ("1216.00", 720)),
        *line(228, ("序号", 40), ("修理项目", 120), ("次数", 420), ("工时单价", 560), ("工时费(元)", 720)),
        *line(260, ("1", 50), ("前保险杠喷漆", 120), ("1", 430), ("420.00", 560), ("420.00", 720)),
        *line(292, ("2", 50), ("右后车门钣金", 120), ("1", 430), ("300.00", 560), ("300.00", 720)),
        *line(324, ("工时费小计", 120), ("720.00", 720)),
        ("定损日期：2026-08-03", 40, 370),
    ]
    rows = rows_of(read(cells, knowledge))
    assert [(row["name"], row["amount"]) for row in rows] == [
        ("散热器框架", "586.00"),
        ("右后尾灯", "630.00"),
        ("前保险杠喷漆", "420.00"),
        ("右后车门钣金", "300.00"),
    ]


def test_a_fee_that_was_not_charged_is_no_piece_of_another_ones_name(knowledge: Knowledge) -> None:
    cells = [
        ("湖南省医疗住院收费专用票据", 300, 20),
        *line(60, ("姓名", 40), ("田云飞", 140), ("住院号", 400), ("ZY26599849", 520)),
        *line(100, ("项目", 60), ("金额(元)", 220), ("项目", 440), ("金额(元)", 600)),
        *line(130, ("床位费", 60), ("200.00", 230), ("护理费", 440), ("110.00", 610)),
        *line(160, ("检查费", 60), ("4.00", 250), ("放射费", 440)),
        *line(190, ("康复费", 60), ("输血费", 440)),
        *line(220, ("西药费", 60), ("109.20", 230), ("中成药费", 440)),
        ("合计人民币(大写)肆佰贰拾叁元贰角整", 60, 260),
    ]
    rows = rows_of(read(cells, knowledge))
    assert sorted((row["name"], row["amount"]) for row in rows) == [
        ("床位费", "200.00"),
        ("护理费", "110.00"),
        ("检查费", "4.00"),
        ("西药费", "109.20"),
    ]


def test_marks_and_short_names_beside_measurements_are_not_read_into_them(knowledge: Knowledge) -> None:
    cells = [
        ("海塘县总医院检验报告单", 300, 20),
        *line(60, ("姓名：卢子轩", 40), ("标本类型：全血", 400)),
        *line(100, ("检验项目", 150), ("结果", 400), ("单位", 560), ("参考区间", 700)),
        *line(132, ("WBC", 40), ("白细胞计数", 120), ("9.69", 400), ("H", 500), ("10^9/L", 560), ("3.50--9.50", 700)),
        *line(164, ("NEUT%中性粒细胞百分比", 40), ("63.8", 400), ("%", 560), ("40.0-75.0", 700)),
        *line(196, ("CRP", 40), ("C反应蛋白", 120), ("8.56", 400), ("↑", 500), ("mg/L", 560), ("0.00-8.00", 700)),
        ("报告时间：2026-04-15", 40, 240),
    ]
    rows = rows_of(read(cells, knowledge))
    assert [(row["name"], row["result"], row["unit"], row["reference"]) for row in rows] == [
        ("白细胞计数", "9.69", "10^9/L", "3.50-9.50"),
        ("中性粒细胞百分比", "63.8", "%", "40.0-75.0"),
        ("C反应蛋白", "8.56", "mg/L", "0.00-8.00"),
    ]


@pytest.mark.parametrize(
    ("text", "value"),
    [("3.50~9.5010^9/L", "3.50-9.50"), ("125~35010^9/L", "125-350"), ("3.5-9.5", "3.5-9.5"), ("0-10", "0-10"), ("4.5-8.0", "4.5-8.0")],
)
def test_the_unit_behind_a_range_is_none_of_its_digits(text: str, value: str) -> None:
    found = find(Wanted("reference"), text)
    assert found is not None
    assert found.value == value


def test_the_way_to_take_a_drug_is_no_piece_of_its_name(knowledge: Knowledge) -> None:
    cells = [
        ("湘屏市第一中医医院门诊电子处方", 300, 20),
        *line(60, ("患者姓名唐振华", 40), ("性别男", 400), ("年龄61岁", 600)),
        *line(100, ("诊断高血压病", 40), ("医保城乡居民基本医疗保险", 400)),
        *line(140, ("序", 40), ("药品名称", 120), ("规格", 420), ("数量", 600), ("单位", 720)),
        *line(172, ("1", 44), ("板蓝根颗粒", 120), ("10g*20袋", 420), ("2", 610), ("盒", 730)),
        *line(204, ("用法用量：口服每次1袋每日2次", 120)),
        ("合计：44.80元", 600, 250),
    ]
    meaning = read(cells, knowledge)
    assert [(row["name"], row["quantity"], row["unit"]) for row in rows_of(meaning)] == [("板蓝根颗粒", "2", "盒")]
    assert values_of(meaning)["diagnosis"] == "高血压病"


@pytest.mark.parametrize(
    ("text", "value"),
    [("14.CT平扫", "CT平扫"), ("3.静脉输液", "静脉输液"), ("26.0.9%氯化钠注射液", "0.9%氯化钠注射液"),
     ("0.9%氯化钠注射液", "0.9%氯化钠注射液"), ("12.5%葡萄糖注射液", "12.5%葡萄糖注射液")],
)  # fmt: skip
def test_a_running_number_is_no_part_of_a_name_but_a_strength_is(text: str, value: str) -> None:
    found = find(Wanted("item"), text)
    assert found is not None
    assert found.value == value
