"""Points become verdicts, and verdicts items, in the panel's own tables."""

from datetime import timedelta

import pytest

from opspanel import tasks
from opspanel.models import WatchEvent, WatchItem, WatchPoint, WatchSignal
from opspanel.panel.load import configured_panel
from opspanel.panel.watch import WatchItem as Listed
from opspanel.panel.watch import Watchlist
from opspanel.terms import Detector, WatchState, WatchStatus
from opspanel.watch.points import DAY
from opspanel.watchlist import listing
from opspanel.watchlist.gathering import Asked, Measurement
from opspanel.watchlist.items import keep_listed
from opspanel.watchlist.judging import judge_signal, look
from opspanel.watchlist.keeping import (
    MOST_SUBJECTS,
    keep,
    points_of,
    trim,
    vanished,
)
from opspanel.watchlist.listing import overview, signals
from opspanel.watchlist.precision import precisions, suspended
from tests.watch.given import LAST
from tests.watchlist.given import NOW, PLANTED, calm, raised, signal, watch

pytestmark = pytest.mark.django_db


@pytest.fixture
def only(monkeypatch):
    """Gives the panel nothing but these watches."""
    panel = configured_panel()

    def set_to(*watches):
        changed = panel.model_copy(update={"watch": watches})
        for module in (tasks, listing):
            monkeypatch.setattr(module, "configured_panel", lambda: changed)
        return changed

    return set_to


def happened(item):
    return list(item.events.order_by("pk").values_list("type", flat=True))


def test_what_is_measured_is_kept_once_a_slot():
    found = [Measurement(watch(), "PAYMENTS", 3.0)]
    keep(found, LAST, NOW)
    keep([Measurement(watch(), "PAYMENTS", 4.0)], LAST, NOW)
    [point] = WatchPoint.objects.all()
    assert (point.signal.subject, point.slot, point.value) == ("PAYMENTS", LAST, 3.0)


def test_points_come_back_on_their_grid_with_gaps():
    points = points_of(signal([1.0, None, 3.0]), LAST)
    assert list(points.values[-3:]) == [1.0, None, 3.0]
    assert points.last == LAST


def test_old_points_are_removed_in_batches():
    made = signal([1.0])
    WatchPoint.objects.create(signal=made, slot=LAST - 40 * DAY, value=1.0)
    assert trim(LAST, 35) == 1
    assert WatchPoint.objects.count() == 1


def test_a_raised_signal_opens_one_item_however_often_it_is_judged():
    made = raised()
    judge_signal(made, watch(), LAST)
    item = WatchItem.objects.get()
    assert item.title == "depth of the queue"
    assert item.line.startswith("depth of the queue 150, limit 100")
    assert item.detector == Detector.OVER_LIMIT
    assert happened(item) == ["raised"]


def test_it_ends_by_itself_when_calm_if_nobody_took_it_up():
    made = raised()
    calm(made)
    item = WatchItem.objects.get()
    assert item.status == WatchStatus.DONE
    assert item.ended_at is not None
    assert happened(item) == ["raised", "ended"]


def test_what_somebody_took_up_stays_and_says_that_it_is_calm():
    made = raised()
    WatchItem.objects.update(status=WatchStatus.IN_PROGRESS.value)
    calm(made)
    item = WatchItem.objects.get()
    assert item.status == WatchStatus.IN_PROGRESS
    assert item.ended_at is not None


def test_a_muted_signal_opens_nothing():
    made = raised()
    WatchItem.objects.update(
        status=WatchStatus.DONE.value, muted_until=NOW + timedelta(days=1)
    )
    judge_signal(made, watch(), LAST)
    assert WatchItem.objects.count() == 1


def test_a_suspended_detector_opens_nothing():
    made = signal([150.0] * 3)
    judge_signal(made, watch(), LAST, (Detector.OVER_LIMIT,))
    assert not WatchItem.objects.exists()
    assert made.state == WatchState.QUIET


def test_listed_items_keep_what_people_said_of_them():
    """panel.toml has the last word on what an item is, people on how far it is."""
    listed = Listed(id="keys", title="Rotate keys", owner="security", why="because")
    keep_listed((listed,), NOW)
    WatchItem.objects.update(status=WatchStatus.PLANNED.value, progress="half")
    keep_listed((listed.model_copy(update={"title": "Rotate all keys"}),), NOW)
    item = WatchItem.objects.get()
    assert (item.title, item.status, item.progress) == (
        "Rotate all keys",
        "planned",
        "half",
    )


def test_an_item_that_is_no_longer_listed_is_done():
    listed = Listed(id="keys", title="Rotate keys", owner="security", why="because")
    keep_listed((listed,), NOW)
    keep_listed((), NOW)
    assert WatchItem.objects.get().status == WatchStatus.DONE
    assert WatchEvent.objects.last().body == "no longer listed in panel.toml"


