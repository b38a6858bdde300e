"""A signal's verdict at one moment: what detectors find, with a memory against flapping.

Points decide all but two things, which the standing remembers: that it is raised, until
it was calm for half an hour, and when it ended, so that it is not raised again at once.
"""

from collections.abc import Collection
from dataclasses import replace

from opspanel.quantities import quantity
from opspanel.terms import Detector, WatchKind, WatchState
from opspanel.watch import exhaustion
from opspanel.watch.detect import detect
from opspanel.watch.points import DAY, STEP_SECONDS
from opspanel.watch.rule import COOL_DOWN, Found, Rule, Standing, Verdict
from opspanel.watch.usual import LEARNING_DAYS, Baseline
from opspanel.watch.wording import lasting

# It ends when so many points in a row were calm.
_CALM_POINTS = 6
_CALM_RATIO = 1.2
# Nothing that lasts is found without a newest point; so many may be missing first.
_MOST_SILENT = 6
_LEARNT = {WatchKind.USUAL: LEARNING_DAYS, WatchKind.RARE: LEARNING_DAYS}


def judge(
    rule: Rule,
    baseline: Baseline,
    slot: int,
    standing: Standing,
    suspended: Collection[Detector] = (),
) -> Verdict:
    """Never raises for what points hold: gaps and silence have verdicts of their own."""
    found = next(
        (
            each
            for each in detect(rule, baseline, slot)
            if each.detector not in suspended
        ),
        None,
    )
    learnt = baseline.days >= _LEARNT.get(rule.kind, 0)
    if standing.raised is not None:
        if found is None and standing.detector in suspended:
            line = f"{_now(rule, baseline, slot)}; its detector is suspended"
            return Verdict(
                state=WatchState.QUIET, line=line, standing=Standing(ended=slot)
            )
        return _raised(rule, baseline, slot, standing, found)
    if found is not None and learnt:
        return _new(found, slot, standing)
    return _nothing(rule, baseline, slot, standing)


def _new(found: Found, slot: int, standing: Standing) -> Verdict:
    cooling = standing.ended is not None and slot - standing.ended < COOL_DOWN
    if cooling:
        line = f"{found.line}; ended less than an hour ago"
        return Verdict(
            state=WatchState.COOLING, line=line, standing=standing, found=found
        )
    standing = Standing(raised=slot, ended=standing.ended, detector=found.detector)
    return Verdict(
        state=WatchState.RAISED, line=found.line, standing=standing, found=found
    )


def _raised(
    rule: Rule, baseline: Baseline, slot: int, standing: Standing, found: Found | None
) -> Verdict:
    since = standing.raised or slot
    if found is not None:
        lasts = (slot - since) * STEP_SECONDS
        line = f"{found.line}, for {lasting(lasts)}" if lasts else found.line
        standing = replace(standing, detector=found.detector)
        return Verdict(
            state=WatchState.RAISED, line=line, standing=standing, found=found
        )
    if _is_calm(rule, baseline, slot):
        ended = Standing(ended=slot)
        line = f"{_now(rule, baseline, slot)}; ended after {lasting((slot - since) * STEP_SECONDS)}"
        return Verdict(state=WatchState.QUIET, line=line, standing=ended)
    line = f"{_now(rule, baseline, slot)}: not calm for half an hour yet"
    return Verdict(state=WatchState.RAISED, line=line, standing=standing)


def _nothing(rule: Rule, baseline: Baseline, slot: int, standing: Standing) -> Verdict:
    needed, days = _LEARNT.get(rule.kind, 0), baseline.days
    state = WatchState.QUIET
    line = _now(rule, baseline, slot)
    if _is_silent(baseline, slot):
        state, line = WatchState.SILENT, _silence(rule, baseline)
    elif days < needed:
        state = WatchState.LEARNING
        line = f"{line}; learning: {int(days)} of {needed} days"
    return Verdict(state=state, line=line, standing=standing)


def _is_calm(rule: Rule, baseline: Baseline, slot: int) -> bool:
    """None of the last points was near the gates; of what is missing nothing is said,
    but silence alone ends nothing."""
    seen = 0
    for each in range(slot - _CALM_POINTS + 1, slot + 1):
        value, usual = baseline.value(each), baseline.usual(each)
        if value is None:
            continue
        seen += 1
        if rule.kind is not WatchKind.USUAL:
            if next(detect(rule, baseline, each), None) is not None:
                return False
        elif usual is not None and (
            usual.ratio(value) >= _CALM_RATIO and value - usual.expected > rule.more / 2
        ):
            return False
    return seen > _CALM_POINTS // 2


def _is_silent(baseline: Baseline, slot: int) -> bool:
    recent = range(slot - _MOST_SILENT + 1, slot + 1)
    return all(baseline.value(each) is None for each in recent)


def _silence(rule: Rule, baseline: Baseline) -> str:
    why = "; ".join(baseline.points.remarks) or "no points"
    return f"{rule.name} cannot be judged: {why}"


def _now(rule: Rule, baseline: Baseline, slot: int) -> str:
    value, usual = baseline.value(slot), baseline.usual(slot)
    if value is None:
        return f"{rule.name} has no point now"
    told = f"{rule.name} {quantity(value, rule.unit)}"
    if rule.counts:
        told += " in 5 min"
    if rule.kind is WatchKind.USUAL and usual is not None:
        told += f", usual is {quantity(usual.expected, rule.unit)}"
    if rule.kind is WatchKind.FILLS:
        told += _of_filling(rule, baseline, slot)
    return told


def _of_filling(rule: Rule, baseline: Baseline, slot: int) -> str:
    told = f" of {quantity(rule.limit, rule.unit)}" if rule.limit else ""
    since = exhaustion.emptied(baseline.points, slot)
    if since is not None and since < DAY:
        told += f"; emptied {lasting(since * STEP_SECONDS)} ago, measured anew since"
    return told
