"""Papers about a person's life and wishes: register page, certificates of birth and death, appraisal, claim form, authority.

Everybody in them is fictional. Relatives and what a paper says beyond the visit come from chance seeded by the visit.
"""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from random import Random

from anpei.samples.world.dice import dice
from anpei.samples.world.documents import Document, yuan
from anpei.samples.world.people import GIVEN_F, GIVEN_M, REGIONS, SURNAMES, Person, make_person
from anpei.samples.world.visits import Visit

GRADES = ("一级", "二级", "三级", "四级", "五级", "六级", "七级", "八级", "九级", "十级")
INSURERS = ("东屿财产保险股份有限公司", "江海人寿保险股份有限公司", "临江健康保险股份有限公司")
DEATHS = (
    ("急性心肌梗死", "冠状动脉粥样硬化性心脏病"),
    ("呼吸衰竭", "慢性阻塞性肺疾病"),
    ("脑出血", "高血压病3级"),
    ("多器官功能衰竭", "重症肺炎"),
    ("肝性脑病", "原发性肝癌"),
    ("创伤性休克", "多发伤"),
)
INJURIES = (
    ("左桡骨远端粉碎性骨折", "左腕关节活动功能丧失25%以上", "十级"),
    ("右胫骨平台骨折", "右膝关节活动功能丧失25%以上", "十级"),
    ("腰1椎体压缩性骨折", "椎体压缩达三分之一以上", "九级"),
    ("右股骨颈骨折", "右髋关节置换术后", "八级"),
    ("重型颅脑损伤", "遗留中度智能减退", "六级"),
    ("颈髓损伤", "遗留四肢不全瘫", "四级"),
    ("右小腿毁损伤", "右小腿中段以远缺失", "七级"),
    ("双眼球破裂伤", "双目失明", "一级"),
)


def _chance(visit: Visit, paper: str) -> Random:
    return dice(paper, visit.receipt_number, visit.visit_number, visit.person.id_number)


def _digits(rng: Random, count: int) -> str:
    return "".join(rng.choice("0123456789") for _ in range(count))


def _relative(visit: Visit, rng: Random, *, gender: str = "", ages: tuple[int, int] = (25, 60)) -> Person:
    return make_person(rng, gender=gender, ages=ages, provinces=(visit.person.address[:3],))


def _city(place: str) -> str:
    """The city in an address (浙江省临江市城中区… gives 临江市)."""
    return place[3:6]


def household_register(visit: Visit) -> Document:
    """户口簿 常住人口登记卡: one member's page."""
    rng = _chance(visit, "household")
    person = visit.person
    wife_or_man = "妻" if person.gender == "F" else "夫"
    child = "长女" if person.gender == "F" else "长子"
    relation = rng.choice(("户主", wife_or_man, child))
    facts = {
        "name": person.name,
        "relation": relation,
        "gender": person.gender_label,
        "ethnicity": person.ethnicity,
        "native_place": rng.choice((REGIONS[person.region_code], REGIONS[person.region_code][:6])),
        "birth_on": person.birth_on.isoformat(),
        "id_number": person.id_number,
    }
    extra = {
        "birth_place": person.address[:6],
        "address": person.address,
        "education": rng.choice(("小学", "初中", "高中", "大学专科", "大学本科")),
        "marriage": rng.choice(("未婚", "已婚", "离婚")),
        "service": "未服兵役",
        "occupation": rng.choice(("职员", "工人", "务农", "教师")),
        "workplace": _city(person.address) + rng.choice(("第二机械厂", "望湖商贸有限公司", "第三中学")),
        "height": str(rng.randint(155, 182)),
        "blood": rng.choice(("A", "B", "O", "AB")),
        "household_number": _digits(rng, 9),
        "head": person.name if relation == "户主" else rng.choice(SURNAMES) + rng.choice(GIVEN_M.split()),
        "officer": rng.choice(SURNAMES) + rng.choice(("警官", "建平", "立群")),
        "registered_on": person.id_issued_on.isoformat(),
        "police": _city(person.address) + "公安局" + person.address[6:8] + "派出所",
    }
    return Document(kind="household_register", facts=facts, extra=extra)


