"""A trend as a small inline SVG, drawn on the server, without style attributes."""

from collections.abc import Iterator

from django.utils.html import format_html
from django.utils.safestring import SafeString

from opspanel.snapshot.schema import Trend
from opspanel.templatetags.quantities import quantity, whole_duration
from opspanel.templatetags.words import DASH

WIDTH, HEIGHT, MARGIN = 120, 28, 2.0


def sparkline_svg(trend: Trend, limit: float | None) -> SafeString:
    """`limit`: a threshold, drawn and kept in the picture. Gaps stay gaps."""
    known = [point for point in trend.points if point is not None]
    if not known:
        return format_html('<span class="none">{}</span>', f"{DASH}no history")
    top = _top(known, limit)
    return format_html(
        '<svg class="spark" viewBox="0 0 {} {}" preserveAspectRatio="none" role="img" '
        'aria-label="{}">{}<path class="area" d="{}"/><path class="line" d="{}"/></svg>',
        WIDTH,
        HEIGHT,
        _summary(trend, known),
        _limit_line(limit, top),
        "".join(_area(run) for run in _runs(trend, top)),
        "".join(_line(run) for run in _runs(trend, top)),
    )


type Run = list[tuple[float, float]]


def _top(known: list[float], limit: float | None) -> float:
    # From zero to at least the limit: noise far below a limit looks like what it is.
    return max(*known, limit or 0.0, 0.0) or 1.0


def _runs(trend: Trend, top: float) -> Iterator[Run]:
    step = WIDTH / max(len(trend.points) - 1, 1)
    run: Run = []
    for index, point in enumerate(trend.points):
        if point is not None:
            run.append((index * step, _height(point, top)))
        elif run:
            yield run
            run = []
    if run:
        yield run


def _height(value: float, top: float) -> float:
    return HEIGHT - MARGIN - max(value, 0.0) / top * (HEIGHT - 2 * MARGIN)


def _line(run: Run) -> str:
    points = run if len(run) > 1 else [run[0], (run[0][0] + 1, run[0][1])]
    return "M" + "L".join(f"{x:.3g} {y:.3g}" for x, y in points)


def _area(run: Run) -> str:
    return f"{_line(run)}V{HEIGHT}H{run[0][0]:.3g}Z"


def _limit_line(limit: float | None, top: float) -> SafeString:
    if not limit:
        return SafeString("")
    return format_html(
        '<path class="limit" d="M0 {}H{}"/>', round(_height(limit, top), 1), WIDTH
    )


def _summary(trend: Trend, known: list[float]) -> str:
    span = whole_duration(trend.step_seconds * len(trend.points))
    low, high, last = (
        quantity(value, trend.unit) for value in (min(known), max(known), known[-1])
    )
    gaps = len(trend.points) - len(known)
    missing = f", {gaps} of {len(trend.points)} points missing" if gaps else ""
    return f"Last {span}: from {low} to {high}, now {last}{missing}"
