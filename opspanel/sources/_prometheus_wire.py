"""Prometheus' JSON, checked and taken apart. Whatever does not fit raises ValueError."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from pydantic import BaseModel, Field, ValidationError

from opspanel.readings import Sample, Series
from opspanel.sources._promql import MARK

type Point = tuple[float, str]


class Element(BaseModel):
    metric: dict[str, str]
    value: Point | None = None
    histogram: tuple[float, Any] | None = None  # a native one; not a number


class Line(BaseModel):
    metric: dict[str, str]
    values: list[Point] = []


class Vector(BaseModel):
    kind: Literal["vector"] = Field(alias="resultType")
    result: list[Element]


class Matrix(BaseModel):
    kind: Literal["matrix"] = Field(alias="resultType")
    result: list[Line]


class Reply[Result: Vector | Matrix](BaseModel):
    status: Literal["success"]
    data: Result
    warnings: list[Any] | None = None
    infos: list[Any] | None = None


class Refusal(BaseModel):
    error_type: str = Field(alias="errorType")


@dataclass(frozen=True, slots=True)
class Window:
    """A range query's steps, in seconds since 1970."""

    start: int
    step: int
    count: int

    @property
    def end(self) -> int:
        return self.start + (self.count - 1) * self.step


class TooManySeriesError(Exception):
    """The reply holds more series than the panel lets in."""


def error_type(body: bytes) -> str | None:
    try:
        return Refusal.model_validate_json(body).error_type
    except ValidationError:
        return None


def parse_vector(
    body: bytes, keys: Iterable[str], max_series: int
) -> tuple[dict[str, tuple[Sample, ...]], int]:
    """Give every key's samples, and the number of warnings beside them."""
    reply = Reply[Vector].model_validate_json(body)
    found: dict[str, list[Sample]] = {key: [] for key in keys}
    for element in limited(reply.data.result, max_series):
        found[mark(element.metric, found)].append(sample(element))
    return {key: tuple(samples) for key, samples in found.items()}, warned(reply)


def parse_matrix(
    body: bytes, keys: Iterable[str], window: Window, max_series: int
) -> tuple[dict[str, Series | None], int]:
    """Give every key's points on the window's steps, and the number of warnings."""
    reply = Reply[Matrix].model_validate_json(body)
    found: dict[str, Series | None] = dict.fromkeys(keys)
    for line in limited(reply.data.result, max_series):
        found[mark(line.metric, found)] = series(line, window)
    return found, warned(reply)


def limited[Item](items: list[Item], most: int) -> list[Item]:
    if len(items) > most:
        raise TooManySeriesError
    return items


def mark(labels: Mapping[str, str], known: Mapping[str, object]) -> str:
    key = labels.get(MARK)
    if key is None or key not in known:
        message = "a series that was not asked for"
        raise ValueError(message)
    return key


def warned(reply: Reply[Vector] | Reply[Matrix]) -> int:
    return len(reply.warnings or ()) + len(reply.infos or ())


def sample(element: Element) -> Sample:
    taken = element.value or element.histogram
    if taken is None:
        message = "neither a value nor a histogram"
        raise ValueError(message)
    return Sample(
        labels={name: text for name, text in element.metric.items() if name != MARK},
        value=number(element.value[1]) if element.value else None,
        at=datetime.fromtimestamp(taken[0], UTC),
    )


def number(text: str) -> float | None:
    value = float(text)
    return value if math.isfinite(value) else None


def series(line: Line, window: Window) -> Series:
    values = {round(at): number(text) for at, text in line.values}
    steps = range(window.start, window.end + 1, window.step)
    return Series(
        ends_at=datetime.fromtimestamp(window.end, UTC),
        step_seconds=float(window.step),
        points=tuple(values.get(step) for step in steps),
    )
