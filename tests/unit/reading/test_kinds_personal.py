"""Ten further kinds of papers, clinical and personal, understood from their lines (in wordings of their own) and read from drawn pages."""

from collections.abc import Sequence

import pytest

from anpei.reading import ReadingMachine
from anpei.reading._sense.interpret import Meaning, interpret
from anpei.reading._sense.schema import Knowledge
from anpei.reading._sight.boxes import TextBox, plain_box
from tests.unit.reading.conftest import sample

Row = dict[str, str]
STEP = 10
LEFT = 40.0


def boxes_of(lines: Sequence[str]) -> list[TextBox]:
    """Lines of text from the top; ``|`` begins a new cell at the next multiple of 200 pixels, an empty line is a wide space."""
    found: list[TextBox] = []
    for number, line in enumerate(lines):
        x = LEFT
        for text in line.split("|"):
            if text:
                width = sum(STEP if char.isascii() else 2 * STEP for char in text)
                found.append(plain_box(text, x, 40.0 * number, x + width, 40.0 * number + 24))
                x += width
            x = LEFT + 200 * (int((x - LEFT) // 200) + 1)
    return found


def understood(lines: Sequence[str], knowledge: Knowledge) -> Meaning:
    return interpret(boxes_of(lines), knowledge, source="ocr", place=lambda each: each)


def fields_of(meaning: Meaning) -> dict[str, str]:
    return {name: reading.value for name, reading in meaning.fields.items()}


def rows_of(meaning: Meaning) -> list[Row]:
    return [{name: reading.value for name, reading in row.items()} for row in meaning.rows]


ID, OTHER_ID = "339901198604102346", "339921199306151234"

CASES: dict[str, tuple[list[str], dict[str, str]]] = {
    "admission_record": (
        [
            "临江市中医院",
            "入院记录",
            "姓名：汪思雨|性别：女|年龄：40岁|病房：消化内科|病案号：ZY26001234",
            "出生地：浙江省临江市|婚姻：已婚|入院时间：2026年3月5日 09:20|记录时间：2026年3月5日 11:00",
            "病史陈述者：患者本人，可靠",
            "主诉：上腹部疼痛伴恶心3天。",
            "现病史：患者3天前无明显诱因出现上腹部疼痛，为阵发性隐痛，曾在外院住院治疗。",
            "既往史：否认高血压病、糖尿病病史。",
            "体格检查：T36.5℃，P80次/分。",
            "|||初步诊断：",
            "|||急性胰腺炎",
        ],
        {
            "patient_name": "汪思雨",
            "gender": "女",
            "age": "40",
            "hospital_name": "临江市中医院",
            "department": "消化内科",
            "admission_number": "ZY26001234",
            "admitted_on": "2026-03-05",
            "chief_complaint": "上腹部疼痛伴恶心3天",
            "admission_diagnosis": "急性胰腺炎",
        },
    ),
    "prescription": (
        [
            "江屿市第二人民医院门诊处方",
            "姓名 周国栋|性别 男|年龄 58岁|门诊号 202600123456",
            "科别 心血管内科|开方日期 2026.05.06",
            "诊断：高血压病",
            "R:",
            "1、苯磺酸氨氯地平片 5mg×28片|2盒",
            "Sig：5mg 口服 一日一次",
            "2、阿托伐他汀钙片 20mg^*7片|X3盒",
            "Sig：20mg 口服 每晚一次",
            "医师：李建平|药费：52.60元",
            "审核药师：王洁|核对、发药：赵敏",
        ],
        {
            "patient_name": "周国栋",
            "gender": "男",
            "age": "58",
            "hospital_name": "江屿市第二人民医院",
            "department": "心血管内科",
            "outpatient_number": "202600123456",
            "issued_on": "2026-05-06",
            "diagnosis": "高血压病",
            "total_amount": "52.60",
        },
    ),
    "pathology_report": (
        [
            "海州湾区中心医院病理科",
            "病理诊断报告单",
            "病理编号：B2026-01234|收到日期：2026-04-02|报告日期：2026-04-06",
            "患者姓名：何静|性别：女|年龄：45岁|科室：乳腺外科",
            "住院号：ZY26009911|送检医院：本院|标本名称：左乳肿物",
            "大体所见：灰白组织一块，大小3×2×2cm，切面灰白。",
            "镜下所见：导管上皮增生，未见异型。",
            "诊断意见：",
            "（左乳）腺病伴导管上皮普通型增生，",
            "周边乳腺组织未见特殊。",
            "报告医师：钱敏|审核医师：孙磊",
        ],
        {
            "patient_name": "何静",
            "gender": "女",
            "age": "45",
            "hospital_name": "海州湾区中心医院",
            "department": "乳腺外科",
            "report_number": "B2026-01234",
            "reported_on": "2026-04-06",
            "pathology_diagnosis": "(左乳)腺病伴导管上皮普通型增生,周边乳腺组织未见特殊",
        },
    ),
    "laboratory_report": (
        [
            "宁浦区人民医院化验单",
            "姓名：何静|性别：女|年龄：45岁|样本编号：20260402117",
            "科别：体检中心|样本种类：静脉血|报告时间：2026-04-02 15:30",
            "序号|检测项目|测定结果|参考值|单位",
            "1|钾|5.60↑|3.5～5.3|mmol/L",
            "2|乙肝表面抗原|阴性|阴性",
            "3|白细胞|3.10↓|3.5～9.5|×10^9/L",
            "检验者：钱敏|审核者：孙磊",
        ],
        {
            "patient_name": "何静",
            "gender": "女",
            "age": "45",
            "hospital_name": "宁浦区人民医院",
            "department": "体检中心",
            "report_number": "20260402117",
            "specimen": "静脉血",
            "reported_on": "2026-04-02",
        },
    ),
    "household_register": (
        [
            "常住人口登记卡",
            "姓名|卢子轩|户主或与户主关系|长子",
            "曾用名||性别|男",
            "出生地|浙江省临江市|民族|畲族",
            "籍贯|浙江省临江市|出生日期|2008年9月1日",
            "公民身份证件编号|339901200809010019|宗教信仰",
            "文化程度|初中|婚姻状况|未婚|兵役状况",
            "服务处所||职业|学生",
            "何时由何地迁来本址|2008年10月1日",
        ],
        {
            "name": "卢子轩",
            "relation": "长子",
            "gender": "男",
            "ethnicity": "畲",
            "native_place": "浙江省临江市",
            "birth_on": "2008-09-01",
            "id_number": "339901200809010019",
        },
    ),
    "birth_certificate": (
        [
            "出生医学证明",
            "出生证编号：Q330012345",
            "新生儿姓名：汪若曦|性别：女|出生日期：2026年3月4日8时20分",
            "出生孕周：39周|出生体重：3200g|出生身长：50cm",
            "助产机构：临江市妇幼保健院",
            "母亲姓名：汪思雨|||父亲姓名：周国栋",
            "年龄：30岁|||年龄：33岁",
            f"身份证号：{ID}||身份证号：{OTHER_ID}",
            "签发机构：临江市妇幼保健院||签发日期：2026年3月10日",
        ],
        {
            "name": "汪若曦",
            "gender": "女",
            "birth_on": "2026-03-04",
            "hospital_name": "临江市妇幼保健院",
            "mother_name": "汪思雨",
            "mother_id_number": ID,
            "father_name": "周国栋",
            "father_id_number": OTHER_ID,
            "certificate_number": "Q330012345",
            "issued_on": "2026-03-10",
        },
    ),
    "death_certificate": (
        [
            "居民死亡医学证明（推断）书",
            "编号：33990120260012",
            f"死者姓名|周国栋|性别|男|有效身份证件号码|{ID}",
            "出生日期|1948年2月3日|年龄|78岁|死亡地点|医疗机构病房",
            "死亡时间|2026年3月9日6时30分|生前工作单位|临江市第二机械厂",
            "家属姓名|周明辉|联系电话|19900001234",
            "直接导致死亡的疾病或情况|呼吸衰竭",
            "引起（a）的疾病或情况|慢性阻塞性肺疾病",
            "医疗卫生机构名称|临江市第一人民医院",
            "医师签名：丁建平|填表日期：2026年3月9日",
        ],
        {
            "name": "周国栋",
            "gender": "男",
            "id_number": ID,
            "died_on": "2026-03-09",
            "cause_of_death": "呼吸衰竭",
            "hospital_name": "临江市第一人民医院",
            "certificate_number": "33990120260012",
            "issued_on": "2026-03-09",
        },
    ),
    "disability_appraisal": (
        [
            "临江明鉴司法鉴定所",
            "法医临床司法鉴定意见书",
            "临明司鉴所[2026]临鉴字第88号",
            "一、基本情况",
            "委 托 方：临江市人民法院|委托日期：2026年7月1日",
            "鉴定对象：何静|鉴定事项：伤残等级评定",
            f"被鉴定人：何静，女，身份证号码{ID}",
            "二、基本案情",
            "据送检材料记载：2026年1月2日，被鉴定人何静因道路交通事故受伤。",
            "五、鉴定意见",
            "被鉴定人何静左膝关节功能障碍，评定为人体损伤致残程度X级。",
            "|||司法鉴定人：吴文斌",
            "|||2026年7月20日",
        ],
        {
            "report_number": "临明司鉴所[2026]临鉴字第88号",
            "name": "何静",
            "gender": "女",
            "id_number": ID,
            "appraiser_name": "临江明鉴司法鉴定所",
            "disability_grade": "十级",
            "issued_on": "2026-07-20",
        },
    ),
    "claim_form": (
        [
            "东屿健康保险股份有限公司",
            "保险金给付申请书",
            "保险合同号：P2026000123456|申请日期：2026年6月1日",
            "第一部分 出险人资料",
            f"姓名：卢子轩|性别：男|证件号码：{ID}",
            "出险时间：2026年5月20日|治疗医院：宁浦区人民医院",
            "第二部分 申请人资料",
            f"姓名：汪思雨|与出险人关系：父母|证件号码：{OTHER_ID}",
            "移动电话：19900001234|通讯地址：浙江省临江市人民路5号",
            "索赔金额：1,234.50元",
            "第三部分 领款账户",
            "账户名：汪思雨|开户行：江海银行",
            "账号：6299 7112 3456 7890 129",
        ],
        {
            "policy_number": "P2026000123456",
            "insured_name": "卢子轩",
            "claimant_name": "汪思雨",
            "id_number": ID,
            "phone": "19900001234",
            "occurred_on": "2026-05-20",
            "hospital_name": "宁浦区人民医院",
            "payee_name": "汪思雨",
            "bank_name": "江海银行",
            "card_number": "6299711234567890129",
            "total_amount": "1234.50",
            "signed_on": "2026-06-01",
        },
    ),
    "power_of_attorney": (
        [
            "委托书",
            f"本人汪思雨（身份证号码：{ID}），因工作繁忙，",
            f"现委托周国栋（身份证号码：{OTHER_ID}）",
            "作为我的合法代理人，代为办理理赔事宜。受托人在授权范围内签署的文件，我均予以承认。",
            "|||委托人：汪思雨",
            "|||受托人：周国栋",
            "|||2026年8月9日",
        ],
        {
            "principal_name": "汪思雨",
            "principal_id_number": ID,
            "agent_name": "周国栋",
            "agent_id_number": OTHER_ID,
            "signed_on": "2026-08-09",
        },
    ),
}


@pytest.mark.parametrize("kind", sorted(CASES))
def test_each_kind_is_told_and_read_from_its_lines(kind: str, knowledge: Knowledge) -> None:
    lines, expected = CASES[kind]
    meaning = understood(lines, knowledge)
    assert meaning.guess.kind == kind
    assert fields_of(meaning) == expected


def test_drugs_in_lines_are_rows(knowledge: Knowledge) -> None:
    assert rows_of(understood(CASES["prescription"][0], knowledge)) == [
        {"name": "苯磺酸氨氯地平片", "spec": "5mgx28片", "quantity": "2", "unit": "盒"},
        {"name": "阿托伐他汀钙片", "spec": "20mg*7片", "quantity": "3", "unit": "盒"},
    ]


def test_results_are_rows_with_their_ranges(knowledge: Knowledge) -> None:
    assert rows_of(understood(CASES["laboratory_report"][0], knowledge)) == [
        {"name": "钾", "result": "5.60", "unit": "mmol/L", "reference": "3.5-5.3"},
        {"name": "乙肝表面抗原", "result": "阴性", "reference": "阴性"},
        {"name": "白细胞", "result": "3.10", "unit": "10^9/L", "reference": "3.5-9.5"},
    ]


OTHERS: dict[str, tuple[list[str], dict[str, str]]] = {
    "power_of_attorney": (
        [
            "授权委托书",
            "委托人（甲方）：汪思雨|||受托人（乙方）：周国栋",
            f"身份证号：{ID}||身份证号：{OTHER_ID}",
            "联系电话：19900000001||联系电话：19900000002",
            "甲方委托乙方办理理赔事宜。",
            "签订日期：2026-08-09",
        ],
        {
            "principal_name": "汪思雨",
            "principal_id_number": ID,
            "agent_name": "周国栋",
            "agent_id_number": OTHER_ID,
            "signed_on": "2026-08-09",
        },
    ),
    "birth_certificate": (
        [
            "出生医学证明",
            "新生儿姓名|汪若曦|性别|女|出生时间|2026年3月4日8时20分",
            "接生机构名称|临江市妇幼保健院",
            "母亲姓名|汪思雨|年龄|30|国籍|中国",
            f"有效身份证件类别|居民身份证|有效身份证件号码|{ID}",
            "父亲姓名|周国栋|年龄|33|国籍|中国",
            f"有效身份证件类别|居民身份证|有效身份证件号码|{OTHER_ID}",
            "签发日期|2026年3月10日",
            "Q330012345",
        ],
        {
            "name": "汪若曦",
            "gender": "女",
            "birth_on": "2026-03-04",
            "hospital_name": "临江市妇幼保健院",
            "mother_name": "汪思雨",
            "mother_id_number": ID,
            "father_name": "周国栋",
            "father_id_number": OTHER_ID,
            "certificate_number": "Q330012345",
            "issued_on": "2026-03-10",
        },
    ),
    "death_certificate": (
        [
            "死亡医学证明书",
            f"兹有周国栋，男，78岁，身份证号码{ID}，",
            "因呼吸循环衰竭于2026年3月9日在我院死亡。",
            "特此证明",
            "临江市第一人民医院",
            "2026年3月10日",
        ],
        {
            "name": "周国栋",
            "gender": "男",
            "id_number": ID,
            "died_on": "2026-03-09",
            "cause_of_death": "呼吸循环衰竭",
            "hospital_name": "临江市第一人民医院",
            "issued_on": "2026-03-10",
        },
    ),
    "disability_appraisal": (
        [
            "劳动能力鉴定结论书",
            "临劳鉴字〔2026〕第123号",
            "被鉴定人：何静|性别：女",
            f"身份证号码：{ID}",
            "工伤部位：左手",
            "鉴定结论：伤残九级",
            "临江市劳动能力鉴定委员会",
            "2026年7月20日",
        ],
        {
            "name": "何静",
            "gender": "女",
            "id_number": ID,
            "disability_grade": "九级",
            "appraiser_name": "临江市劳动能力鉴定委员会",
            "issued_on": "2026-07-20",
            "report_number": "临劳鉴字〔2026〕第123号",
        },
    ),
    "claim_form": (
        [
            "个人人身保险理赔申请书",
            "保单号码|P20260001234|险种名称|住院医疗保险",
            "被保险人姓名|卢子轩|性别|男|出生日期|1990-01-02",
            f"证件类型|身份证|证件号码|{ID}|联系电话|19900000001",
            "申请人姓名|汪思雨|联系电话|19900000002",
            f"证件号码|{OTHER_ID}|与被保险人关系|配偶",
            "事故发生时间|2026-05-20|就诊医院|宁浦区人民医院",
            "理赔金额(元)|1234.50",
            "户名|汪思雨|开户银行|东屿银行临江支行",
            "银行卡号|6299711234567890129",
            "申请人签名：汪思雨|||日期：2026年6月1日",
        ],
        {
            "policy_number": "P20260001234",
            "insured_name": "卢子轩",
            "claimant_name": "汪思雨",
            "id_number": ID,
            "phone": "19900000002",
            "occurred_on": "2026-05-20",
            "hospital_name": "宁浦区人民医院",
            "payee_name": "汪思雨",
            "bank_name": "东屿银行临江支行",
            "card_number": "6299711234567890129",
            "total_amount": "1234.50",
            "signed_on": "2026-06-01",
        },
    ),
}


@pytest.mark.parametrize("kind", sorted(OTHERS))
def test_other_forms_of_a_kind(kind: str, knowledge: Knowledge) -> None:
    lines, expected = OTHERS[kind]
    meaning = understood(lines, knowledge)
    assert meaning.guess.kind == kind
    assert fields_of(meaning) == expected


def test_a_discharge_record_is_no_admission_record(knowledge: Knowledge) -> None:
    lines = ["临江市中医院", "出院记录", "姓名：何静|性别：女|年龄：45岁", "入院诊断：肺炎", "出院诊断：肺炎", "出院医嘱：休息"]
    assert understood(lines, knowledge).guess.kind == "discharge_summary"


def test_an_examination_report_of_another_sort_is_not_told_as_a_laboratory_report(knowledge: Knowledge) -> None:
    lines = ["临江市中医院", "CT检查报告单", "姓名：何静|性别：女|年龄：45岁", "影像所见：两肺纹理清晰。", "报告日期：2026-03-05"]
    assert understood(lines, knowledge).guess.kind != "laboratory_report"


@pytest.mark.parametrize(
    "layout",
    ["prescription/known-a", "laboratory_report/known-b", "household_register/known-a", "claim_form/known-a", "power_of_attorney/known-a"],
)
def test_drawn_pages_are_read_back(layout: str, machine: ReadingMachine) -> None:
    page = sample(layout, effect="clean")
    (reading,) = machine.read_file(page.data, "page.jpg").pages
    assert reading.kind == page.kind
    assert {name: reading.fields[name].value for name in page.fields} == page.fields
    read = [{name: cell.value for name, cell in row.items()} for row in reading.rows]
    assert sorted(read, key=str) == sorted((dict(row) for row in page.rows), key=str)


def test_a_diagnosis_under_its_label_in_the_right_column_keeps_to_it(knowledge: Knowledge) -> None:
    lines = [
        "入院记录",
        "姓名：何静|性别：女|年龄：45岁",
        "主诉：跌伤致右腕疼痛2小时",
        "最后诊断：|||初步诊断：",
        "1.右腕扭伤|||1.右桡骨远端骨折",
        "|||2.高血压病",
        "|||医师签名：丁建平",
    ]
    assert fields_of(understood(lines, knowledge))["admission_diagnosis"] == "右桡骨远端骨折;高血压病"


def test_the_foot_of_a_laboratory_report_is_no_row(knowledge: Knowledge) -> None:
    lines = [
        "江屿市第二人民医院检验报告单",
        "姓名：何静|性别：女|年龄：45岁",
        "检验项目|结果|参考区间|单位",
        "钾|4.50|3.5--5.3|mmol/L",
        "检验者：钱敏|审核者：孙磊",
        "报告日期：2026-04-02",
    ]
    assert rows_of(understood(lines, knowledge)) == [{"name": "钾", "result": "4.50", "unit": "mmol/L", "reference": "3.5-5.3"}]
