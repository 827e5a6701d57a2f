"""Unseen pages that are no claim document: empty sheets, a till slip of a shop, a notice in a stairwell."""

from random import Random

from anpei.samples.drawing.sheet import FACE_MONO, Colour, Pen, Sheet
from anpei.samples.layouts.registry import layout
from anpei.samples.layouts.unseen_parts import MATRIX, centred
from anpei.samples.world.documents import Document

SLIP: Colour = (70, 70, 78)
GOODS = ("东北大米5kg", "纯牛奶250ml*12", "鸡蛋30枚", "洗衣液2kg", "西红柿", "五花肉", "挂面1kg", "抽纸6包", "酱油500ml", "苹果", "保鲜膜")
NOTICE = (
    "尊敬的各位业主：",
    "　　因供水管网检修，本小区定于本月十八日九时至十七时停水，届时请关闭水龙头并提前储水。",
    "　　本季度物业管理费已开始收取，未缴纳的业主请到服务中心一楼办理，也可扫码缴费。",
    "　　请勿在楼道内停放电动自行车，请勿私拉电线充电，共同维护消防安全。",
    "　　给您带来的不便敬请谅解，感谢您的支持与配合。",
)


@layout("blank", "unseen-a")
def grey_sheet(document: Document, rng: Random) -> list[Sheet]:
    """The empty back of a greyish recycled sheet."""
    return [Sheet(210, 297, facts={}, rng=rng, paper=(240, 240, 236))]


@layout("unknown", "unseen-a")
def till_slip(document: Document, rng: Random) -> list[Sheet]:
    """A supermarket's till slip: goods, prices and a sum, but nothing of a hospital, car or farm."""
    pen = Pen(size=4, colour=SLIP, face=FACE_MONO)
    sheet = Sheet(80, 190, facts={}, rng=rng, paper=(250, 249, 246))
    centred(sheet, 8, "万佳生活超市", Pen(size=6.4, colour=SLIP, bold=0.5))
    centred(sheet, 17, f"收银台：0{rng.randint(1, 9)}　流水：{rng.randint(10000, 99999)}", Pen(size=3.4, colour=SLIP))
    total, y = 0, 26.0
    for name in rng.sample(GOODS, 8):
        price, count = rng.randint(290, 6900), rng.randint(1, 3)
        total += price * count
        sheet.text(6, y, name, pen)
        sheet.text(14, y + 5.6, f"{price / 100:.2f} x {count}", pen)
        sheet.text(74, y + 5.6, f"{price * count / 100:.2f}", pen, anchor="r")
        y += 12.6
    sheet.line(6, y, 74, y, colour=SLIP)
    sheet.text(6, y + 3, "应收合计", pen)
    sheet.text(74, y + 3, f"{total / 100:.2f}", pen, anchor="r")
    sheet.text(6, y + 10, "微信支付", pen)
    sheet.text(74, y + 10, f"{total / 100:.2f}", pen, anchor="r")
    centred(sheet, y + 22, "谢谢惠顾 欢迎再次光临", Pen(size=3.8, colour=SLIP))
    return [sheet]


@layout("unknown", "unseen-b")
def stairwell_notice(document: Document, rng: Random) -> list[Sheet]:
    """A notice of a housing estate: running text and a date."""
    sheet = Sheet(210, 297, facts={}, rng=rng)
    centred(sheet, 36, "温 馨 提 示", Pen(size=12, bold=1.0))
    y = 70.0
    for text in NOTICE:
        y = sheet.paragraph(28, y, 154, text, Pen(size=6), leading=2.0)
    sheet.text(182, y + 24, "望湖花园物业服务中心", Pen(size=6), anchor="r")
    sheet.text(182, y + 38, f"2026年{rng.randint(1, 12)}月{rng.randint(1, 28)}日", Pen(size=6, colour=MATRIX.colour), anchor="r")
    return [sheet]
