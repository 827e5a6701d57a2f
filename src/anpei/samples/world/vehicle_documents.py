"""The facts of vehicle and repair papers and of the photos that go with them, under the names of ``docs/fields.md``."""

from collections.abc import Mapping
from datetime import date, timedelta
from random import Random

from anpei.samples.world import codes
from anpei.samples.world.documents import Document, yuan
from anpei.samples.world.people import SURNAMES, Person, make_person

CARS = (
    ("小型轿车", "非营运", ("江海牌JHA7150E5", "东屿牌DY7006BEV", "云溪牌YXQ7201", "临风牌LFC7180GT")),
    ("小型普通客车", "非营运", ("江海牌JHA6470B", "东屿牌DY6483", "岭越牌LY6510TD")),
    ("小型越野客车", "非营运", ("岭越牌LY6475HEV", "云溪牌YXQ2031")),
    ("轻型仓栅式货车", "货运", ("临风牌LFC5041CCY", "江海牌JHA5045XXY")),
    ("小型轿车", "预约出租客运", ("东屿牌DY7005BEV2",)),
    ("小型普通客车", "租赁", ("江海牌JHA6521",)),
)
CLASSES = ("C1", "C1", "C1", "C2", "A2", "B2", "A1A2", "B1", "C1D", "C1E", "A1")
INSURERS = ("江海财产保险股份有限公司", "东屿财产保险有限公司", "临江农业互助保险社", "岭南湾区财产保险股份有限公司")
ROADS = (
    "人民路与解放街路口",
    "滨江东路望湖桥下",
    "学院路56号门前",
    "新港大道由南向北800米处",
    "文昌路与桂花巷交叉口",
    "青石弄停车场出入口",
)
FAULTS = (
    ("变更车道时影响相关车道内行驶的机动车的正常行驶", "全部", "无"),
    ("未与前车保持足以采取紧急制动措施的安全距离", "全部", "无"),
    ("倒车时未察明车后情况", "全部", "无"),
    ("转弯的机动车未让直行的车辆先行", "主要", "次要"),
    ("通过没有交通信号的交叉路口时未减速慢行", "同等", "同等"),
)
PARTS = (
    ("前保险杠皮", 68000), ("后保险杠皮", 62000), ("左前大灯总成", 145000), ("右前大灯总成", 145000), ("左前叶子板", 52000),
    ("右后车门", 186000), ("发动机罩", 165000), ("前格栅", 38500), ("左后视镜总成", 47000), ("右后尾灯", 31500), ("散热器框架", 58600),
    ("前雾灯框", 8800), ("左前轮罩衬板", 12600), ("冷凝器", 73800), ("雷达探头", 26500), ("前车牌底座", 3500),
)  # fmt: skip
LABOUR = (
    ("前保险杠拆装", 15000), ("前保险杠喷漆", 42000), ("左前叶子板喷漆", 40000), ("发动机罩钣金", 26000), ("发动机罩喷漆", 60000),
    ("右后车门钣金", 30000), ("右后车门喷漆", 45000), ("大灯拆装", 12000), ("四轮定位", 18000), ("全车检测", 20000),
)  # fmt: skip
GARAGES = ("顺达汽车维修有限公司", "恒通汽车销售服务有限公司", "万里行汽车修理厂", "安途汽车服务有限公司", "鸿运汽车维修服务部")
COMPANIES = ("远航物流有限公司", "清泉食品有限公司", "宏图建筑工程有限公司", "蓝湾信息技术有限公司", "青禾农业发展有限公司")


def day_of(rng: Random, *, since: date = date(2026, 1, 8), days: int = 290) -> date:
    """A day in 2026, or in another span."""
    return since + timedelta(days=rng.randrange(days))


def city_of(person: Person) -> str:
    """The city of a person's address."""
    return person.address[3:6]


def province_of(person: Person) -> str:
    """The province of a person's address."""
    return person.address[:3]


def _owner(rng: Random, person: Person) -> tuple[str, str]:
    """Name and address of a vehicle's owner: mostly the person, sometimes a company."""
    if rng.random() < 0.15:
        return city_of(person).rstrip("市") + rng.choice(COMPANIES), person.address.split("号")[0] + "号"
    return person.name, person.address


def _car(rng: Random, person: Person) -> dict[str, str]:
    vehicle_type, use, models = rng.choice(CARS)
    model = rng.choice(models)
    province = province_of(person) if rng.random() < 0.6 else ""
    return {
        "plate_number": codes.plate(rng, province, electric="EV" in model),
        "vehicle_type": vehicle_type,
        "use_character": use,
        "brand_model": model,
        "vin": codes.vin(rng),
        "engine_number": codes.engine_number(rng),
    }


