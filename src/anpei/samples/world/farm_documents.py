"""The facts of livestock loss sheets and photographed ear tags."""

from datetime import timedelta
from random import Random

from anpei.samples.world import codes
from anpei.samples.world.documents import Document, yuan
from anpei.samples.world.people import SURNAMES, Person
from anpei.samples.world.vehicle_documents import INSURERS, city_of, day_of

ANIMALS = (
    ("能繁母猪", "1", (120, 210), ("难产", "蓝耳病", "热应激", "产后感染")),
    ("育肥猪", "1", (45, 128), ("猪丹毒", "传染性胸膜肺炎", "洪涝", "中暑")),
    ("奶牛", "2", (420, 640), ("产后瘫痪", "子宫内膜炎", "瘤胃臌气", "触电")),
    ("肉牛", "2", (260, 580), ("肺炎", "瘤胃臌气", "雷击", "口蹄疫")),
    ("山羊", "3", (18, 46), ("羊痘", "传染性胸膜肺炎", "雪灾")),
)


def livestock_loss_sheet(rng: Random, person: Person) -> Document:
    """养殖业保险查勘损失清单: one row an animal, the ear tag and its weight in kg."""
    kind, digit, (low, high), causes = rng.choice(ANIMALS)
    occurred = day_of(rng)
    tags = sorted({codes.ear_tag(rng, person.region_code, digit) for _ in range(rng.randint(1, 12))})
    rows = tuple({"ear_tag": tag, "weight": str(rng.randint(low, high))} for tag in tags)
    issued = occurred + timedelta(days=rng.randint(0, 2))
    unit = rng.choice((100_000, 150_000, 800_000))
    facts = {
        "policy_number": f"PNYZ{issued.year}{rng.randint(10**12, 10**13 - 1)}",
        "farmer_name": person.name
        if rng.random() < 0.75
        else city_of(person).rstrip("市") + rng.choice(("牧源养殖场", "青禾养殖专业合作社")),
        "animal_kind": kind,
        "death_count": str(len(rows)),
        "occurred_on": occurred.isoformat(),
        "cause_of_death": rng.choice(causes),
        "issued_on": issued.isoformat(),
    }
    extra = {
        "insurer": rng.choice(INSURERS),
        "address": person.address[:9],
        "phone": person.phone,
        "insured_count": str(len(rows) * rng.randint(4, 30)),
        "unit_sum": yuan(unit),
        "loss": yuan(unit * len(rows)),
        "disposal": rng.choice(("集中无害化处理", "深埋", "焚烧")),
        "surveyor": rng.choice(SURNAMES) + "国栋",
        "veterinarian": rng.choice(SURNAMES) + "海涛",
        "villager": rng.choice(SURNAMES) + "庆生",
        "report_number": f"RNYZ{issued.year}{rng.randint(10**12, 10**13 - 1)}",
    }
    return Document(kind="livestock_loss_sheet", facts=facts, rows=rows, extra=extra)


def ear_tag(rng: Random, person: Person) -> Document:
    """A photographed ear tag."""
    return Document(kind="ear_tag", facts={"ear_tag": codes.ear_tag(rng, person.region_code, rng.choice("123"))})