def said(feedback, times, detector=Detector.SURGE):
    for number in range(times):
        WatchItem.objects.create(
            detector=detector.value,
            title=f"{feedback} {number}",
            owner="us",
            severity=3,
            opened_at=NOW,
            status=WatchStatus.DONE.value,
            feedback=feedback,
            feedback_at=NOW,
        )


def test_a_detector_that_was_mostly_wrong_is_suspended_and_told():
    said("confirmed", 2)
    said("dismissed", 3)
    [found] = precisions(Watchlist(), NOW)
    assert (found.share, found.suspended) == (0.4, True)
    assert overview(NOW).suspended == (Detector.SURGE,)


def test_few_verdicts_suspend_nothing():
    said("dismissed", 4)
    assert suspended(Watchlist(), NOW) == ()


def test_what_was_said_three_months_ago_is_forgotten():
    said("dismissed", 9)
    assert suspended(Watchlist(), NOW + timedelta(days=91)) == ()


def test_only_the_gravest_items_are_shown_and_the_rest_is_counted():
    for number in range(23):
        raised(subject=f"s{number:02}", severity=2 if number == 7 else 3)
    found = overview(NOW)
    assert len(found.found) == 20
    assert found.not_shown == 3
    assert found.found[0].title == "depth of the queue: s07"


def test_the_overview_tells_how_many_are_learning_or_silent(only):
    """What panel.toml lists and nobody could measure yet is silent as well."""
    only(watch(id="new"), watch(id="never"))
    signal(subject="gone")
    WatchSignal.objects.create(
        watch="new", state=WatchState.LEARNING.value, judged_at=NOW
    )
    found = overview(NOW)
    assert (found.watched, found.learning, found.silent) == (3, 1, 2)
    assert found.judged_at == NOW
    assert "never measured" in signals()[-1].line


def test_what_panel_toml_no_longer_names_is_forgotten_and_its_item_ends(only):
    raised()
    look(only(), None, Asked(), LAST + 1)
    assert not WatchSignal.objects.exists()
    assert WatchItem.objects.get(listed_as="").status == WatchStatus.DONE


def test_the_worker_judges_a_slot_once(only):
    """However many workers are asked, and it does not fail where no source answers."""
    only(watch(figure="screens.silent"))
    tasks.watch()
    tasks.watch()
    assert WatchPoint.objects.count() == 1
    assert WatchSignal.objects.get().line == "depth of the queue 0"


def test_what_comes_from_outside_is_cleaned_on_its_way_out():
    raised(subject=PLANTED)
    [item] = overview(NOW).found
    assert PLANTED not in item.title + item.line


def test_names_that_come_and_go_are_bounded():
    """Of one watch so many; a name that is known is measured all the same."""
    keep([Measurement(watch(), "first", 1.0)], LAST - 1, NOW)
    many = [Measurement(watch(), f"pod-{n}", 1.0) for n in range(500)]
    keep([*many, Measurement(watch(), "first", 2.0)], LAST, NOW)
    assert WatchSignal.objects.count() == MOST_SUBJECTS
    assert WatchPoint.objects.filter(signal__subject="first").count() == 2


def test_what_was_not_measured_for_a_week_has_vanished():
    """A gap of days is one; an instance that is gone is not judged for ever."""
    here, gone = signal([1.0], subject="here"), signal([1.0], subject="gone")
    assert set(vanished(LAST + 6 * DAY)) == set()
    WatchPoint.objects.create(signal=here, slot=LAST + 8 * DAY, value=1.0)
    assert set(vanished(LAST + 8 * DAY)) == {gone}


def test_a_change_by_a_person_is_not_undone_by_what_panel_toml_says():
    """Only what the file says is written, and only where it changed."""
    listed = Listed(id="keys", title="Rotate keys", owner="security", why="because")
    keep_listed((listed,), NOW)
    WatchItem.objects.update(progress="half of them")
    keep_listed((listed.model_copy(update={"title": "Rotate all keys"}),), NOW)
    item = WatchItem.objects.get()
    assert (item.title, item.progress) == ("Rotate all keys", "half of them")


def test_a_long_subject_is_cut_in_the_title():
    raised(subject="x" * 120, name="n" * 80)
    assert len(WatchItem.objects.get().title) == 200


def test_a_suspended_detector_ends_what_it_raised():
    """It says so, instead of staying for ever."""
    made = raised()
    verdict = judge_signal(made, watch(), LAST + 1, (Detector(made.detector),))
    assert verdict.state is WatchState.QUIET
    assert "suspended" in verdict.line
    assert WatchItem.objects.get().ended_at is not None
