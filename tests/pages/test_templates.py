"""Rules for templates, styles and scripts that no linter knows."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
STYLES = sorted((ROOT / "static" / "css").glob("*.css"))
SCRIPTS = [
    *sorted((ROOT / "static" / "js").rglob("*.js")),
    *sorted((ROOT / "templates").rglob("*.js")),
]


def named(paths):
    return pytest.mark.parametrize(
        "path", paths, ids=lambda path: f"{path.parent.name}/{path.name}"
    )


def test_there_are_templates_styles_and_scripts():
    """The rules below look at something."""
    assert len(TEMPLATES) > 10
    assert STYLES
    assert SCRIPTS


@named([path for path in TEMPLATES if path.name.startswith("_")])
def test_components_hold_no_htmx(path):
    """They are part of what a poll brings; only the frame around them may act."""
    assert not re.search(r"\s(data-)?hx-", path.read_text())


@pytest.mark.parametrize(
    ("paths", "limit"),
    [(TEMPLATES, 100), (STYLES, 150), (SCRIPTS, 60)],
    ids=["templates", "styles", "scripts"],
)
def test_files_stay_small(paths, limit):
    """Small enough to be read at once."""
    long = [path.name for path in paths if len(path.read_text().splitlines()) > limit]
    assert long == []


def test_all_scripts_together_fit_on_a_few_screens():
    """The overview's own behaviour can be read in one go."""
    overview = [path for path in SCRIPTS if path.parent.name == "js"]
    assert sum(len(path.read_text().splitlines()) for path in overview) <= 470


@named(SCRIPTS)
def test_scripts_put_no_markup_into_the_page(path):
    """Text goes in as text; only htmx, behind its policy, parses mark-up."""
    assert not re.search(r"innerHTML|outerHTML|insertAdjacent|eval\(", path.read_text())


@named(SCRIPTS)
def test_scripts_never_read_the_wall_clock(path):
    """Ages come from the server's time and the monotonic clock. Only how far the two
    clocks are apart may be looked at: that tells that the computer slept."""
    script = path.read_text().replace("Date.now() - performance.now()", "")
    assert not re.search(r"Date\.now|new Date\(\)", script)
