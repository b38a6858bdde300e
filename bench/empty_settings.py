"""Django with nothing around a view."""

from bench.stock_settings import *  # noqa: F403 - settings are made to be extended so

STOCK_MIDDLEWARE: list[str] = []
