"""Fresh set: a page with nothing on it, and papers that are none of the kinds: ticket, till slip, menu, notice, parcel label, bank slip."""

from random import Random

import numpy as np
from PIL import Image, ImageFilter

from anpei.samples.drawing.marks import qr, seal, waves
from anpei.samples.drawing.sheet import BLACK, DOTS_PER_MM, FACE_MONO, FACE_SERIF, Colour, Pen, Sheet
from anpei.samples.layouts.fresh_pieces import GREY, bars, blank, flow, label, strip, title
from anpei.samples.layouts.fresh_scenes_light import cloud
from anpei.samples.layouts.registry import layout
from anpei.samples.world.documents import Document, yuan


@layout("blank", "fresh-a")
def back_of_a_sheet(document: Document, rng: Random) -> list[Sheet]:
    """The empty back of a form: yellowish paper, a fold, punch holes, what is printed in front shining through a little."""
    sheet = Sheet(210, 297, facts=document.facts, rng=rng)
    shape = (297 * DOTS_PER_MM, 210 * DOTS_PER_MM)
    tone = 247 + 4 * cloud(shape, rng, cells=8) + 2 * cloud(shape, rng, cells=90)
    for y in range(60, 250, 9):
        top, left, right = y * DOTS_PER_MM, rng.randint(30, 60) * DOTS_PER_MM, rng.randint(90, 190) * DOTS_PER_MM
        tone[top : top + 18, left:right] -= 2.2
    paper = np.stack([tone, tone - 1, tone - 6], axis=-1)
    fold = 148 * DOTS_PER_MM
    paper[fold - 1 : fold + 1] -= 16
    paper[fold + 2 : fold + 4] += 4
    for at in (108, 188):
        down, across = np.ogrid[: shape[0], : shape[1]]
        hole = (across - 12 * DOTS_PER_MM) ** 2 + (down - at * DOTS_PER_MM) ** 2 < (2.8 * DOTS_PER_MM) ** 2
        paper[hole] = (168, 162, 154)
    picture = Image.fromarray(np.clip(paper, 0, 255).astype(np.uint8)).filter(ImageFilter.GaussianBlur(1.4))
    sheet.paste(picture, 0, 0)
    return [sheet]


@layout("unknown", "fresh-a")
def coach_ticket(document: Document, rng: Random) -> list[Sheet]:
    """A coach ticket on patterned card, printed by heat."""
    sheet = Sheet(92, 58, facts={}, rng=rng)
    sheet.paste(waves(92 * DOTS_PER_MM, 58 * DOTS_PER_MM, (198, 222, 236), (238, 246, 250)), 0, 0)
    red: Colour = (188, 40, 44)
    sheet.text(6, 4.4, f"{rng.choice('ABDEH')}{rng.randint(0, 9_999_999):07d}", Pen(size=3.6, colour=red, face=FACE_MONO))
    sheet.text(86, 4.8, "检票口：7", Pen(size=3), anchor="r")
    sheet.text(20, 11, "湘屏西站", Pen(size=5.2, bold=0.5), anchor="c")
    sheet.text(46, 11.6, "K6208", Pen(size=4.2), anchor="c")
    sheet.line(36, 17.4, 57, 17.4, weight=3)
    sheet.text(72, 11, "桃溪客运站", Pen(size=5.2, bold=0.5), anchor="c")
    sheet.text(6, 22, f"2026年{rng.randint(1, 9)}月{rng.randint(1, 28)}日  {rng.randint(6, 19):02d}:30 开", Pen(size=3.6))
    sheet.text(86, 22, f"{rng.randint(1, 45)}号座", Pen(size=3.6), anchor="r")
    sheet.text(6, 28.4, f"票价：￥{rng.randint(18, 96)}.50 元", Pen(size=3.6))
    sheet.text(52, 28.4, "大型高一级  全价", Pen(size=3.2))
    sheet.text(6, 35, "限乘当日当次车，请提前十分钟检票", Pen(size=2.8))
    sheet.text(6, 40, "4399**********0022  旅客", Pen(size=3, face=FACE_MONO))
    sheet.text(6, 47.6, "湖南湘屏长途汽车运输集团", Pen(size=2.6, colour=GREY))
    sheet.paste(qr(f"COACH{rng.randint(10**11, 10**12 - 1)}", 15), 70, 38)
    return [sheet]


