"""Pictures of faces: taken, kept small, and compared as a coarse grid of brightness.

All by the browser itself, which knows pictures well. What a font or an edge changes is
lost in the grid; a part that is gone, moved or laid over another is not.
"""

import base64
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Page

from tests.looks.faces import Face

SCREENS = Path(__file__).parents[2] / "docs" / "screens"
# Of 255: less than the tint of a tile, more than other fonts make of a line of text.
NOTABLE = 20
MOST_CELLS = 0.07
SMALL = """async ([picture, width, quality]) => {
  const blob = await (await fetch(`data:image/png;base64,${picture}`)).blob();
  const bitmap = await createImageBitmap(blob);
  const height = Math.round((bitmap.height * width) / bitmap.width);
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext("2d");
  context.imageSmoothingQuality = "high";
  context.drawImage(bitmap, 0, 0, width, height);
  const small = await canvas.convertToBlob({ type: "image/webp", quality });
  return btoa(Array.from(new Uint8Array(await small.arrayBuffer()), (byte) => String.fromCharCode(byte)).join(""));
}"""
GRID = """async ([picture, columns, rows]) => {
  const blob = await (await fetch(`data:image/webp;base64,${picture}`)).blob();
  const bitmap = await createImageBitmap(blob);
  const canvas = new OffscreenCanvas(columns, rows);
  const context = canvas.getContext("2d");
  context.imageSmoothingQuality = "high";
  context.drawImage(bitmap, 0, 0, columns, rows);
  const { data } = context.getImageData(0, 0, columns, rows);
  return Array.from({ length: columns * rows }, (_, at) =>
    Math.round(0.2126 * data[4 * at] + 0.7152 * data[4 * at + 1] + 0.0722 * data[4 * at + 2]));
}"""


@dataclass(frozen=True, slots=True)
class View:
    """How faces are looked at. `kept_width`: of the stored picture; `cell`: of the grid, in
    px, about two lines of text."""

    name: str
    width: int
    height: int
    kept_width: int
    scheme: str = "dark"
    cell: int = 30

    @property
    def grid(self) -> tuple[int, int]:
        return self.width // self.cell, self.height // self.cell

    @property
    def options(self) -> dict:
        size = {"width": self.width, "height": self.height}
        return {"viewport": size, "color_scheme": self.scheme}


LIGHT = View("light", 1440, 990, 960, "light")
DARK = View("dark", 1440, 990, 960)
PHONE = View("phone", 390, 840, 390, "light")
WALL = View("wall", 1920, 1080, 960, cell=90)
HUGE = View("4k", 3840, 2160, 1280, cell=60)
VIEWS = (LIGHT, DARK, PHONE, WALL, HUGE)
# On a phone: what somebody who is woken at night opens there.
CARRIED = (
    "overview-healthy",
    "overview-unhealthy",
    "overview-stale",
    "incidents",
    "incident-open",
    "declare",
    "handover",
    "alerts",
    "error-kept",
    "past",
    "slos",
    "watchlist",
    "watch-item",
    "sign-in",
    "prove-passkey",
)
ENLARGED = ("overview-unhealthy",)
# But for their words like the one that nothing was found.
ALIKE = ("error-400", "error-403", "error-500", "error-expired")


def views_of(name: str) -> tuple[View, ...]:
    if name in ALIKE:
        return ()
    usual = (WALL,) if name.startswith("wall-") else (LIGHT, DARK)
    carried = (PHONE,) if name in CARRIED else ()
    return usual + carried + ((HUGE,) if name in ENLARGED else ())


def kept_at(name: str, view: View) -> Path:
    return SCREENS / f"{name if view is WALL else f'{name}-{view.name}'}.webp"


def seen_by(view: View, faces: dict[str, Face]) -> Iterator[tuple[str, Face]]:
    for name, face in faces.items():
        if view in views_of(name):
            yield name, face


def taken(page: Page) -> str:
    return base64.b64encode(page.screenshot(animations="disabled")).decode()


def small(paper: Page, picture: str, view: View) -> bytes:
    """As WebP. `paper` is an empty page, whose policy allows what this needs."""
    return base64.b64decode(paper.evaluate(SMALL, [picture, view.kept_width, 0.45]))


def difference(paper: Page, picture: str, name: str, view: View) -> float:
    """The share of cells, from 0 to 1, whose brightness is notably another. Both are
    made small first: what that does to hatching is no difference."""
    now = _brightness(paper, small(paper, picture, view), view)
    then = _brightness(paper, kept_at(name, view).read_bytes(), view)
    notable = [abs(a - b) > NOTABLE for a, b in zip(now, then, strict=True)]
    return sum(notable) / len(notable)


def _brightness(paper: Page, picture: bytes, view: View) -> list[int]:
    encoded = base64.b64encode(picture).decode()
    return paper.evaluate(GRID, [encoded, *view.grid])
