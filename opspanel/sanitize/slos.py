"""The bridge for SLOs."""

from opspanel import assessment as raw
from opspanel.sanitize import fields, figures
from opspanel.snapshot import schema


def slo(judged: raw.Slo) -> schema.Slo:
    return schema.Slo(
        slo_id=fields.component_id(judged.slo_id),
        name=fields.component_name(judged.name),
        owner_domain=fields.owner(judged.owner_domain),
        status=judged.status,
        reason=fields.sentence(judged.reason),
        objective=figures.finite(judged.objective) or 0.0,
        objective_is_ours=judged.objective_is_ours,
        window_days=judged.window_days,
        threshold_seconds=figures.finite(judged.threshold_seconds),
        compliance=figures.figure(judged.compliance),
        bounds=_bounds(judged.bounds),
        budget_left=figures.figure(judged.budget_left),
        burn=figures.figure(judged.burn),
        exhausted_in=figures.optional_figure(judged.exhausted_in),
        events=figures.figure(judged.events),
        unfinished=figures.optional_figure(judged.unfinished),
        oldest_unfinished=figures.optional_figure(judged.oldest_unfinished),
        burns=tuple(map(_burn_rate, judged.burns)),
    )


def _bounds(bounds: raw.Bounds | None) -> schema.Bounds | None:
    if bounds is None:
        return None
    return schema.Bounds(
        at_least=figures.figure(bounds.at_least),
        at_most=figures.figure(bounds.at_most),
    )


def _burn_rate(rate: raw.BurnRate) -> schema.BurnRate:
    return schema.BurnRate(
        long_window=fields.query_name(rate.long_window),
        short_window=fields.query_name(rate.short_window),
        urgency=rate.urgency,
        factor=figures.finite(rate.factor) or 0.0,
        long=figures.figure(rate.long),
        short=figures.figure(rate.short),
        firing=rate.firing,
    )
