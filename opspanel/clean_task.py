"""The base of every task: nothing secret enters the broker, and nothing leaves a task."""

from collections.abc import Iterator
from typing import Any

from billiard.exceptions import SoftTimeLimitExceeded
from celery import Task
from celery.exceptions import TaskPredicate

from opspanel.sanitize import PLACEHOLDER, sanitize

# How a task ends on purpose, and what its own code wants to see.
_SIGNALS = (TaskPredicate, SoftTimeLimitExceeded)


class UncleanArgumentsError(Exception):
    """A task was given a secret. Says which task, never what."""


class TaskFailedError(Exception):
    """Stands for an error whose text holds a secret: its type and its clean text."""


class CleanTask(Task):  # type: ignore[type-arg]
    """Refuses arguments that hold secrets; cleans results, failures and retry reasons.

    A secret that a task needs is read by the task itself, from settings.
    """

    abstract = True

    def apply_async(  # type: ignore[override]  # Celery options pass
        self, args: Any = None, kwargs: Any = None, **options: Any
    ) -> Any:
        """Raises UncleanArgumentsError: a cleaned argument would be a wrong one."""
        if not is_clean([list(args or ()), kwargs or {}]):
            message = f"{self.name}: an argument holds what must not be shown"
            raise UncleanArgumentsError(message)
        return super().apply_async(args, kwargs, **options)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        try:
            return sanitize(super().__call__(*args, **kwargs))
        except _SIGNALS as signal:
            signal.__cause__ = signal.__context__ = None  # what it was raised over
            raise
        except Exception as error:
            shown = cleaned_error(error)
            if shown is error:
                raise
            failure = shown
        raise failure

    def retry(  # type: ignore[override]  # Celery options pass
        self, args: Any = None, kwargs: Any = None, exc: Any = None, **options: Any
    ) -> Any:
        reason = cleaned_error(exc) if isinstance(exc, Exception) else sanitize(exc)
        return super().retry(args, kwargs, reason, **options)


def is_clean(value: Any) -> bool:
    """Whether cleaning finds nothing: tuples and such may become lists by it."""
    return PLACEHOLDER not in str(sanitize(value))


def cleaned_error(error: Exception) -> Exception:
    """The error itself where neither it nor what led to it says anything secret."""
    if isinstance(error, TaskFailedError):
        error.__cause__ = error.__context__ = None  # what it stands for
        return error
    if is_clean("\n".join(_said(error))) and is_clean(error):
        return error
    text = sanitize(str(error))
    made = TaskFailedError(f"{type(error).__name__}: {text}")
    return made.with_traceback(error.__traceback__)


def _said(error: BaseException | None) -> Iterator[str]:
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield f"{type(error).__name__}: {error}"
        yield from getattr(error, "__notes__", ())
        error = error.__cause__ or error.__context__
