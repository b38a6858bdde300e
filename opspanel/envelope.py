"""The platform's error envelope: code, message, correlation_id, details."""

from collections.abc import Mapping
from typing import Any

from django.http import JsonResponse

from opspanel.correlation import current_id


def problem(
    status: int, code: str, message: str, details: Mapping[str, Any] | None = None
) -> JsonResponse:
    """`details` must be clean."""
    body: dict[str, object] = {
        "code": code,
        "message": message,
        "correlation_id": current_id(),
        "details": details or {},
    }
    return JsonResponse(body, status=status)
