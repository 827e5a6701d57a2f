"""The same invented invoice and receipts as OFD and as XML, with the truth beside them."""

from tests.unit.reading.support.ofd import HEAD, Word, pack, parts_of, ref

INVOICE = {
    "invoice_code": "033002100311",
    "invoice_number": "26332000000012345678",
    "issued_on": "2026-10-08",
    "buyer_name": "临江市云栖贸易有限公司",
    "buyer_tax_number": "91330100MA27TEST0X",
    "seller_name": "临江市百草堂大药房有限公司",
    "seller_tax_number": "91330100MA28TEST1Y",
    "net_amount": "1200.00",
    "tax_amount": "72.00",
    "total_amount": "1272.00",
    "total_upper": "1272.00",
}
INVOICE_ROWS = [
    {"name": "*中药*黄芪", "spec": "250g", "unit": "袋", "quantity": "10", "unit_price": "100.00", "amount": "1000.00",
     "tax_rate": "6%", "tax": "60.00"},
    {"name": "*医疗仪器器械*电子血压计", "spec": "HX-1", "unit": "台", "quantity": "1", "unit_price": "200.00", "amount": "200.00",
     "tax_rate": "6%", "tax": "12.00"},
]  # fmt: skip


def invoice_xml(*, space: str = "") -> str:
    """The invoice in the tax authority's XML; ``space`` is an attribute of the root."""
    v = INVOICE
    rows = "".join(
        f"<IssuItemInformation><ItemName>{r['name']}</ItemName><SpecMod>{r['spec']}</SpecMod><MeaUnits>{r['unit']}</MeaUnits>"
        f"<Quantity>{r['quantity']}.00</Quantity><UnPrice>{r['unit_price']}00</UnPrice><Amount>{r['amount']}</Amount>"
        f"<TaxRate>0.06</TaxRate><ComTaxAm>{r['tax']}</ComTaxAm></IssuItemInformation>"
        for r in INVOICE_ROWS
    )
    return (
        f"{HEAD}<EInvoice{space}><Header><EIid>{v['invoice_number']}</EIid><EInvoiceTag>SWEI3200</EInvoiceTag><Version>0.31</Version>"
        "<InherentLabel><EInvoiceType><LabelCode>02</LabelCode><LabelName>普通发票</LabelName></EInvoiceType></InherentLabel></Header>"
        f"<EInvoiceData><SellerInformation><SellerIdNum>{v['seller_tax_number']}</SellerIdNum><SellerName>{v['seller_name']}</SellerName>"
        f"</SellerInformation><BuyerInformation><BuyerIdNum>{v['buyer_tax_number']}</BuyerIdNum><BuyerName>{v['buyer_name']}</BuyerName>"
        f"</BuyerInformation><BasicInformation><TotalAmWithoutTax>1200</TotalAmWithoutTax><TotalTaxAm>72.00</TotalTaxAm>"
        "<TotalTax-includedAmount>1272.00</TotalTax-includedAmount><TotalTax-includedAmountInChinese>壹仟贰佰柒拾贰圆整"
        "</TotalTax-includedAmountInChinese><Drawer>管理员</Drawer><RequestTime>2026-10-08 09:30:00</RequestTime></BasicInformation>"
        f"{rows}</EInvoiceData><TaxSupervisionInfo><InvoiceNumber>{v['invoice_number']}</InvoiceNumber><IssueTime>2026-10-08 09:31:02"
        "</IssueTime><TaxBureauCode>13300000000</TaxBureauCode></TaxSupervisionInfo></EInvoice>"
    )


def invoice_words() -> list[Word]:
    """The values of the invoice as they are printed."""
    values = (
        "033002100311", "26332000000012345678", "2026", "10", "08", "临江市云栖贸易", "有限公司", "91330100MA27TEST0X",
        "临江市百草堂大药房有限公司", "91330100MA28TEST1Y", "¥1200.00", "¥72.00", "壹仟贰佰柒拾贰圆整", "¥1272.00",
    )  # fmt: skip
    return [Word(60 if index % 2 else 150, 10 + 8 * index, text, id=100 + index) for index, text in enumerate(values)]


INVOICE_TAGS = (
    f"<ofd:InvoiceCode>{ref(100)}</ofd:InvoiceCode><ofd:InvoiceNo>{ref(101)}</ofd:InvoiceNo>"
    f"<ofd:IssueDate>{ref(102, 103, 104)}</ofd:IssueDate>"
    f"<ofd:Buyer><ofd:BuyerName>{ref(105, 106)}</ofd:BuyerName><ofd:BuyerTaxID>{ref(107)}</ofd:BuyerTaxID></ofd:Buyer>"
    f"<ofd:Seller><ofd:SellerName>{ref(108)}</ofd:SellerName><ofd:SellerTaxID>{ref(109)}</ofd:SellerTaxID></ofd:Seller>"
    f"<ofd:TaxExclusiveTotalAmount>{ref(110)}</ofd:TaxExclusiveTotalAmount><ofd:TaxTotalAmount>{ref(111)}</ofd:TaxTotalAmount>"
    f"<ofd:TaxInclusiveTotalAmount>{ref(112, 113)}</ofd:TaxInclusiveTotalAmount>"
)
INVOICE_LABELS = [
    Word(70, 2, "浙江增值税电子普通发票", size=6.0, id=1),
    *(Word(20, 10 + 8 * index, text, id=2 + index) for index, text in enumerate(("发票代码：", "发票号码：", "开票日期："))),
]


