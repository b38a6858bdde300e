"""What every section of panel.toml is made of."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Identifier = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{0,62}$")]
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