@layout("unknown", "fresh-b")
def till_slip(document: Document, rng: Random) -> list[Sheet]:
    """A supermarket's slip: a list of goods with prices and a sum, but no paper of a claim."""
    goods = [
        ("食用调和油5L", 6990), ("鲜牛奶950ml", 1680), ("西红柿(散)", 735), ("五花肉(精)", 3216), ("抽纸6包", 1990), ("鸡蛋(30枚)", 2380),
        ("黄豆酱油500ml", 950), ("啤酒330ml*6", 2990),
    ]  # fmt: skip
    chosen = rng.sample(goods, rng.randint(4, 7))
    sheet = Sheet(76, 92 + len(chosen) * 10, facts={}, rng=rng, paper=(248, 248, 246))
    ink = Pen(size=3.1, colour=(60, 60, 66), face=FACE_MONO)
    sheet.text(38, 6, "万家惠生活超市", Pen(size=4.8, colour=(50, 50, 56), bold=0.6), anchor="c")
    sheet.text(38, 13, "江滨店 购物小票", ink, anchor="c")
    sheet.text(5, 20, f"机号:0{rng.randint(1, 9)} 收银员:{rng.randint(1001, 1099)}", ink)
    sheet.text(5, 25.4, f"流水号:{rng.randint(10**9, 10**10 - 1)}", ink)
    sheet.text(5, 31, "-" * 40, Pen(size=3.1, colour=(60, 60, 66), face=FACE_MONO))
    sheet.text(5, 35, "品名      数量   单价    小计", ink)
    y, fen = 41.0, 0
    for name, price in chosen:
        count = rng.choice((1, 1, 1, 2))
        fen += price * count
        sheet.text(5, y, name, ink)
        sheet.text(71, y + 4.6, f"{count}   {yuan(price)}   {yuan(price * count)}", ink, anchor="r")
        y += 10
    sheet.text(5, y, "-" * 40, ink)
    sheet.text(5, y + 5, f"应收:{yuan(fen)}", Pen(size=4, colour=(50, 50, 56), bold=0.4))
    sheet.text(5, y + 11, f"扫码支付:{yuan(fen)}  找零:0.00", ink)
    sheet.text(5, y + 17, f"2026-0{rng.randint(1, 9)}-1{rng.randint(0, 9)} 18:{rng.randint(10, 59)}:07", ink)
    sheet.paste(bars(str(rng.randint(10**11, 10**12 - 1)), 52, 9), 12, y + 24)
    sheet.text(38, y + 36, "谢谢惠顾 商品七日内凭小票退换", ink, anchor="c")
    return [sheet]


@layout("unknown", "fresh-c")
def menu(document: Document, rng: Random) -> list[Sheet]:
    """A restaurant's menu on coloured card."""
    sheet = Sheet(210, 285, facts={}, rng=rng, paper=(250, 242, 224))
    brown: Colour = (110, 44, 24)
    sheet.box(8, 8, 202, 277, colour=brown, weight=8)
    sheet.box(11, 11, 199, 274, colour=brown, weight=2)
    title(sheet, 22, "湘味人家", 15, pen=Pen(colour=brown, face=FACE_SERIF), spacing=20)
    title(sheet, 44, "菜 单", 7, pen=Pen(colour=brown, face=FACE_SERIF))
    dishes = (
        ("招牌热菜", ("剁椒鱼头", "小炒黄牛肉", "农家一碗香", "外婆红烧肉", "秘制酱板鸭", "干锅花菜")),
        ("家常小炒", ("辣椒炒肉", "手撕包菜", "酸辣土豆丝", "蒜蓉空心菜", "西红柿炒蛋", "青椒皮蛋")),
        ("汤羹主食", ("筒骨海带汤", "紫菜蛋花汤", "扬州炒饭", "手工水饺")),
    )
    y = 58.0
    for heading, names in dishes:
        sheet.text(105, y, heading, Pen(size=6.4, colour=(170, 60, 30), bold=0.6), anchor="c")
        y += 12
        for index, name in enumerate(names):
            x = 24 + (index % 2) * 86
            after = sheet.text(x, y, name, Pen(size=5, colour=brown, face=FACE_SERIF))
            sheet.line(after + 2, y + 4.4, x + 60, y + 4.4, colour=(206, 180, 150), weight=1)
            sheet.text(x + 76, y, f"{rng.randint(12, 88)}元", Pen(size=4.6, colour=brown), anchor="r")
            y += 10.5 if index % 2 else 0
        y += 8
    sheet.text(105, 262, "本店承接各类宴席  订餐电话：0730-6668800", Pen(size=4, colour=brown), anchor="c")
    return [sheet]


@layout("unknown", "fresh-d")
def notice(document: Document, rng: Random) -> list[Sheet]:
    """A notice of the house management with its seal."""
    sheet = Sheet(210, 297, facts={}, rng=rng)
    sheet.label_pen = Pen(size=5.4, face=FACE_SERIF)
    title(sheet, 34, "停 水 通 知", 12)
    month, first = rng.randint(3, 11), rng.randint(5, 25)
    y = sheet.paragraph(26, 66, 158, "尊敬的各位业主、住户：", leading=1.9)
    words = (
        f"因小区二次供水设备检修及水箱清洗消毒，定于{month}月{first}日上午9时至当日下午17时暂停生活用水供应，请各位住户提前做好储水准备。"
    )
    y = flow(sheet, 26, y, 158, [words], leading=1.9, first=10.8)
    words = "恢复供水后请先打开水龙头排放片刻，待水质清澈后再使用。因此给您带来的不便，敬请谅解！"
    y = flow(sheet, 26, y, 158, [words], leading=1.9, first=10.8)
    sheet.text(37, y + 4, "服务电话：0591-8" + f"{rng.randint(0, 9_999_999):07d}")
    sheet.text(180, y + 34, "江滨花园物业服务中心", anchor="r")
    sheet.text(180, y + 46, f"2026年{month}月{first - 3}日", anchor="r")
    sheet.stamp(seal("江滨花园物业服务中心", "专用章", rng=rng, diameter=40), 132, y + 22)
    return [sheet]


