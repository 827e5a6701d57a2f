"""Laboratory reports for development: one table, and two tables side by side."""

from collections.abc import Mapping, Sequence
from random import Random

from anpei.samples.drawing.sheet import Column, Pen, Sheet
from anpei.samples.layouts.parts import Pair, pairs, title
from anpei.samples.layouts.registry import layout
from anpei.samples.world.documents import Document


def _rows(
    sheet: Sheet, place: tuple[float, float, float], columns: Sequence[Column], rows: Sequence[Mapping[str, str]], *, flags: float
) -> None:
    """Rows from a place (x, y, step); the mark of a result stands ``flags`` mm from the left edge."""
    x, y, step = place
    for index, row in enumerate(rows):
        at = y + index * step
        sheet.row(x, at, columns, row)
        if row["flag"]:
            sheet.text(x + flags, at, row["flag"], sheet.value_pen)


@layout("laboratory_report", "known-a")
def report_one_table(document: Document, rng: Random) -> list[Sheet]:
    """检验报告单 on half a sheet: number, test, result with an arrow in a column of its own, unit, range."""
    sheet = Sheet(210, 148 if len(document.rows) < 10 else 178, facts=document.facts, rng=rng)
    sheet.label_pen, sheet.value_pen = Pen(size=3.4), Pen(size=3.4)
    extra = document.extra
    sheet.value(105, 9, "hospital_name", Pen(size=5.4, bold=0.8), anchor="c")
    title(sheet, 18, "检验报告单", Pen(size=5.2, bold=0.6))
    sheet.text(150, 20, f"[{extra['panel']}]")
    head: list[list[Pair]] = [
        [(14, "姓名：", "patient_name"), (60, "性别：", "gender"), (90, "年龄：", "age"), (130, "标本号：", "report_number")],
        [(14, f"病历号：{extra['number']}", ""), (60, "科室：", "department"), (130, "标本类型：", "specimen")],
        [(14, f"床号：{extra['bed']}", ""), (60, f"送检医生：{extra['doctor']}", ""), (130, f"临床诊断：{extra['clinical']}", "")],
    ]
    y = pairs(sheet, 30, 6.2, head)
    sheet.text(sheet.text(90, 30, "年龄：") + 0.6 + len(document.facts["age"]) * 1.9 + 0.4, 30, "岁")
    sheet.line(12, y, 198, y)
    columns = [
        Column("项目名称", "name", 66),
        Column("结果", "result", 30, "r"),
        Column("提示", "", 14, "c"),
        Column("单位", "unit", 30, "c"),
        Column("参考区间", "reference", 40, "c"),
    ]
    sheet.heading(16, y + 1.6, columns, Pen(size=3.4, bold=0.4))
    sheet.line(12, y + 7, 198, y + 7)
    _rows(sheet, (16, y + 8.6, 6.4), columns, document.rows, flags=102)
    y += 10 + 6.4 * len(document.rows)
    sheet.line(12, y, 198, y)
    sheet.text(14, y + 3, f"采样时间：{extra['sampled_at']}")
    x = sheet.pair(78, y + 3, "报告时间：", "reported_on")
    sheet.text(x + 1.5, y + 3, extra["reported_at"], sheet.value_pen)
    sheet.text(132, y + 3, f"检验者：{extra['tester']}")
    sheet.text(166, y + 3, f"审核者：{extra['reviewer']}")
    sheet.text(14, y + 10, "此报告仅对本次标本负责，如有疑问请及时联系检验科。", Pen(size=2.9))
    return [sheet]


@layout("laboratory_report", "known-b")
def report_two_tables(document: Document, rng: Random) -> list[Sheet]:
    """检验科报告单 with two tables side by side; the arrow stands right behind the result."""
    sheet = Sheet(210, 148, facts=document.facts, rng=rng)
    sheet.label_pen, sheet.value_pen = Pen(size=3.2), Pen(size=3.2, date="slash")
    extra = document.extra
    title(sheet, 8, f"{document.facts['hospital_name']}检验科报告单", Pen(size=5.4, bold=0.8))
    sheet.shown["hospital_name"] = document.facts["hospital_name"]
    head: list[list[Pair]] = [
        [(10, "姓  名：", "patient_name"), (62, "性  别：", "gender"), (104, "年  龄：", "age"), (150, "条码号：", "report_number")],
        [
            (10, "病人类型：门诊", ""),
            (62, "科  别：", "department"),
            (104, "样本：", "specimen"),
            (150, f"申请医生：{extra['doctor']}", ""),
        ],
    ]
    y = pairs(sheet, 22, 6.4, head)
    columns = [
        Column("检验项目", "name", 35),
        Column("结果", "result", 16, "r"),
        Column("", "", 2),
        Column("单位", "unit", 18, "c"),
        Column("参考范围", "reference", 25, "c"),
    ]
    half = (len(document.rows) + 1) // 2
    sheet.line(8, y, 202, y)
    for group, rows in enumerate((document.rows[:half], document.rows[half:])):
        left = 8 + group * 98
        sheet.heading(left, y + 1.5, columns)
        _rows(sheet, (left, y + 9, 6.6), columns, rows, flags=50.2)
    sheet.line(8, y + 7, 202, y + 7)
    sheet.line(105, y, 105, y + 9 + 6.6 * half)
    y += 11 + 6.6 * half
    sheet.line(8, y, 202, y)
    sheet.text(10, y + 3, f"采集时间：{extra['sampled_at']}")
    sheet.pair(74, y + 3, "报告日期：", "reported_on")
    sheet.text(124, y + 3, f"检验：{extra['tester']}")
    sheet.text(160, y + 3, f"审核：{extra['reviewer']}")
    return [sheet]
