"""The platform's error envelope: code, message, correlation_id, details."""

from django.http import JsonResponse

from opspanel.correlation import current_id


def problem(status: int, code: str, message: str) -> JsonResponse:
    body: dict[str, object] = {
        "code": code,
        "message": message,
        "correlation_id": current_id(),
        "details": {},
    }
    return JsonResponse(body, status=status)
