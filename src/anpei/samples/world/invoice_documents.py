"""The facts of value-added tax invoices, of the old form with a code and of the fully digital one."""

from collections.abc import Mapping
from random import Random

from anpei.kernel.money import half_up
from anpei.samples.world import codes
from anpei.samples.world.documents import Document, yuan
from anpei.samples.world.people import SURNAMES, Person
from anpei.samples.world.vehicle_documents import COMPANIES, GARAGES, city_of, day_of, fen, province_of

GOODS = (
    ("*劳务*汽车修理费", "", "次", 13), ("*汽车配件*前保险杠", "JH-2031", "件", 13), ("*汽车配件*左前大灯总成", "LED", "只", 13),
    ("*医疗服务*门诊诊疗费", "", "次", 6), ("*生物药品*人血白蛋白", "10g", "瓶", 3), ("*医疗器械*轮椅", "手动型", "台", 13),
    ("*现代服务*车辆施救费", "", "次", 6), ("*物流辅助服务*拖车费", "", "次", 6), ("*鉴证咨询服务*司法鉴定费", "", "次", 6),
    ("*中成药*连花清瘟胶囊", "24粒", "盒", 13), ("*经营租赁*汽车租赁费", "", "天", 13), ("*餐饮服务*餐费", "", "项", 1),
)  # fmt: skip
SELLERS = (*GARAGES[:4], "仁济大药房连锁有限公司", "康宁医疗器械有限公司", "正和司法鉴定所", "快捷道路救援有限公司")


def _goods_row(rng: Random) -> dict[str, str]:
    name, spec, unit, rate = rng.choice(GOODS)
    quantity, price = rng.choice((1, 1, 1, 2, 3, 5)), rng.randint(800, 180_000)
    net = quantity * price
    row = {"name": name, "unit": unit, "quantity": str(quantity), "unit_price": yuan(price), "amount": yuan(net)}
    return {**row, "tax_rate": f"{rate}%", "tax": yuan(half_up(fen=net, rate_bp=rate * 100)), **({"spec": spec} if spec else {})}


def vat_invoice(rng: Random, person: Person) -> Document:
    """增值税普通发票 of the old form (code and number); ``digital`` makes the new one of it."""
    rows = tuple(_goods_row(rng) for _ in range(rng.choice((1, 1, 2, 3, 4))))
    net, tax = (sum(fen(row[name]) for row in rows) for name in ("amount", "tax"))
    city = city_of(person).rstrip("市")
    issued = day_of(rng)
    facts = {
        "invoice_code": f"0{person.region_code[:2]}00{issued:%y}00{rng.choice('1234')}11",
        "invoice_number": f"{rng.randint(0, 99_999_999):08d}",
        "issued_on": issued.isoformat(),
        "buyer_name": person.name,
        "seller_name": city + rng.choice(SELLERS),
        "seller_tax_number": codes.tax_number(rng, person.region_code),
        "net_amount": yuan(net),
        "tax_amount": yuan(tax),
        "total_amount": yuan(net + tax),
        "total_upper": yuan(net + tax),
    }
    if rng.random() < 0.6:
        facts |= {"buyer_name": city + rng.choice(COMPANIES), "buyer_tax_number": codes.tax_number(rng, person.region_code)}
    check = f"{rng.randint(0, 10**20 - 1):020d}"
    extra = {
        "province": province_of(person)[:2],
        "check_code": check,
        "machine_number": f"{rng.randint(10**11, 10**12 - 1)}",
        "digital_number": f"{issued:%y}{person.region_code[:2]}2000{rng.randint(0, 10**12 - 1):012d}",
        "seller_address": f"{person.address.split('号')[0]}号 0571-8{rng.randint(0, 9_999_999):07d}",
        "seller_bank": f"{person.bank_name} {person.card_number}",
        "payee": rng.choice(SURNAMES) + "敏",
        "reviewer": rng.choice(SURNAMES) + "红",
        "drawer": rng.choice(SURNAMES) + "丽",
        "cipher": "".join(rng.choice("0123456789+-*/<>") for _ in range(108)),
        "qr": _invoice_qr("10", facts, facts["net_amount"], check[-6:]),
    }
    return Document(kind="vat_invoice", facts=facts, rows=rows, extra=extra)


def digital(document: Document) -> Document:
    """The same sale on the fully digital invoice (电子发票): a number of 20 digits, no code, the total in the QR code."""
    facts = {name: value for name, value in document.facts.items() if name != "invoice_code"}
    facts["invoice_number"] = document.extra["digital_number"]
    extra = {**document.extra, "qr": _invoice_qr("32", facts, facts["total_amount"], "")}
    return Document(kind="vat_invoice", facts=facts, rows=document.rows, extra=extra)


def _invoice_qr(kind: str, facts: Mapping[str, str], amount: str, check: str) -> str:
    """``01,type,code,number,amount,yyyymmdd,check,crc``."""
    day = facts["issued_on"].replace("-", "")
    parts = ("01", kind, facts.get("invoice_code", ""), facts["invoice_number"], amount, day, check)
    return ",".join((*parts, f"{sum(map(ord, ''.join(parts))) % 65536:04X}"))