def vehicle_licence(rng: Random, person: Person) -> Document:
    """机动车行驶证: the main page; ``extra`` holds what the second page adds."""
    owner, address = _owner(rng, person)
    registered = day_of(rng, since=date(2012, 3, 1), days=4300)
    issued = registered if rng.random() < 0.6 else registered + timedelta(days=rng.randint(200, 700))
    car = _car(rng, person)
    order = ("plate_number", "vehicle_type", "use_character", "brand_model", "vin", "engine_number")
    facts = {
        **{name: car[name] for name in order},
        "owner_name": owner,
        "address": address,
        "registered_on": registered.isoformat(),
        "issued_on": issued.isoformat(),
    }
    mass = rng.randint(1180, 1990)
    extra = {
        "issuer": f"{province_of(person)}{city_of(person)}公安局交通警察支队",
        "file_number": f"{person.region_code}{rng.randint(100000, 999999)}",
        "seats": rng.choice(("5人", "5人", "7人", "2人")),
        "gross_mass": f"{mass + 375}kg",
        "curb_mass": f"{mass}kg",
        "size": f"{rng.randint(4300, 5100)}×{rng.randint(1730, 1930)}×{rng.randint(1440, 1860)}mm",
        "inspected": f"检验有效期至{issued.year + 6}年{issued.month:02d}月",
        "barcode": f"*{rng.randint(10**12, 10**13 - 1)}*",
    }
    return Document(kind="vehicle_licence", facts=facts, extra=extra)


def driving_licence(rng: Random, person: Person) -> Document:
    """机动车驾驶证: the main page. The first period is six years, the next ten, then without end."""
    first = date(max(person.birth_on.year + 19, 2004) + rng.randint(0, 3), rng.randint(1, 12), rng.randint(1, 28))
    start, years = first, 6
    while start.replace(year=start.year + years) < date(2026, 6, 1) and years != 0:
        start, years = start.replace(year=start.year + years), 10 if years == 6 else 0
    facts = {
        "id_number": person.id_number,
        "name": person.name,
        "gender": person.gender_label,
        "address": person.address,
        "birth_on": person.birth_on.isoformat(),
        "first_issued_on": first.isoformat(),
        "vehicle_class": rng.choice(CLASSES),
        "valid_from": start.isoformat(),
        "valid_to": start.replace(year=start.year + years).isoformat() if years else "长期",
    }
    extra = {
        "nationality": "中国",
        "issuer": f"{province_of(person)}{city_of(person)}公安局交通警察支队",
        "file_number": f"{person.region_code}{rng.randint(100000, 999999)}",
        "record": rng.choice(("请于每个记分周期结束后三十日内接受审验。无记分的，免予本次审验。", "自领证之日起实习期十二个月。")),
    }
    return Document(kind="driving_licence", facts=facts, extra=extra)


def _party_extra(number: int, party: Person, rng: Random) -> dict[str, str]:
    keys = {
        "gender": party.gender_label,
        "id_number": party.id_number,
        "phone": party.phone,
        "address": party.address,
        "vehicle_type": "小型轿车",
        "class": rng.choice(CLASSES),
        "insurer": rng.choice(INSURERS),
        "insurance_number": f"AJHA{rng.randint(10**17, 10**18 - 1)}",
    }
    return {f"party{number}_{key}": value for key, value in keys.items()}


