"""Pages look as their pictures in docs/screens/ do; `make screens` takes those anew."""

import pytest

from tests.looks import pictures
from tests.servers import environment

# All of them, and those of a phone, by `make check-screens`: on so narrow a screen another
# font wraps other lines, and all below them moves.
WHOLE = "LOOKS" in environment
VIEWS = [view for view in pictures.VIEWS if WHOLE or view is not pictures.PHONE]
FEW = ("overview-unhealthy", "overview-stale", "sign-in", "wall-unhealthy")
# Narrower, and with serifs.
OTHER_FONTS = ("DejaVu Sans Condensed", "DejaVu Serif")
DRESS = "font => (document.body.style.fontFamily = font)"


def wanted(name):
    return WHOLE or name in FEW


@pytest.mark.parametrize("view", VIEWS, ids=lambda view: view.name)
def test_nothing_has_moved(faces, window, view):
    """But for a few cells, whose brightness another font may change."""
    moved = {}
    with window(**view.options) as shown:
        for name, face in pictures.seen_by(view, faces):
            if wanted(name):
                picture = pictures.taken(shown.show(face))
                moved[name] = pictures.difference(shown.paper, picture, name, view)
    assert moved
    assert {
        name: share for name, share in moved.items() if share > pictures.MOST_CELLS
    } == {}


@pytest.mark.parametrize(
    "broken",
    [
        "document.querySelector('link[rel=stylesheet]').remove()",
        "document.querySelector('.decision').remove()",
        "document.querySelector('.cards').style.display = 'block'",
        "document.querySelector('main').style.paddingInlineStart = '8rem'",
    ],
)
def test_a_broken_layout_is_another_picture(faces, window, broken):
    """Without its style, without a part, with one laid out otherwise, or shifted."""
    name, view = "overview-unhealthy", pictures.LIGHT
    with window(**view.options) as shown:
        page = shown.show(faces[name])
        page.evaluate(broken)
        picture = pictures.taken(page)
        share = pictures.difference(shown.paper, picture, name, view)
    assert share > pictures.MOST_CELLS


@pytest.mark.parametrize(
    ("name", "view"),
    [("overview-unhealthy", pictures.LIGHT), ("wall-unhealthy", pictures.WALL)],
    ids=["page", "wall"],
)
def test_another_font_is_no_other_picture(faces, window, name, view):
    """Machines have different ones; that breaks nothing."""
    with window(**view.options) as shown:
        page = shown.show(faces[name])
        taken = [pictures.taken(page)]
        for font in OTHER_FONTS:
            page.evaluate(DRESS, font)
            taken.append(pictures.taken(page))
        shares = [pictures.difference(shown.paper, one, name, view) for one in taken]
    assert len(set(taken)) == len(taken)
    assert max(shares) <= pictures.MOST_CELLS


def test_every_face_has_its_pictures(faces):
    """And no picture is left of a face that is gone; together they stay small."""
    names = {
        pictures.kept_at(name, view).name
        for name in faces
        for view in pictures.views_of(name)
    }
    kept = list(pictures.SCREENS.iterdir())
    assert {file.name for file in kept} == names
    assert sum(file.stat().st_size for file in kept) < 3_000_000
