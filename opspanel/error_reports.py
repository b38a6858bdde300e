"""Django's reports of exceptions, on a page or by e-mail, with nothing secret in them."""

from collections.abc import ItemsView, Mapping
from typing import Any

from django.views.debug import ExceptionReporter, SafeExceptionReporterFilter

from opspanel.sanitize import PLACEHOLDER, sanitize

_DATA = (str, bytes, int, float, dict, list, tuple, set, type(None))


class ReporterFilter(SafeExceptionReporterFilter):
    """Whatever Django would show by name is cleaned, with debugging on or off."""

    cleansed_substitute = PLACEHOLDER

    def get_safe_settings(self) -> dict[str, Any]:
        return _clean(super().get_safe_settings())

    def get_safe_request_meta(self, request: Any) -> dict[str, Any]:
        return _clean(super().get_safe_request_meta(request))

    def get_safe_cookies(self, request: Any) -> dict[str, Any]:
        cookies = super().get_safe_cookies(request)
        return dict.fromkeys(_clean(cookies), PLACEHOLDER)

    def get_post_parameters(self, request: Any) -> dict[str, Any]:
        return _clean(super().get_post_parameters(request))

    def get_traceback_frame_variables(
        self, request: Any, tb_frame: Any
    ) -> ItemsView[str, Any]:
        return _clean(
            dict(super().get_traceback_frame_variables(request, tb_frame))
        ).items()


class Reporter(ExceptionReporter):
    """Fills Django's own templates; what does not come through the filter is cleaned
    here. A text that an object makes of itself counts as free text."""

    def get_traceback_data(self) -> dict[str, Any]:
        data = super().get_traceback_data()
        frames = [_frame(frame) for frame in data["frames"]]
        texts = ("unicode_hint", "exception_value", "exception_notes")
        cleaned = {name: _text(data[name]) for name in texts if name in data}
        return {
            **data,
            **cleaned,
            **self._about_request(),
            "frames": frames,
            "lastframe": frames[-1] if frames else None,
            "template_info": sanitize(data["template_info"]),
            "template_does_not_exist": False,
            "postmortem": None,
            "user_str": PLACEHOLDER if data["user_str"] else None,
        }

    def _about_request(self) -> dict[str, Any]:
        request = self.request
        if request is None:
            return {"request": None}
        shown = {
            "path_info": sanitize(request.path_info),
            "META": {"REQUEST_METHOD": sanitize(request.method)},
            "GET": bool(request.GET),
            "COOKIES": bool(request.COOKIES),
        }
        return {
            "request": shown,
            "request_GET_items": _clean(request.GET).items(),
            "request_FILES_items": (),
            "request_insecure_uri": sanitize(self._get_raw_insecure_uri()),  # type: ignore[attr-defined]
        }


def _clean(given: Mapping[Any, Any]) -> dict[str, Any]:
    """Data is cleaned; objects, which may hold the whole process, become names."""
    bearable = {
        str(name): value if isinstance(value, _DATA) else f"<{type(value).__name__}>"
        for name, value in given.items()
    }
    found = sanitize(bearable)
    return found if isinstance(found, dict) else dict.fromkeys(bearable, PLACEHOLDER)


def _text(value: Any) -> str:
    return str(sanitize(str(value)))


def _frame(frame: dict[str, Any]) -> dict[str, Any]:
    cause = frame["exc_cause"]
    source = ("pre_context", "context_line", "post_context")
    return {
        **frame,
        **{name: sanitize(frame[name]) for name in source if name in frame},
        "exc_cause": _text(cause) if cause else None,
        "exc_cause_explicit": bool(frame["exc_cause_explicit"]),
        "tb": bool(frame["tb"]),
    }
