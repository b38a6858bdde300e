"""A trend as a small SVG, drawn on the server: within a page, or as a file of its own."""

from collections.abc import Iterable
from itertools import groupby, pairwise
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from opspanel.quantities import quantity, whole_duration
from opspanel.snapshot.schema import Trend
from opspanel.templatetags.words import DASH

HEIGHT, MARGIN = 100, 5


def sparkline_svg(trend: Trend, limit: float | None) -> SafeString:
    """`limit`: a threshold, drawn and kept in the picture. Gaps stay gaps."""
    known = [point for point in trend.points if point is not None]
    if not known:
        return format_html('<span class="none">{}</span>', f"{DASH}no history")
    # From zero to at least the limit: noise far below a limit looks like what it is.
    top = max(*known, limit or 0.0, 0.0) or 1.0
    return format_html(
        '<svg class="spark" viewBox="0 0 {} {}" preserveAspectRatio="none" role="img" '
        'aria-label="{}">{}<path class="line" d="{}"/></svg>',
        max(len(trend.points) - 1, 1),
        HEIGHT,
        _summary(trend, known),
        _limit_line(limit, top, len(trend.points) - 1),
        _line(trend.points, top),
    )


def chart_svg(means: Trend, earlier: Trend | None, marks: Iterable[Any]) -> SafeString:
    """Larger, with the same time a week before as a faint line, and with `marks`: each
    has an `x` in steps from the left edge, and a `kind`."""
    known = [point for point in means.points if point is not None]
    before = [point for point in (earlier.points if earlier else ()) if point]
    top = max(*known, *before, 0.0) or 1.0
    lines = format_html_join(
        "",
        '<path class="mark {}" d="M{} 0V{}"/>',
        ((m.kind, m.x, HEIGHT) for m in marks),
    )
    faint = (
        format_html('<path class="line earlier" d="{}"/>', _line(earlier.points, top))
        if earlier
        else ""
    )
    return format_html(
        '<svg class="spark" viewBox="0 0 {} {}" preserveAspectRatio="none" role="img" '
        'aria-label="{}">{}{}<path class="line" d="{}"/></svg>',
        max(len(means.points) - 1, 1),
        HEIGHT,
        _course(means, known, "at the end") if known else "No history",
        lines,
        faint,
        _line(means.points, top),
    )


def picture(trend: Trend, limit: float | None, name: str) -> str:
    """The same as a file: it says itself what it shows, and holds no style and no script.

    Its colours can be told apart on white and on black.
    """
    known = [point for point in trend.points if point is not None]
    top = max(*known, limit or 0.0, 0.0) or 1.0 if known else 1.0
    width = max(len(trend.points) - 1, 1)
    title = f"{name}. {_summary(trend, known)}" if known else f"{name}. No history"
    return format_html(
        '<svg xmlns="http://www.w3.org/2000/svg" width="360" height="60" '
        'viewBox="0 0 {} {}" preserveAspectRatio="none" role="img"><title>{}</title>'
        '<g fill="none">{}'
        '<path d="{}" stroke="#3d7bd9" stroke-width="2" stroke-linecap="round" '
        'vector-effect="non-scaling-stroke"/></g></svg>',
        width,
        HEIGHT,
        title,
        _limit_of_picture(limit, top, width),
        _line(trend.points, top),
    )


def _limit_of_picture(limit: float | None, top: float, width: int) -> SafeString:
    if not limit:
        return SafeString("")
    return format_html(
        '<path d="M0 {}H{}" stroke="#d9534f" stroke-dasharray="4 4" '
        'vector-effect="non-scaling-stroke"/>',
        _height(limit, top),
        width,
    )


def _line(points: Iterable[float | None], top: float) -> str:
    """One unit to the right for each step; a point alone is a dash of its own."""
    heights = enumerate(None if each is None else _height(each, top) for each in points)
    stretches = groupby(heights, lambda place: place[1] is None)
    return "".join(_stretch(list(places)) for is_gap, places in stretches if not is_gap)


def _stretch(places: list[tuple[int, Any]]) -> str:
    """Each point is told from the last: where time moved on, most of the text stays."""
    (x, first), *others = places
    if not others:
        return f"M{x} {first}h.1"
    steps = (f"1,{y - before}" for (_, before), (_, y) in pairwise(places))
    return f"M{x} {first}l{' '.join(steps)}"


def _height(value: float, top: float) -> int:
    return round(HEIGHT - MARGIN - max(value, 0.0) / top * (HEIGHT - 2 * MARGIN))


def _limit_line(limit: float | None, top: float, width: int) -> SafeString:
    if not limit:
        return SafeString("")
    return format_html('<path class="limit" d="M0 {}H{}"/>', _height(limit, top), width)


def _summary(trend: Trend, known: list[float]) -> str:
    span = whole_duration(trend.step_seconds * len(trend.points))
    return f"Last {span}: {_course(trend, known, 'now')}"


def _course(trend: Trend, known: list[float], end: str) -> str:
    low, high, last = (
        quantity(value, trend.unit) for value in (min(known), max(known), known[-1])
    )
    gaps = len(trend.points) - len(known)
    missing = f", {gaps} of {len(trend.points)} points missing" if gaps else ""
    return f"from {low} to {high}, {end} {last}{missing}"
