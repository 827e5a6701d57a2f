"""How values are written on paper: amounts in capitals, dates and numbers in the styles of different forms."""

from datetime import date

_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_PLACES = ("", "拾", "佰", "仟")
_GROUPS = ("", "万", "亿")

DATE_STYLES = ("iso", "cn", "cn_plain", "dots", "slash", "compact", "spaced")


def _group(value: int) -> str:
    text, pending_zero = "", False
    for place in (3, 2, 1, 0):
        digit = value // 10**place % 10
        if digit == 0:
            pending_zero = bool(text)
            continue
        text += ("零" if pending_zero else "") + _DIGITS[digit] + _PLACES[place]
        pending_zero = False
    return text


def capitals(amount: str) -> str:
    """A decimal amount in Chinese capitals as bills write it: 432.60 -> 肆佰叁拾贰元陆角整; 0.05 -> 伍分; 100.05 -> 壹佰元零伍分.

    Source: 正确填写票据和结算凭证的基本规定 (支付结算办法 附一).
    """
    whole, cents = (int(part) for part in amount.split("."))
    text = ""
    for index in (2, 1, 0):
        value = whole // 10_000**index % 10_000
        if value:
            text += ("零" if text and value < 1000 else "") + _group(value) + _GROUPS[index]
    text = f"{text}元" if text else ""
    jiao, fen = divmod(cents, 10)
    if not cents:
        return (text or "零元") + "整"
    if jiao:
        text += _DIGITS[jiao] + "角"
    elif text:
        text += "零"
    return text + (_DIGITS[fen] + "分" if fen else "整")


def day(iso: str, style: str) -> str:
    """An ISO date as printed: iso 2026-10-03, cn 2026年10月03日, cn_plain 2026年10月3日, dots, slash, compact, spaced."""
    value = date.fromisoformat(iso)
    return {
        "iso": iso,
        "cn": f"{value:%Y年%m月%d日}",
        "cn_plain": f"{value.year}年{value.month}月{value.day}日",
        "dots": f"{value:%Y.%m.%d}",
        "slash": f"{value:%Y/%m/%d}",
        "compact": f"{value:%Y%m%d}",
        "spaced": f"{value.year} 年 {value.month} 月 {value.day} 日",
    }[style]


def money(amount: str, style: str) -> str:
    """A decimal amount as printed: plain 1234.50, yen ¥1234.50, comma 1,234.50, yuan 1234.50元, capitals."""
    if style == "capitals":
        return capitals(amount)
    whole, cents = amount.split(".")
    return {
        "plain": amount,
        "yen": f"¥{amount}",
        "comma": f"{int(whole):,}.{cents}",
        "yuan": f"{amount}元",
        "four": f"{amount}00",
    }[style]
