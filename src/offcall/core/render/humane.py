"""Times, money, sizes and places as people read them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, tzinfo
from decimal import Decimal

from offcall.core.documents import Tone

__all__ = [
    "bytes_text",
    "date_text",
    "deadline_text",
    "deadline_tone",
    "duration_text",
    "money_text",
    "relative_text",
    "span_text",
    "time_text",
    "zone_text",
]

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_SYMBOLS = {"USD": "$", "EUR": "€", "GBP": "£"}
# Currencies that people write without a fraction.
_WHOLE = frozenset({"JPY", "KRW"})


def date_text(day: date, *, weekday: bool = False) -> str:
    """ "3 Dec 2026", or "Thu 3 Dec 2026"; the same in every locale."""
    text = f"{day.day} {_MONTHS[day.month - 1]} {day.year}"
    return f"{_DAYS[day.weekday()]} {text}" if weekday else text


def zone_text(at: datetime, zone: tzinfo) -> str:
    """The zone's name at that moment: "UTC", "CET", "+05:30"."""
    local = at.astimezone(zone)
    name = local.tzname() or ""
    if not name or name.startswith(("UTC+", "UTC-")) or name[0] in "+-":
        offset = local.utcoffset() or timedelta()
        minutes = int(offset.total_seconds() // 60)
        hours, minutes = divmod(abs(minutes), 60)
        sign = "-" if offset < timedelta() else "+"
        return f"{sign}{hours:02}:{minutes:02}"
    return name


def time_text(at: datetime, zone: tzinfo = UTC, *, weekday: bool = True) -> str:
    """ "Thu 3 Dec 2026 09:00 UTC"."""
    local = at.astimezone(zone)
    return f"{date_text(local, weekday=weekday)} {local:%H:%M} {zone_text(at, zone)}"


def relative_text(at: datetime, now: datetime, zone: tzinfo = UTC) -> str:
    """ "in 9 days", "tomorrow", "3 hours ago": local calendar days, hours when near."""
    seconds = (at - now).total_seconds()
    near = abs(seconds)
    days = (at.astimezone(zone).date() - now.astimezone(zone).date()).days
    if near < 60:
        return "now"
    if near < 3600:
        amount = _count(int(near // 60), "minute")
    elif near < 24 * 3600:
        amount = _count(round(near / 3600), "hour")
    elif abs(days) < 120:
        if days == 1:
            return "tomorrow"
        if days == -1:
            return "yesterday"
        amount = _count(abs(days), "day")
    elif abs(days) < 730:
        amount = _count(round(abs(days) / 30.44), "month")
    else:
        amount = f"{abs(days) / 365.25:.1f}".removesuffix(".0") + " years"
    return f"in {amount}" if seconds > 0 else f"{amount} ago"


def deadline_text(at: datetime, now: datetime, zone: tzinfo = UTC) -> str:
    """ "in 9 days, Thu 3 Dec 2026 09:00 UTC"."""
    return f"{relative_text(at, now, zone)}, {time_text(at, zone)}"


def deadline_tone(at: datetime, now: datetime) -> Tone:
    """How a deadline is coloured: past or within a week, within 30 days, later."""
    if at - now <= timedelta(days=7):
        return Tone.BAD
    return Tone.WARN if at - now <= timedelta(days=30) else Tone.PLAIN


def span_text(start: datetime | None, end: datetime | None, zone: tzinfo = UTC) -> str:
    """ "Mon 30 Nov – Sun 6 Dec 2026 (UTC)": whole local days are named by their last day."""
    if start is None and end is None:
        return "all time"
    known = start or end
    assert known is not None
    whole = all(at is None or _midnight(at, zone) for at in (start, end))
    if not whole:
        first = time_text(start, zone) if start else None
        last = time_text(end, zone) if end else None
    else:
        first = date_text(start.astimezone(zone), weekday=True) if start else None
        last = (
            date_text(end.astimezone(zone).date() - timedelta(days=1), weekday=True)
            if end
            else None
        )
    named = f" ({zone_text(known, zone)})" if whole else ""
    if first and last:
        return f"{first}{named}" if first == last else f"{first} – {last}{named}"
    return f"from {first}{named}" if first else f"until {last}{named}"


def _midnight(at: datetime, zone: tzinfo) -> bool:
    local = at.astimezone(zone)
    return (local.hour, local.minute, local.second, local.microsecond) == (0, 0, 0, 0)


def duration_text(length: timedelta) -> str:
    """ "3 days 4 hours", "45 minutes", "12 seconds": the two largest units."""
    seconds = int(abs(length.total_seconds()))
    parts: list[str] = []
    for size, noun in ((86400, "day"), (3600, "hour"), (60, "minute"), (1, "second")):
        count, seconds = divmod(seconds, size)
        if count:
            parts.append(_count(count, noun))
        elif parts:
            break
        if len(parts) == 2:
            break
    return " ".join(parts) or "0 seconds"


def money_text(amount: Decimal, currency: str = "USD", *, per: str | None = None) -> str:
    """ "$1,234.50", "CHF 12.00", "$0.0125/hour": never rounded to nothing."""
    negative, amount = amount < 0, abs(amount)
    digits = 0 if currency in _WHOLE else 2
    if amount and amount < 1:
        # Prices per hour are small: keep four significant digits.
        digits = max(digits, min(12, 3 - amount.adjusted()))
    text = f"{amount:,.{digits}f}"
    whole, dot, fraction = text.partition(".")
    if len(fraction) > 2:
        text = whole + dot + fraction.rstrip("0").ljust(2, "0")
    symbol = _SYMBOLS.get(currency)
    shown = f"{symbol}{text}" if symbol else f"{currency} {text}"
    return ("-" if negative else "") + shown + (f"/{per}" if per else "")


def bytes_text(count: float) -> str:
    """ "512 B", "1.5 MiB", "20 GiB": binary units, named so."""
    size = float(count)
    for unit in ("B", "KiB", "MiB", "GiB", "TiB"):
        if abs(size) < 1024:
            return f"{size:.0f} {unit}" if unit == "B" else f"{_short(size)} {unit}"
        size /= 1024
    return f"{_short(size)} PiB"


def _short(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0") if abs(value) < 100 else f"{value:.0f}"


def _count(count: int, noun: str) -> str:
    return f"{count:,} {noun if count == 1 else noun + 's'}"