def birth_certificate(visit: Visit) -> Document:
    """出生医学证明: a child of two fictional parents, born on the day of the visit. The number is a letter and nine digits."""
    rng = _chance(visit, "birth")
    mother = _relative(visit, rng, gender="F", ages=(22, 40))
    father = _relative(visit, rng, gender="M", ages=(24, 44))
    gender = rng.choice("男女")
    born = visit.started_on
    facts = {
        "name": father.name[0] + rng.choice((GIVEN_M if gender == "男" else GIVEN_F).split()),
        "gender": gender,
        "birth_on": born.isoformat(),
        "hospital_name": visit.hospital.name,
        "mother_name": mother.name,
        "mother_id_number": mother.id_number,
        "father_name": father.name,
        "father_id_number": father.id_number,
        "certificate_number": rng.choice("NPQRSTUVWXYZ") + _digits(rng, 9),
        "issued_on": (born + timedelta(days=rng.randint(2, 20))).isoformat(),
    }
    extra = {
        "hour": str(rng.randint(0, 23)),
        "minute": str(rng.randint(0, 59)),
        "weeks": str(rng.randint(37, 41)),
        "weight": str(rng.randint(260, 410) * 10),
        "length": str(rng.randint(48, 53)),
        "birth_place": mother.address[:6],
        "mother_age": str(mother.age_on(born)),
        "father_age": str(father.age_on(born)),
        "mother_ethnicity": mother.ethnicity,
        "father_ethnicity": father.ethnicity,
        "address": mother.address,
        "province": visit.hospital.province,
    }
    return Document(kind="birth_certificate", facts=facts, extra=extra)


def death_certificate(visit: Visit) -> Document:
    """居民死亡医学证明（推断）书. ``extra``: what led to the cause of death, the relative, the particulars of the person."""
    rng = _chance(visit, "death")
    person, relative = visit.person, _relative(visit, rng)
    cause, root = rng.choice(DEATHS)
    died = visit.ended_on
    facts = {
        "name": person.name,
        "gender": person.gender_label,
        "id_number": person.id_number,
        "died_on": died.isoformat(),
        "cause_of_death": cause,
        "hospital_name": visit.hospital.name,
        "certificate_number": f"{person.region_code}{died:%Y}" + _digits(rng, 6),
        "issued_on": (died + timedelta(days=rng.randint(0, 3))).isoformat(),
    }
    extra = {
        "root": root,
        "doctor": visit.doctor,
        "age": str(person.age_on(died)),
        "birth_on": person.birth_on.isoformat(),
        "ethnicity": person.ethnicity,
        "marriage": "已婚",
        "education": rng.choice(("小学", "初中", "高中", "大学")),
        "occupation": rng.choice(("农民", "工人", "退休人员", "职员")),
        "address": person.address,
        "workplace": _city(person.address) + rng.choice(("第二机械厂", "望湖商贸有限公司", "粮油公司")),
        "place": rng.choice(("医疗机构病房", "急诊室", "家中")),
        "relative": relative.name,
        "relative_phone": relative.phone,
        "relative_address": relative.address,
        "province": visit.hospital.province,
        "station": _city(person.address) + "公安局" + person.address[6:8] + "派出所",
    }
    return Document(kind="death_certificate", facts=facts, extra=extra)


def disability_appraisal(visit: Visit) -> Document:
    """伤残等级鉴定意见书. ``extra``: the matter, the case, the analysis and the ``opinion`` sentence that holds the grade."""
    rng = _chance(visit, "appraisal")
    person, city = visit.person, _city(visit.person.address)
    injury, rest, grade = rng.choice(INJURIES)
    issued = visit.ended_on + timedelta(days=rng.randint(90, 150))
    house = rng.choice(("正衡", "明鉴", "同济堂", "望湖"))
    accident = visit.started_on - timedelta(days=1)
    facts = {
        "report_number": f"{house}司鉴[{issued:%Y}]临鉴字第{rng.randint(1, 1999)}号",
        "name": person.name,
        "gender": person.gender_label,
        "id_number": person.id_number,
        "appraiser_name": f"{city[:2]}{house}司法鉴定中心",
        "disability_grade": grade,
        "issued_on": issued.isoformat(),
    }
    extra = {
        "principal": rng.choice((f"{city}城中区人民法院", rng.choice(INSURERS), f"{city}公安局交通警察支队")),
        "matter": "伤残等级鉴定",
        "accepted_on": (issued - timedelta(days=rng.randint(7, 25))).isoformat(),
        "birth_on": person.birth_on.isoformat(),
        "address": person.address,
        "case": f"据委托材料：{accident.year}年{accident.month}月{accident.day}日，被鉴定人{person.name}因交通事故受伤，致{injury}。",
        "hospital": visit.hospital.name,
        "injury": injury,
        "analysis": f"被鉴定人{person.name}外伤致{injury}，治疗后{rest}，依据《人体损伤致残程度分级》相关条款，评定其伤残等级。",
        "opinion_start": f"被鉴定人{person.name}因交通事故致{injury}，{rest}，构成",
        "opinion_end": "伤残。",
        "first_expert": rng.choice(SURNAMES) + rng.choice(("建平", "文斌", "立群")),
        "second_expert": rng.choice(SURNAMES) + rng.choice(("晓东", "丽萍", "国栋")),
        "licence": _digits(rng, 12),
    }
    return Document(kind="disability_appraisal", facts=facts, extra=extra)


