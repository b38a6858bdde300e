"""The SLOs of panel.toml as Prometheus rules, and tests of those rules for promtool.

Names as Sloth gives them, so that dashboards made for its rules fit. Each ratio is of
events: an hour with a thousand of them weighs more than one with ten.
"""

import re
from collections.abc import Iterator
from typing import Any

from opspanel.panel.config import PanelConfig
from opspanel.panel.section import Labels
from opspanel.panel.slos import (
    BURN_ALERTS,
    GOOD,
    TOTAL,
    BurnAlert,
    Latency,
    Recorded,
    Slo,
    fill_labels,
    windows,
)
from opspanel.terms import Urgency

type Rule = dict[str, Any]

ALERT = "SloErrorBudgetBurn"
RULES_FILE = "opspanel-slo-rules.yml"


def rules(panel: PanelConfig) -> Rule:
    """A Prometheus rule file."""
    groups = [
        {"name": f"opspanel-slo-{slo.id}", "rules": list(_of(slo, panel.labels))}
        for slo in to_record(panel)
    ]
    return {"groups": groups}


def to_record(panel: PanelConfig) -> list[Slo]:
    """What somebody records already is not recorded twice."""
    return [slo for slo in panel.slos if not isinstance(slo.indicator, Recorded)]


def _of(slo: Slo, labels: Labels) -> Iterator[Rule]:
    good, total = _selectors(slo, labels)
    for window in windows(slo):
        yield _record(
            slo,
            f"slo:sli_error:ratio_rate{window}",
            f"1 - (sum(increase({good}[{window}])) / sum(increase({total}[{window}])))",
        )
    for window in dict.fromkeys(alert.long for alert in BURN_ALERTS):
        events = f"sum(increase({total}[{window}]))"
        yield _record(slo, f"slo:events:increase{window}", events)
    yield _record(slo, "slo:objective:ratio", f"vector({slo.objective})")
    left = f"1 - slo:sli_error:ratio_rate{slo.period}{_named(slo)} / {_budget(slo)}"
    yield _record(slo, "slo:period_error_budget_remaining:ratio", left)
    for urgency in Urgency:
        yield alert_rule(slo, urgency)


def _record(slo: Slo, name: str, expression: str) -> Rule:
    labels = {"slo": slo.id, "owner": slo.owner}
    return {"record": name, "expr": expression, "labels": labels}


def alert_rule(slo: Slo, urgency: Urgency) -> Rule:
    """Both pairs of an urgency in one rule, so that a burn never alarms twice."""
    pairs = [alert for alert in BURN_ALERTS if alert.urgency is urgency]
    return {
        "alert": ALERT,
        "expr": "\nor\n".join(f"({_burns(slo, alert)})" for alert in pairs),
        "labels": {"severity": urgency.value, "slo": slo.id, "owner": slo.owner},
        "annotations": {
            "summary": f"{slo.name}: the error budget burns too fast",
            "runbooks": ", ".join(slo.runbooks),
        },
    }


def _burns(slo: Slo, alert: BurnAlert) -> str:
    limit = f"{alert.factor(slo.window_days) * (1 - slo.objective):.10g}"
    rate, named = "slo:sli_error:ratio_rate", _named(slo)
    return (
        f"{rate}{alert.short}{named} > {limit} and {rate}{alert.long}{named} > {limit} "
        f"and slo:events:increase{alert.long}{named} >= {slo.minimum_events}"
    )


def _named(slo: Slo) -> str:
    return f'{{slo="{slo.id}"}}'


def _budget(slo: Slo) -> str:
    return f"{1 - slo.objective:.10g}"


def _selectors(slo: Slo, labels: Labels) -> tuple[str, str]:
    """Of the good events, and of all."""
    indicator = slo.indicator
    if not isinstance(indicator, Latency):
        good, total = indicator.counters[GOOD], indicator.counters[TOTAL]
        return fill_labels(good, labels), fill_labels(total, labels)
    bucket = fill_labels(indicator.bucket, labels)
    good = matching(bucket, f'le=~"{_edge(indicator.threshold_seconds)}"')
    if indicator.started:
        return good, fill_labels(indicator.started, labels)
    return good, matching(bucket, 'le="+Inf"')


def matching(selector: str, matcher: str) -> str:
    """The selector with one more matcher."""
    name, _, rest = selector.partition("{")
    others = rest.removesuffix("}").strip().rstrip(",")
    return f"{name}{{{f'{others},' if others else ''}{matcher}}}"


def _edge(seconds: float) -> str:
    """As client libraries write it: `1.0` and `1`."""
    return "|".join(
        re.escape(text).replace("\\", "\\\\")
        for text in dict.fromkeys((repr(float(seconds)), f"{seconds:g}"))
    )
