"""What every section of panel.toml is made of."""

from typing import Annotated, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    HttpUrl,
    model_validator,
)

Identifier = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{0,62}$")]
# Short: it becomes part of ids, of a queue's name and of a row's key.
RegionName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,23}$")]
SqlName = Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]{0,62}$")]
Name = Annotated[str, Field(min_length=1, max_length=80)]
LabelName = Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")]
PromQL = Annotated[str, Field(min_length=1, max_length=4000)]
# One metric with its matchers, to which a range or one more matcher can be added.
Selector = Annotated[
    str, Field(pattern=r"^[A-Za-z_:][A-Za-z0-9_:]*(\{[^{}]*\})?$", max_length=1000)
]
# The same, with a name for each window.
RecordedSeries = Annotated[
    str,
    Field(
        pattern=r"^[A-Za-z_:][A-Za-z0-9_:]*\$window[A-Za-z0-9_:]*(\{[^{}]*\})?$",
        max_length=1000,
    ),
]
PositiveSeconds = Annotated[float, Field(gt=0)]


class Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=False)


class Labels(Section):
    """How this platform spells its label names."""

    service: LabelName = "service"
    status_class: LabelName = "status_code_class"
    server_error: str = "5xx"


def _without_secrets(url: HttpUrl) -> HttpUrl:
    if url.username or url.password or url.query or url.fragment:
        message = "must be an address alone, without a user, a password or a query"
        raise ValueError(message)
    return url


BareUrl = Annotated[HttpUrl, AfterValidator(_without_secrets)]


class Level(Section):
    """A figure at or above `degraded` is degraded, at or above `unhealthy` unhealthy."""

    degraded: Annotated[float, Field(ge=0)]
    unhealthy: Annotated[float, Field(ge=0)]

    @model_validator(mode="after")
    def unhealthy_is_worse(self) -> Self:
        if self.unhealthy < self.degraded:
            message = "`unhealthy` must not be below `degraded`"
            raise ValueError(message)
        return self
