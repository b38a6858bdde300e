"""The bridge for numbers: nothing that is not a number passes as one."""

import math

from opspanel import assessment as raw
from opspanel.sanitize import fields
from opspanel.snapshot import schema
from opspanel.terms import Absence


def finite(number: float | None) -> float | None:
    return number if number is not None and math.isfinite(number) else None


def figure(raw_figure: raw.Figure) -> schema.Figure:
    value = finite(raw_figure.value)
    missing = raw_figure.missing
    if value is None and missing is None:
        missing = Absence.NOT_A_NUMBER
    return schema.Figure(
        value=value,
        unit=raw_figure.unit,
        source=raw_figure.source,
        query=fields.query_name(raw_figure.query),
        observed_at=raw_figure.observed_at,
        good_for=finite(raw_figure.good_for) or 0.0,
        exactness=raw_figure.exactness,
        missing=missing,
    )


def optional_figure(raw_figure: raw.Figure | None) -> schema.Figure | None:
    return None if raw_figure is None else figure(raw_figure)


def trend(raw_trend: raw.Trend | None) -> schema.Trend | None:
    if raw_trend is None:
        return None
    return schema.Trend(
        unit=raw_trend.unit,
        ends_at=raw_trend.ends_at,
        step_seconds=finite(raw_trend.step_seconds) or 0.0,
        points=tuple(map(finite, raw_trend.points)),
    )
