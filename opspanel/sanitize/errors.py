"""Exceptions and tracebacks as dicts, without source lines and without locals."""

from types import TracebackType
from typing import Any

_MAX_FRAMES = 100


def frames(traceback: TracebackType | None) -> list[str]:
    """`file:line in function` of each frame, outermost first."""
    found: list[str] = []
    while traceback is not None and len(found) < _MAX_FRAMES:
        code = traceback.tb_frame.f_code
        found.append(f"{code.co_filename}:{traceback.tb_lineno} in {code.co_name}")
        traceback = traceback.tb_next
    return found


def as_dict(error: BaseException) -> dict[str, Any]:
    """Type, arguments, notes, own attributes, and the errors that led here."""
    made: dict[str, Any] = {"type": type(error).__name__, "args": list(error.args)}
    notes = getattr(error, "__notes__", None)
    if notes:
        made["notes"] = list(notes)
    attributes = {k: v for k, v in vars(error).items() if k != "__notes__"}
    if attributes:
        made["attributes"] = attributes
    for name in ("cause", "context"):
        other = getattr(error, f"__{name}__")
        if other is not None:
            made[name] = other
    if isinstance(error, BaseExceptionGroup):
        made["exceptions"] = list(error.exceptions)
    if error.__traceback__ is not None:
        made["traceback"] = frames(error.__traceback__)
    return made
