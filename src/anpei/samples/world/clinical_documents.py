"""Further clinical papers about a visit: admission record, prescription, pathology report, laboratory report.

What these papers say beyond the visit (findings, results, ways to take a drug) comes from chance of its own, seeded by the visit:
the same visit always has the same papers.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from anpei.samples.world.catalogue import Item, items
from anpei.samples.world.dice import dice
from anpei.samples.world.documents import Document, yuan
from anpei.samples.world.people import SURNAMES
from anpei.samples.world.visits import Visit

BY_MOUTH = ("口服 每次1粒 每日2次", "口服 每次1片 每日1次", "口服 每次2片 每日3次", "口服 每次10ml 每日3次")
USAGES = {
    "膏": "外用 每日2次",
    "滴眼": "滴眼 每次1滴 每日4次",
    "注射": "静脉滴注 每日1次",
    "喷雾": "外用 每日3次",
    "阴道": "阴道给药 每晚1次",
}
OCCUPATIONS = ("职员", "工人", "农民", "教师", "个体经营者", "退休人员")


@dataclass(frozen=True, slots=True)
class Finding:
    """What a pathologist writes: where it came from, what it looks like, what it is. ``sex`` M, F or empty."""

    department: str
    specimen: str
    gross: str
    microscopic: str
    diagnosis: str
    sex: str = ""


@dataclass(frozen=True, slots=True)
class Test:
    """A laboratory test with the limits of health; ``words`` is the healthy answer of a test without numbers."""

    name: str
    short: str
    unit: str
    low: float = 0.0
    high: float = 0.0
    places: int = 1
    words: str = ""


FINDINGS = (
    Finding("普外科", "阑尾", "阑尾一条，长6cm，直径1.0cm，浆膜面充血。", "阑尾各层见大量中性粒细胞浸润。", "（阑尾）急性化脓性阑尾炎"),
    Finding("普外科", "胆囊", "胆囊一枚，大小8×3×3cm，腔内见结石数枚。", "黏膜慢性炎细胞浸润，肌层增厚。", "（胆囊）慢性胆囊炎伴胆石症"),
    Finding("消化内科", "胃窦黏膜", "灰白组织3粒，直径0.2cm。", "黏膜慢性炎，固有层淋巴细胞浸润。", "（胃窦）黏膜中度慢性炎伴轻度肠化"),
    Finding(
        "消化内科", "结肠息肉", "灰红息肉样组织一枚，直径0.6cm。", "腺体增生，上皮轻度异型。", "（乙状结肠）管状腺瘤伴低级别上皮内瘤变"
    ),
    Finding(
        "甲状腺外科", "甲状腺左叶", "结节一枚，直径1.2cm，切面灰白质硬。", "乳头状结构，核沟及核内包涵体可见。", "（左叶甲状腺）乳头状癌"
    ),
    Finding("甲状腺外科", "甲状腺右叶", "结节一枚，直径2.0cm，包膜完整。", "滤泡大小不一，充满胶质。", "（右叶甲状腺）结节性甲状腺肿"),
    Finding("乳腺外科", "左乳肿物", "灰白组织一块，大小2×2×1cm。", "纤维组织及腺上皮增生。", "（左乳）纤维腺瘤", "F"),
    Finding("乳腺外科", "右乳肿物", "灰白组织一块，质硬，界不清。", "异型细胞呈巢状浸润性生长。", "（右乳）浸润性导管癌Ⅱ级", "F"),
    Finding("妇科", "子宫肌瘤", "结节样组织一枚，切面编织状。", "平滑肌细胞束状排列，未见核分裂。", "（子宫）平滑肌瘤", "F"),
    Finding("胸外科", "右上肺结节", "楔形肺组织一块，切面见灰白结节。", "肿瘤细胞沿肺泡壁贴壁生长。", "（右上肺）微浸润性腺癌"),
    Finding("泌尿外科", "前列腺组织", "灰白碎组织一堆，重20g。", "腺体及间质增生，未见恶性。", "前列腺增生症", "M"),
    Finding("皮肤科", "背部肿物", "带皮组织一块，大小2×1cm。", "真皮内见囊肿，囊壁为鳞状上皮。", "（背部）表皮样囊肿"),
)
BLOOD = (
    Test("白细胞计数", "WBC", "10^9/L", 3.5, 9.5, 2),
    Test("红细胞计数", "RBC", "10^12/L", 4.3, 5.8, 2),
    Test("血红蛋白", "HGB", "g/L", 130, 175, 0),
    Test("红细胞压积", "HCT", "%", 40.0, 50.0, 1),
    Test("血小板计数", "PLT", "10^9/L", 125, 350, 0),
    Test("中性粒细胞百分比", "NEUT%", "%", 40.0, 75.0, 1),
    Test("淋巴细胞百分比", "LYMPH%", "%", 20.0, 50.0, 1),
    Test("单核细胞百分比", "MONO%", "%", 3.0, 10.0, 1),
    Test("嗜酸性粒细胞百分比", "EO%", "%", 0.4, 8.0, 1),
    Test("平均红细胞体积", "MCV", "fL", 82.0, 100.0, 1),
    Test("平均血红蛋白量", "MCH", "pg", 27.0, 34.0, 1),
    Test("C反应蛋白", "CRP", "mg/L", 0.0, 8.0, 2),
)
SERUM = (
    Test("丙氨酸氨基转移酶", "ALT", "U/L", 9, 50, 0),
    Test("天门冬氨酸氨基转移酶", "AST", "U/L", 15, 40, 0),
    Test("总胆红素", "TBIL", "umol/L", 3.4, 20.5, 1),
    Test("直接胆红素", "DBIL", "umol/L", 0.0, 6.8, 1),
    Test("总蛋白", "TP", "g/L", 65.0, 85.0, 1),
    Test("白蛋白", "ALB", "g/L", 40.0, 55.0, 1),
    Test("尿素", "UREA", "mmol/L", 3.1, 8.0, 2),
    Test("肌酐", "CREA", "umol/L", 57, 97, 0),
    Test("尿酸", "UA", "umol/L", 208, 428, 0),
    Test("葡萄糖", "GLU", "mmol/L", 3.90, 6.10, 2),
    Test("总胆固醇", "TC", "mmol/L", 2.80, 5.20, 2),
    Test("甘油三酯", "TG", "mmol/L", 0.40, 1.70, 2),
    Test("钾", "K", "mmol/L", 3.50, 5.30, 2),
    Test("钠", "Na", "mmol/L", 137.0, 147.0, 1),
)
URINE = (
    Test("尿蛋白", "PRO", "", words="阴性"),
    Test("尿葡萄糖", "GLU", "", words="阴性"),
    Test("尿酮体", "KET", "", words="阴性"),
    Test("尿潜血", "BLD", "", words="阴性"),
    Test("亚硝酸盐", "NIT", "", words="阴性"),
    Test("尿比重", "SG", "", 1.005, 1.030, 3),
    Test("酸碱度", "pH", "", 4.5, 8.0, 1),
    Test("白细胞镜检", "WBC", "/HP", 0, 5, 0),
    Test("红细胞镜检", "RBC", "/HP", 0, 3, 0),
)
PANELS = (("血常规", "全血", BLOOD), ("生化全套", "血清", SERUM), ("尿液分析", "尿液", URINE))


def _chance(visit: Visit, paper: str) -> Random:
    return dice(paper, visit.receipt_number, visit.visit_number, visit.person.id_number)


def _staff(rng: Random) -> str:
    return rng.choice(SURNAMES) + rng.choice(("建平", "晓东", "丽萍", "文斌", "立群", "敏", "洁"))


def _digits(rng: Random, count: int) -> str:
    return "".join(rng.choice("0123456789") for _ in range(count))


def _who(visit: Visit, day: date) -> dict[str, str]:
    return {
        "patient_name": visit.person.name,
        "gender": visit.person.gender_label,
        "age": str(visit.person.age_on(day)),
        "hospital_name": visit.hospital.name,
        "department": visit.diagnosis.department,
    }


def admission_record(visit: Visit) -> Document:
    """入院记录. ``extra``: history, past, examination, tests and the particulars of the person, all free text."""
    rng = _chance(visit, "admission record")
    complaint = visit.diagnosis.complaint
    facts = {
        **_who(visit, visit.started_on),
        "admission_number": visit.visit_number,
        "admitted_on": visit.started_on.isoformat(),
        "chief_complaint": complaint,
        "admission_diagnosis": visit.diagnosis.name,
    }
    extra = {
        "doctor": visit.doctor,
        "province": visit.hospital.province,
        "history": f"患者{complaint}，无明显诱因，伴乏力，无畏寒寒战，自服药物后未见好转，遂来我院就诊，"
        f"门诊拟“{visit.diagnosis.name}”收住入院。",
        "past": "既往体健，否认肝炎、结核等传染病史，否认手术、外伤及输血史，否认药物及食物过敏史。",
        "personal": "生于原籍，无疫区居住史，无特殊嗜好。",
        "examination": "T 36.8℃，P 78次/分，R 18次/分，BP 124/78mmHg。神志清，精神可，心肺听诊未及明显异常，腹平软。",
        "tests": "血常规、心电图未见明显异常。",
        "occupation": rng.choice(OCCUPATIONS),
        "marriage": "已婚",
        "ethnicity": visit.person.ethnicity,
        "birth_place": visit.person.address[:6],
        "address": visit.person.address,
        "narrator": "患者本人",
        "bed": f"{rng.randint(1, 48):02d}",
        "recorded_on": visit.started_on.isoformat(),
    }
    return Document(kind="admission_record", facts=facts, extra=extra)


def _drugs(visit: Visit, rng: Random) -> list[tuple[Item, int]]:
    """The drugs of the visit, with more of them from the catalogue where it has fewer than two."""
    chosen = [(line.item, line.quantity) for line in visit.lines if line.item.category == "drug"][:5]
    known = {entry.code for entry, _ in chosen}
    pool = [each for each in items() if each.category == "drug" and each.care == "outpatient" and each.spec and each.code not in known]
    more = rng.sample(pool, max(0, rng.randint(2, 4) - len(chosen)))
    return [*chosen, *((entry, rng.randint(1, 3)) for entry in more)]


def prescription(visit: Visit) -> Document:
    """处方笺. Rows also carry ``usage`` (用法用量), which is decoration: print it as plain text, never as a table column."""
    rng = _chance(visit, "prescription")
    drugs = _drugs(visit, rng)
    facts = {
        **_who(visit, visit.started_on),
        "outpatient_number": visit.visit_number,
        "issued_on": visit.started_on.isoformat(),
        "diagnosis": visit.diagnosis.name,
        "total_amount": yuan(sum(entry.price_fen * count for entry, count in drugs)),
    }
    rows = tuple(
        {
            "name": entry.name,
            "quantity": str(count),
            "unit": entry.unit,
            "usage": next((usage for part, usage in USAGES.items() if part in entry.name), rng.choice(BY_MOUTH)),
            **({"spec": entry.spec} if entry.spec else {}),
        }
        for entry, count in drugs
    )
    extra = {
        "doctor": visit.doctor,
        "reviewer": _staff(rng),
        "dispenser": _staff(rng),
        "scheme": visit.scheme,
        "number": "CF" + _digits(rng, 8),
        "address": visit.person.address,
        "phone": visit.person.phone,
        "province": visit.hospital.province,
    }
    return Document(kind="prescription", facts=facts, rows=rows, extra=extra)


def pathology_report(visit: Visit) -> Document:
    """病理检查报告. ``extra``: specimen, what it looks like, who reported and when it was received."""
    rng = _chance(visit, "pathology")
    finding = rng.choice([each for each in FINDINGS if each.sex in {"", visit.person.gender}])
    reported = visit.started_on + timedelta(days=rng.randint(2, 5))
    facts = {
        **_who(visit, visit.started_on),
        "department": finding.department,
        "report_number": rng.choice(("", "B", "P", "S")) + f"{visit.started_on:%Y}" + _digits(rng, 5),
        "reported_on": reported.isoformat(),
        "pathology_diagnosis": finding.diagnosis,
    }
    extra = {
        "specimen": finding.specimen,
        "gross": finding.gross,
        "microscopic": finding.microscopic,
        "received_on": (visit.started_on + timedelta(days=1)).isoformat(),
        "doctor": visit.doctor,
        "reporter": _staff(rng),
        "reviewer": _staff(rng),
        "number": visit.visit_number,
        "bed": f"{rng.randint(1, 48):02d}",
        "clinical": visit.diagnosis.name,
        "province": visit.hospital.province,
    }
    return Document(kind="pathology_report", facts=facts, extra=extra)


def _result(test: Test, rng: Random) -> dict[str, str]:
    if test.words:
        odd = rng.random() < 0.15
        return {"name": test.name, "short": test.short, "result": "阳性" if odd else test.words, "reference": test.words, "flag": "↑" * odd}
    span = test.high - test.low
    value = round(rng.uniform(max(test.low - 0.2 * span, 0.0), test.high + 0.2 * span), test.places)
    result, low, high = (f"{each:.{test.places}f}" for each in (value, test.low, test.high))
    flag = "↓" if float(result) < float(low) else "↑" if float(result) > float(high) else ""
    row = {"name": test.name, "short": test.short, "result": result, "reference": f"{low}-{high}", "flag": flag}
    return {**row, "unit": test.unit} if test.unit else row


def laboratory_report(visit: Visit) -> Document:
    """检验报告单.

    The ``result`` of a row is the number or word without its mark; the mark (↑, ↓ or nothing) is ``flag``, the English
    abbreviation ``short``: both are decoration, print them as plain text, never as a table column. Rows without a unit have none.
    """
    rng = _chance(visit, "laboratory")
    panel, specimen, tests = rng.choice(PANELS)
    facts = {
        **_who(visit, visit.started_on),
        "report_number": f"{visit.started_on:%Y%m%d}" + _digits(rng, 4),
        "specimen": specimen,
        "reported_on": visit.started_on.isoformat(),
    }
    extra = {
        "panel": panel,
        "doctor": visit.doctor,
        "tester": _staff(rng),
        "reviewer": _staff(rng),
        "number": visit.visit_number,
        "bed": f"{rng.randint(1, 48):02d}",
        "clinical": visit.diagnosis.name,
        "sampled_at": f"{visit.started_on.isoformat()} {rng.randint(7, 10):02d}:{rng.randint(0, 59):02d}",
        "reported_at": f"{rng.randint(11, 17):02d}:{rng.randint(0, 59):02d}",
        "province": visit.hospital.province,
    }
    rows = tuple(_result(test, rng) for test in tests)
    return Document(kind="laboratory_report", facts=facts, rows=rows, extra=extra)


MAKERS: Mapping[str, Callable[[Visit], Document]] = {
    "admission_record": admission_record,
    "prescription": prescription,
    "pathology_report": pathology_report,
    "laboratory_report": laboratory_report,
}
"""Kind to what makes it."""

INPATIENT = frozenset({"admission_record", "pathology_report"})
"""Kinds that belong to a hospital stay."""
