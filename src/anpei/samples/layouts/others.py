"""Pages that are no claim document: a blank sheet, a restaurant menu, a class timetable."""

from random import Random

from anpei.samples.drawing.sheet import Column, Pen, Sheet
from anpei.samples.layouts.parts import title
from anpei.samples.layouts.registry import layout
from anpei.samples.world.documents import Document

DISHES = (
    *("清蒸鲈鱼", "红烧排骨", "宫保鸡丁", "麻婆豆腐", "蒜蓉时蔬", "酸辣土豆丝", "番茄牛腩"),
    *("白灼虾", "梅干菜扣肉", "手撕包菜", "鱼香茄子", "玉米排骨汤", "扬州炒饭", "葱油拌面"),
)
LESSONS = ["语文", "数学", "英语", "物理", "化学", "历史", "地理", "生物", "体育", "美术", "音乐", "自习"]


@layout("blank", "known-a")
def blank(document: Document, rng: Random) -> list[Sheet]:
    """A white sheet with nothing on it."""
    return [Sheet(210, 297, facts={}, rng=rng)]


@layout("blank", "heldback-a")
def blank_half(document: Document, rng: Random) -> list[Sheet]:
    """A cream half sheet with nothing on it."""
    return [Sheet(210, 148, facts={}, rng=rng, paper=(250, 247, 238))]


@layout("unknown", "known-a")
def menu(document: Document, rng: Random) -> list[Sheet]:
    """A restaurant menu: names and prices, but no bill."""
    sheet = Sheet(210, 297, facts={}, rng=rng, paper=(250, 243, 226))
    title(sheet, 20, "望湖小馆 · 菜单", Pen(size=9, colour=(120, 40, 30), bold=1.0), rules=1)
    for index, dish in enumerate(rng.sample(DISHES, len(DISHES))):
        y = 52 + index * 15
        sheet.text(30, y, dish, Pen(size=5.4))
        sheet.text(120, y, "· · · · · ·", Pen(size=5))
        sheet.text(180, y, f"{rng.randint(12, 128)}元", Pen(size=5.4), anchor="r")
    return [sheet]


@layout("unknown", "heldback-a")
def timetable(document: Document, rng: Random) -> list[Sheet]:
    """A school timetable: a ruled table of words."""
    sheet = Sheet(297, 210, facts={}, rng=rng)
    title(sheet, 14, "2026学年第一学期 八年级(3)班课程表", Pen(size=7, bold=0.8))
    columns = [Column(head, "x", 44, "c") for head in ("节次", "星期一", "星期二", "星期三", "星期四", "星期五")]
    sheet.grid(16, 36, columns, 8, 18)
    sheet.heading(16, 42, columns, Pen(size=4.6, bold=0.5))
    for lesson in range(7):
        for column in range(6):
            text = f"第{lesson + 1}节" if column == 0 else rng.choice(LESSONS)
            sheet.cell(16 + column * 44, 60 + lesson * 18, columns[column], text, pen=Pen(size=4.8))
    return [sheet]
