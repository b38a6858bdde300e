"""The platform's error envelope: code, message, correlation_id, details."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from django.http import HttpResponse, JsonResponse

from opspanel import tracing
from opspanel.correlation import current_id

RETRY_SECONDS = 5


def retry_later[Answer: HttpResponse](answer: Answer) -> Answer:
    """Tell those who would ask at once again when it is worth it."""
    if answer.status_code == HTTPStatus.SERVICE_UNAVAILABLE:
        answer["Retry-After"] = str(RETRY_SECONDS)
    return answer


def problem(
    status: int, code: str, message: str, details: Mapping[str, Any] | None = None
) -> JsonResponse:
    """`code`: of the catalogue. `details` must be clean."""
    tracing.fail(code)
    body: dict[str, object] = {
        "code": code,
        "message": message,
        "correlation_id": current_id(),
        "details": details or {},
    }
    return retry_later(JsonResponse(body, status=status))
