"""A page whose questions are answered by failures alone from the moment it was opened."""

from tests import snapshots
from tests.pages.hurried import HurriedPage, HurriedStage
from tests.pages.stage import serving


def test_it_keeps_what_it_showed_and_marks_it(browser):
    """It is not loaded anew, which would leave its reader with the failure alone."""
    with serving(HurriedStage()) as stage:
        stage.interval = 5.0
        stage.show(snapshots.healthy)
        view = HurriedPage(browser, stage)
        stage.act = "failing"
        *_, last = view.play(120)  # it says so where the page would leave
        assert last[1] is False, "it looks fresh"
        assert view.page.locator("#lost:not([hidden])").count()
        view.close()