def traffic_accident_certificate(rng: Random, person: Person) -> Document:
    """道路交通事故认定书 between two parties; the second one now and then rides an electric bicycle without a plate.

    ``extra`` holds ``party1_phone`` and the like of each party, the facts as told (``story``) and the ground of liability (``ground``).
    """
    other = make_person(rng, provinces=(province_of(person),))
    fault, first, second = rng.choice(FAULTS)
    occurred = day_of(rng)
    city = city_of(person)
    rows: list[Mapping[str, str]] = [
        {"party_name": person.name, "plate_number": codes.plate(rng, province_of(person)), "liability": first},
        {"party_name": other.name, "plate_number": codes.plate(rng, province_of(person), electric=rng.random() < 0.3), "liability": second},
    ]
    cyclist = rng.random() < 0.12
    if cyclist:
        rows[1] = {"party_name": other.name, "liability": second}
    place = f"{city}{person.address[6:9]}{rng.choice(ROADS)}"
    hour, minute = rng.randint(6, 21), rng.randint(0, 59)
    vehicles = f"驾驶{rows[0]['plate_number']}号车", "骑电动自行车" if cyclist else f"驾驶{rows[1].get('plate_number')}号车"
    story = (
        f"{occurred.year}年{occurred.month}月{occurred.day}日{hour}时{minute:02d}分许，{person.name}{vehicles[0]}行驶至{place}时，"
        f"{fault}，与{other.name}{vehicles[1]}发生碰撞，造成两车不同程度损坏的道路交通事故。"
    )
    facts = {
        "certificate_number": f"{person.region_code}{occurred.year}{rng.randint(0, 9_999_999):07d}",
        "occurred_on": occurred.isoformat(),
        "accident_place": place,
        "issuer": f"{city}公安局交通警察支队{person.address[6:8]}大队",
        "issued_on": (occurred + timedelta(days=rng.choice((0, 0, 0, 2, 8)))).isoformat(),
    }
    extra = {
        "hour": str(hour),
        "minute": f"{minute:02d}",
        "weather": rng.choice(("晴", "阴", "小雨", "多云")),
        "story": story,
        "ground": "《中华人民共和国道路交通安全法实施条例》第四十四条",
        "officer": rng.choice(SURNAMES) + rng.choice(("警官", "建军", "志远")),
        "second_vehicle": "电动自行车" if cyclist else "小型轿车",
        **_party_extra(1, person, rng),
        **_party_extra(2, other, rng),
    }
    return Document(kind="traffic_accident_certificate", facts=facts, rows=tuple(rows), extra=extra)


def _repair_row(name: str, quantity: int, price: int, group: str) -> dict[str, str]:
    amount = yuan(quantity * price)
    return {"name": name, "quantity": str(quantity), "unit_price": yuan(price), "amount": amount, "section": group}


def repair_estimate(rng: Random, person: Person) -> Document:
    """车辆定损单: parts, then labour; ``section`` of a row (配件, 工时) is for layouts that group by it, none prints it as a cell."""
    parts = [_repair_row(name, rng.choice((1, 1, 1, 2)), price, "配件") for name, price in rng.sample(PARTS, rng.randint(2, 7))]
    labour = [_repair_row(name, 1, price, "工时") for name, price in rng.sample(LABOUR, rng.randint(2, 5))]
    rows = (*parts, *labour)
    sums = {group: sum(fen(row["amount"]) for row in rows if row["section"] == group) for group in ("配件", "工时")}
    car = _car(rng, person)
    issued = day_of(rng)
    facts = {
        "plate_number": car["plate_number"],
        "vin": car["vin"],
        "brand_model": car["brand_model"],
        "repairer_name": city_of(person).rstrip("市") + rng.choice(GARAGES),
        "issued_on": issued.isoformat(),
        "total_amount": yuan(sum(sums.values())),
    }
    extra = {
        "owner": person.name,
        "phone": person.phone,
        "insurer": rng.choice(INSURERS),
        "report_number": f"RDAA{issued:%Y}{rng.randint(10**11, 10**12 - 1)}",
        "policy_number": f"PDAA{issued.year - 1}{rng.randint(10**11, 10**12 - 1)}",
        "engine_number": car["engine_number"],
        "occurred_on": (issued - timedelta(days=rng.randint(0, 6))).isoformat(),
        "adjuster": rng.choice(SURNAMES) + rng.choice(("明", "志强", "晓峰")),
        "parts_amount": yuan(sums["配件"]),
        "labour_amount": yuan(sums["工时"]),
    }
    return Document(kind="repair_estimate", facts=facts, rows=rows, extra=extra)


def fen(amount: str) -> int:
    """Decimal text in yuan as fen."""
    return int(amount.replace(".", ""))


def plate_photo(rng: Random, person: Person) -> Document:
    """A photographed plate; ``extra["colour"]`` is blue, or green for new-energy vehicles."""
    electric = rng.random() < 0.35
    number = codes.plate(rng, province_of(person) if rng.random() < 0.6 else "", electric=electric)
    return Document(kind="plate_photo", facts={"plate_number": number}, extra={"colour": "green" if electric else "blue"})


def damage_photo(rng: Random, person: Person) -> Document:
    """A photographed damage: a scene, no facts."""
    return Document(kind="damage_photo", facts={}, extra={"colour": rng.choice(("silver", "red", "navy", "white"))})
