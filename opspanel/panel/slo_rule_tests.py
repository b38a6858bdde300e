"""Tests for promtool of the rules that `slo_rules` writes: an hour and a half in which
nothing is good pages, one in which all is good does not."""

from typing import Any

from opspanel.panel.config import PanelConfig
from opspanel.panel.section import Labels
from opspanel.panel.slo_rules import ALERT, RULES_FILE, alert_rule, matching, to_record
from opspanel.panel.slos import GOOD, TOTAL, Latency, Slo, fill_labels
from opspanel.terms import Urgency

_MINUTES = 90
_EVENTS = f"0+60x{_MINUTES}"
_NONE = f"0+0x{_MINUTES}"


def rule_tests(panel: PanelConfig) -> dict[str, Any]:
    """SLOs whose matchers are not all `=` are left out: no series can be made of them."""
    cases = [
        _case(slo, panel.labels, burns=burns)
        for slo in to_record(panel)
        if not _is_vague(slo)
        for burns in (True, False)
    ]
    return {"rule_files": [RULES_FILE], "evaluation_interval": "5m", "tests": cases}


def _case(slo: Slo, labels: Labels, *, burns: bool) -> dict[str, Any]:
    good = _NONE if burns else _EVENTS
    series = _series(slo, labels, good)
    return {
        "interval": "1m",
        "input_series": [{"series": name, "values": seen} for name, seen in series],
        "alert_rule_test": [
            {
                "eval_time": f"{_MINUTES}m",
                "alertname": ALERT,
                "exp_alerts": [_expected(slo, each) for each in Urgency]
                if burns
                else [],
            }
        ],
    }


def _expected(slo: Slo, urgency: Urgency) -> dict[str, Any]:
    rule = alert_rule(slo, urgency)
    return {"exp_labels": rule["labels"], "exp_annotations": rule["annotations"]}


def _series(slo: Slo, labels: Labels, good: str) -> list[tuple[str, str]]:
    indicator = slo.indicator
    if not isinstance(indicator, Latency):
        counters = indicator.counters
        return [
            (fill_labels(counters[GOOD], labels), good),
            (fill_labels(counters[TOTAL], labels), _EVENTS),
        ]
    bucket = fill_labels(indicator.bucket, labels)
    found = [
        (matching(bucket, f'le="{indicator.threshold_seconds!r}"'), good),
        (matching(bucket, 'le="+Inf"'), _EVENTS),
    ]
    if indicator.started:
        found.append((fill_labels(indicator.started, labels), _EVENTS))
    return found


def _is_vague(slo: Slo) -> bool:
    used = slo.indicator.counters.values()
    return any(sign in selector for selector in used for sign in ("!", "~"))
