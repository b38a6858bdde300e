"""Cells of tables that leave the panel: clean, and executed by no program."""

import json
from typing import Any

from opspanel.sanitize.objects import sanitize
from opspanel.sanitize.visible import one_line

# What makes a spreadsheet take a cell for a formula, in wide forms too.
_BEGINS_FORMULA = tuple("=+-@\t\r\n＝＋－＠")  # noqa: RUF001 - the wide ones are meant
# What Markdown, or the HTML within it, would act on.
_ACTIVE = str.maketrans({char: f"\\{char}" for char in "\\`*_[]()|<>!~"})


def formula_safe(text: str) -> str:
    return f"'{text}" if text.lstrip(" ").startswith(_BEGINS_FORMULA) else text


def csv_cell(value: Any) -> str:
    return formula_safe(_text(sanitize(value)))


def markdown_cell(value: Any) -> str:
    return one_line(_text(sanitize(value))).translate(_ACTIVE)


def _text(value: Any) -> str:
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False, sort_keys=True)
    return "" if value is None else str(value)
