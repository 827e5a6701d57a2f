"""The invented hospitals, items and diagnoses are well formed."""

import re

from anpei.samples.layouts import PROVINCES
from anpei.samples.world.catalogue import diagnoses, hospitals, items

CODE_FORMS = {"service": r"00\d{13}", "drug": r"X[0-9A-Z]{22}|Z[0-9A-Z]{19}", "material": r"C\d{19}"}


def test_item_codes_have_the_national_form() -> None:
    for entry in items():
        assert re.fullmatch(CODE_FORMS[entry.category], entry.code), entry


def test_items_are_many_and_unique() -> None:
    assert len(items()) >= 80
    assert len({entry.code for entry in items()}) == len(items())
    assert len({entry.name for entry in items()}) == len(items())


def test_own_share_follows_the_class() -> None:
    for entry in items():
        if entry.insurance_class == "A":
            assert entry.self_pay_bp == 0
        elif entry.insurance_class == "B":
            assert 0 < entry.self_pay_bp < 10_000
        else:
            assert entry.self_pay_bp == 10_000


def test_exclusions_name_an_item_and_hold_both_ways() -> None:
    by_code = {entry.code: entry for entry in items()}
    for entry in items():
        if entry.excludes_code:
            assert by_code[entry.excludes_code].excludes_code == entry.code


def test_meals_and_company_are_not_covered() -> None:
    assert {entry.name for entry in items() if not entry.covered} == {"膳食费", "陪护费", "护工费"}


def test_each_set_has_a_private_and_a_low_grade_hospital() -> None:
    for provinces in PROVINCES.values():
        here = [hospital for hospital in hospitals() if hospital.province in provinces]
        assert any(hospital.ownership == "private" for hospital in here)
        assert any(hospital.grade.startswith("一级") for hospital in here)
        assert sum(hospital.eligible for hospital in here) >= 4


def test_a_hospital_below_grade_two_is_not_eligible() -> None:
    assert {hospital.name for hospital in hospitals() if not hospital.eligible} == {
        "临江康宁医院",
        "南岭仁和医院",
        "云溪县清泉镇卫生院",
        "榕湾区东门社区卫生服务中心",
        "蜀溪美康门诊部",
        "荆浦仁爱骨科医院",
        "岱阳市东岳街道社区卫生服务中心",
        "湘屏康健骨伤医院",
        "闽泉市江滨街道社区卫生服务中心",
    }


def test_diagnosis_codes_have_the_insurance_edition_form() -> None:
    for entry in diagnoses():
        assert re.fullmatch(r"[A-Z]\d{2}\.[0-9x]\d{2}", entry.code), entry
        assert entry.complaint