@layout("unknown", "fresh-e")
def parcel_label(document: Document, rng: Random) -> list[Sheet]:
    """A parcel's label from a thermal printer: people, addresses, numbers and bars, none of them about a claim."""
    sheet = Sheet(100, 150, facts={}, rng=rng, paper=(252, 252, 252))
    sheet.box(4, 4, 96, 146, weight=4)
    sheet.text(8, 8, "飞燕速递", Pen(size=7, bold=1.2))
    sheet.text(92, 9.4, "标准快件", Pen(size=4.4, bold=0.5), anchor="r")
    sheet.line(4, 20, 96, 20, weight=4)
    number = f"FY{rng.randint(10**12, 10**13 - 1)}"
    sheet.paste(bars(number, 78, 14), 11, 23)
    sheet.text(50, 39, number, Pen(size=4.4, face=FACE_MONO), anchor="c")
    sheet.line(4, 47, 96, 47, weight=3)
    sheet.text(
        50,
        50,
        f"{rng.randint(100, 999)}-{rng.choice('ABCDEF')}{rng.randint(10, 99)} 0{rng.randint(10, 99)}",
        Pen(size=11, bold=1.6),
        anchor="c",
    )
    sheet.line(4, 66, 96, 66, weight=3)
    sheet.text(7, 70, "收", Pen(size=7, bold=1))
    sheet.text(18, 69.4, "林** 199****" + f"{rng.randint(0, 9999):04d}", Pen(size=4.2, bold=0.5))
    sheet.paragraph(18, 76, 74, "福建省闽泉市江滨区学院路" + f"{rng.randint(1, 300)}号3幢1204室", Pen(size=4.2), leading=1.4)
    sheet.line(4, 92, 96, 92, weight=3)
    sheet.text(7, 95.4, "寄", Pen(size=5, bold=0.8))
    sheet.text(18, 95.4, "清泉食品旗舰店 0591-6600800", Pen(size=3.4))
    sheet.text(18, 101.4, "辽宁省渤安市望河区新港大道88号仓", Pen(size=3.4))
    strip(
        sheet,
        4,
        110,
        14,
        [label(16, "物品"), blank(30, text="坚果礼盒"), label(16, "重量"), blank(30, text=f"{rng.randint(1, 4)}.{rng.randint(0, 9)}kg")],
    )
    sheet.text(8, 128, "已验视  签收人/时间：", Pen(size=3.6))
    sheet.paste(qr(number, 15), 78, 127)
    return [sheet]


@layout("unknown", "fresh-f")
def transfer_slip(document: Document, rng: Random) -> list[Sheet]:
    """A bank's slip about a transfer: it names an account and a sum, but is neither card nor receipt."""
    sheet = Sheet(180, 95, facts={}, rng=rng, paper=(250, 253, 252))
    ink: Colour = (20, 96, 86)
    words, own = Pen(size=3.3, colour=ink, face=FACE_SERIF), Pen(size=3.3, colour=BLACK, dots=True)
    sheet.label_pen = words
    title(sheet, 8, "东屿银行 个人业务凭证", 5.6, pen=Pen(colour=ink, face=FACE_SERIF))
    sheet.text(12, 18, f"2026年{rng.randint(1, 9)}月{rng.randint(1, 28)}日    网点号：{rng.randint(1000, 9999)}", own)
    total = f"{rng.randint(1, 60) * 100}.00"
    rows = (
        ("交易种类", "行内转账", "交易渠道", "柜面"),
        ("付款人", "肖丽", "付款账号", "629972********3310"),
        ("收款人", "江滨花园物业服务中心", "收款账号", "629972********0187"),
        ("金额", total + " 元", "手续费", "0.00"),
        ("附言", "物业费", "流水号", f"{rng.randint(10**9, 10**10 - 1)}"),
    )
    y = 25.0
    for first, one, second, two in rows:
        y = strip(
            sheet, 12, y, 9, [label(22, first), blank(56, text=one, pen=own), label(22, second), blank(56, text=two, pen=own)], colour=ink
        )
    sheet.text(14, y + 5, "客户签名：")
    sheet.text(104, y + 5, "经办柜员：0" + str(rng.randint(10, 99)), words)
    sheet.stamp(seal("东屿银行江滨支行", "业务受理章", rng=rng, diameter=28), 132, y - 10)
    return [sheet]
