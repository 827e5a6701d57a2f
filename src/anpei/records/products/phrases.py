"""The words in which a calculation is told, in Chinese and English; a product file may say some in its own words (``phrases``)."""

from anpei.records.products.model import Said, Terms, said

DEFAULTS: dict[str, tuple[str, str]] = {
    "unit": ("{day} 出险：", "Event of {day}:"),
    "total": ("合计赔付{total}元。", "Total: ¥{total}."),
    "lesser": ("取较小值", "the smaller of"),
    "greater": ("取较大值", "the larger of"),
    "counted": ("次数未用完则计入", "counts while one is left"),
    "worst": ("取最重等级", "the most severe of"),
    "promoted": ("（最重等级相同的有多处，晋升一级）", " (several equal ones: promoted by one grade)"),
    "number": ("计数", "number of"),
    "all": ("须同时满足", "all of"),
    "any": ("满足其一", "one of"),
    "not": ("不是", "not"),
    "within": ("限定在区间内", "kept within"),
    "shared": ("按比例分摊（最大余额法）", "shared in proportion (largest remainder)"),
    "table": ("查表", "by table"),
    "days": ("天数", "days"),
    "months": ("整月数", "whole months"),
    "not_applicable": ("不适用", "does not apply"),
    "yes": ("是", "yes"),
    "no": ("否", "no"),
    "grade": ("{grade}级", "grade {grade}"),
    "half_up": ("四舍五入到分", "rounded half up to the fen"),
    "down": ("舍去不足一分的部分", "rounded down to the fen"),
    "up": ("不足一分的按一分", "rounded up to the fen"),
    "zero_deductible": ("扣除免赔额后没有剩余，本次赔付0元。", "Nothing is left after the deductible, so ¥0 is paid."),
    "zero_limit": ("可用的限额或次数已用完，本次赔付0元。", "The limit is used up, so ¥0 is paid."),
    "zero_compensated": (
        "费用已由医保或其他途径全部支付，没有需要您个人负担的部分，本次赔付0元。",
        "Social insurance and others have paid everything, so ¥0 is paid.",
    ),
    "zero_other": ("按条款计算为0元，将由理赔人员复核。", "The calculation gives ¥0; a person will look at it."),
}


def phrase(terms: Terms, name: str, lang: str) -> str:
    """A phrase in the product's own words, else in the words of the platform. Raises KeyError for one that does not exist."""
    own: Said | None = dict(terms.phrases).get(name)
    if own is not None:
        return said(own, lang)
    zh, en = DEFAULTS[name]
    return en if lang == "en" else zh