def claim_form(visit: Visit) -> Document:
    """理赔申请书. ``id_number`` is the insured person's; ``extra`` has the claimant's (``claimant_id_number``) and the relation."""
    rng = _chance(visit, "claim form")
    insured = visit.person
    other = _relative(visit, rng)
    claimant = insured if rng.random() < 0.6 else other
    signed = visit.ended_on + timedelta(days=rng.randint(1, 30))
    facts = {
        "policy_number": rng.choice(("P", "PDAA", "GR")) + f"{visit.started_on:%Y}" + _digits(rng, 9),
        "insured_name": insured.name,
        "claimant_name": claimant.name,
        "id_number": insured.id_number,
        "phone": claimant.phone,
        "occurred_on": visit.started_on.isoformat(),
        "hospital_name": visit.hospital.name,
        "payee_name": claimant.name,
        "bank_name": claimant.bank_name,
        "card_number": claimant.card_number,
        "total_amount": yuan(visit.split.total),
        "signed_on": signed.isoformat(),
    }
    extra = {
        "relation": "本人" if claimant is insured else rng.choice(("配偶", "父母", "子女")),
        "claimant_id_number": claimant.id_number,
        "address": claimant.address,
        "email": f"{rng.choice(('lan', 'qing', 'yun', 'hai'))}{rng.randint(100, 999)}@example.com",
        "insurer": rng.choice(INSURERS),
        "department": visit.diagnosis.department,
        "diagnosis": visit.diagnosis.name,
        "story": f"被保险人因{visit.diagnosis.complaint}前往医院就诊，诊断为{visit.diagnosis.name}。",
        "care": "住院" if visit.inpatient else "门诊",
        "bills": str(rng.randint(1, 4)),
    }
    return Document(kind="claim_form", facts=facts, extra=extra)


def power_of_attorney(visit: Visit) -> Document:
    """授权委托书. ``extra``: the matter, the addresses, the relation and the period."""
    rng = _chance(visit, "authority")
    principal, agent = visit.person, _relative(visit, rng)
    signed = visit.ended_on + timedelta(days=rng.randint(1, 30))
    facts = {
        "principal_name": principal.name,
        "principal_id_number": principal.id_number,
        "agent_name": agent.name,
        "agent_id_number": agent.id_number,
        "signed_on": signed.isoformat(),
    }
    extra = {
        "relation": rng.choice(("夫妻", "父子", "母女", "朋友", "同事")),
        "principal_address": principal.address,
        "agent_address": agent.address,
        "principal_phone": principal.phone,
        "agent_phone": agent.phone,
        "principal_gender": principal.gender_label,
        "agent_gender": agent.gender_label,
        "insurer": rng.choice(INSURERS),
        "policy_number": f"P{visit.started_on:%Y}" + _digits(rng, 9),
        "until": date(signed.year + 1, signed.month, min(signed.day, 28)).isoformat(),
        "hospital": visit.hospital.name,
    }
    return Document(kind="power_of_attorney", facts=facts, extra=extra)


MAKERS: Mapping[str, Callable[[Visit], Document]] = {
    "household_register": household_register,
    "birth_certificate": birth_certificate,
    "death_certificate": death_certificate,
    "disability_appraisal": disability_appraisal,
    "claim_form": claim_form,
    "power_of_attorney": power_of_attorney,
}
"""Kind to what makes it."""