def invoice_ofd(**changes: object) -> bytes:
    """The invoice as OFD: labels in a template, values on the page, tags that point to them."""
    given: dict[str, object] = {"template": INVOICE_LABELS, "tags": INVOICE_TAGS, **changes}
    return pack(parts_of([invoice_words()], **given))  # type: ignore[arg-type]


RECEIPT = {
    "receipt_code": "33060126",
    "receipt_number": "0215278697",
    "verification_code": "7d3c9a",
    "patient_name": "余春霞",
    "issued_on": "2026-02-23",
    "hospital_name": "临江市中医院",
    "hospital_type": "中医医院",
    "insurance_type": "职工基本医疗保险",
    "gender": "女",
    "visit_on": "2026-02-23",
    "outpatient_number": "M260223017",
    "total_amount": "98.60",
    "total_upper": "98.60",
    "pooled_fund": "40.00",
    "other_payment": "0.00",
    "personal_account": "44.24",
    "personal_cash": "14.36",
    "self_paid": "50.00",
    "own_expense": "8.60",
}
RECEIPT_ROWS = [
    {"name": "西药费", "quantity": "1", "unit": "项", "unit_price": "58.60", "amount": "58.60"},
    {"name": "检查费", "quantity": "1", "unit": "项", "unit_price": "40.00", "amount": "40.00"},
]
RECEIPT_ITEMS = [
    {"name": "阿莫西林胶囊", "item_code": "XJ01CAA040", "quantity": "2", "unit": "盒", "unit_price": "25.00", "amount": "50.00",
     "insurance_class": "甲"},
    {"name": "维生素C片", "item_code": "XA11GAW017", "quantity": "1", "unit": "瓶", "unit_price": "8.60", "amount": "8.60",
     "insurance_class": "丙"},
    {"name": "血常规", "item_code": "250101015", "quantity": "1", "unit": "次", "unit_price": "40.00", "amount": "40.00",
     "insurance_class": "乙"},
]  # fmt: skip


def receipt_xml(*, name: str = "浙江省医疗门诊收费票据（电子）", items: bool = True, stay: str = "") -> str:
    """The receipt in the treasury's XML; ``items`` adds the list behind the fee categories, ``stay`` goes into the extension."""
    rows = "".join(
        f"<Item><ItemCode>0{n}</ItemCode><ItemName>{r['name']}</ItemName><ItemQuantity>{r['quantity']}</ItemQuantity>"
        f"<ItemUnit>{r['unit']}</ItemUnit><ItemStd>{r['unit_price']}</ItemStd><ItemAmount>{r['amount']}</ItemAmount></Item>"
        for n, r in enumerate(RECEIPT_ROWS)
    )
    more = "".join(
        f"<AuxItem><AuxItemCode>{r['item_code']}</AuxItemCode><AuxItemName>{r['name']}</AuxItemName><AuxItemQuantity>{r['quantity']}"
        f"</AuxItemQuantity><AuxItemUnit>{r['unit']}</AuxItemUnit><AuxItemStd>{r['unit_price']}</AuxItemStd>"
        f"<AuxItemAmount>{r['amount']}</AuxItemAmount><AuxItemRemark>{r['insurance_class']}类</AuxItemRemark></AuxItem>"
        for r in RECEIPT_ITEMS
    )
    return (
        f"{HEAD}<EInvoice><Header><EInvoiceTag>CZ-EI</EInvoiceTag><EInvoiceID>33060126-0215278697</EInvoiceID><Version>1.0</Version></Header>"
        f"<EInvoiceData><Main><EInvoiceName>{name}</EInvoiceName><EInvoiceCode>33060126</EInvoiceCode><EInvoiceNumber>0215278697"
        "</EInvoiceNumber><RandomNumber>7d3c9a</RandomNumber><SupervisorAreaCode>330600</SupervisorAreaCode><TotalAmount>98.6</TotalAmount>"
        "<IssueDate>20260223</IssueDate><IssueTime>10:12:33</IssueTime><InvoicingParty><InvoicingPartyCode>12330600</InvoicingPartyCode>"
        "<InvoicingPartyName>临江市中医院</InvoicingPartyName></InvoicingParty><PayerParty><PayerPartyType>1</PayerPartyType>"
        "<PayerPartyName>余春霞</PayerPartyName></PayerParty><TotalAmountCapital>玖拾捌元陆角整</TotalAmountCapital><MainExt>"
        "<Gender>2</Gender><OrgType>中医医院</OrgType><MedicalInsuranceType>职工基本医疗保险</MedicalInsuranceType><FundPayAmount>40.00"
        "</FundPayAmount><OtherPayAmount>0.00</OtherPayAmount><AccountPayAmount>44.24</AccountPayAmount><OwnPayAmount>14.36</OwnPayAmount>"
        f"<SelfpaymentAmount>50.00</SelfpaymentAmount><SelfpaymentCost>8.60</SelfpaymentCost>"
        f"{stay or '<MedicalDate>2026-02-23</MedicalDate>'}"
        f"{'' if stay else '<PatientNumber>M260223017</PatientNumber>'}</MainExt></Main><Details>{rows}</Details>"
        f"{f'<AuxDetails>{more}</AuxDetails>' if items else ''}</EInvoiceData></EInvoice>"
    )
