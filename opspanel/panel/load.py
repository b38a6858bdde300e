"""Reads panel.toml. An error names the file, the line or key, and what was expected."""

import tomllib
from functools import cache
from pathlib import Path

from django.conf import settings
from pydantic import ValidationError

from opspanel.panel.config import PanelConfig
from opspanel.panel.in_region import faults, spread


class PanelConfigError(Exception):
    """panel.toml cannot be used; the text tells a person what to mend."""


@cache
def panel_config(path: str) -> PanelConfig:
    return parse(_read(path), path)


def _read(path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8")
    except UnicodeDecodeError:
        message = f"{path}: is not UTF-8 text."
        raise PanelConfigError(message) from None
    except OSError as error:
        message = f"{path}: cannot be read ({error.strerror}). Set OPSPANEL_CONFIG."
        raise PanelConfigError(message) from None


def parse(source: str, path: str) -> PanelConfig:
    """With each service and dependency once for each of its regions."""
    try:
        panel = PanelConfig.model_validate(tomllib.loads(source))
    except tomllib.TOMLDecodeError as error:
        message = f"{path}: is not valid TOML: {error}."
        raise PanelConfigError(message) from None
    except ValidationError as error:
        lines = [f"{path}: {_sentence(dict(item))}" for item in error.errors()]
        raise PanelConfigError("\n".join(lines)) from None
    if found := [f"{path}: {fault}" for fault in faults(panel)]:
        raise PanelConfigError("\n".join(found))
    return spread(panel)


def _sentence(error: dict[str, object]) -> str:
    """`thresholds.error_ratio.degraded: should be ...`; never the value itself."""
    location = error["loc"] if isinstance(error["loc"], tuple) else ()
    key = "".join(
        f"[{part}]" if isinstance(part, int) else f".{part}" for part in location
    ).lstrip(".")
    return f"{key or 'the file'}: {error['msg']}."


def configured_panel() -> PanelConfig:
    """The panel.toml that the settings name."""
    return panel_config(settings.OPSPANEL_CONFIG)
