"""Incidents. Only `opspanel.incidents` writes them; that nothing in them is lost or
rewritten is the database's to keep: migrations 0041 and 0042."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from opspanel.terms import (
    ClosureReason,
    Impact,
    IncidentEventType,
    IncidentOrigin,
    IncidentStatus,
    Severity,
)

LONGEST_TITLE = 200
LONGEST_TEXT = 4_000
LONGEST_NAME = 150
LONGEST_KEY = 200
UNSETTLED = (IncidentStatus.OPEN.value, IncidentStatus.MITIGATED.value)


def _known(field: str, words: type) -> Q:
    return Q(**{f"{field}__in": [word.value for word in words]})  # type: ignore[attr-defined]


def _exactly_if(condition: Q, other: Q) -> Q:
    return (condition & other) | (~condition & ~other)


class Incident(models.Model):
    """What is so now; how it became so is in its events.

    `version` is the number of its last event. Times are the definitive ones: the first
    acknowledgement, the last mitigation and resolution, None where there is none now.
    `updated_at`: when somebody last told how things stand, None before that.
    """

    title = models.CharField(max_length=LONGEST_TITLE)
    summary = models.CharField(max_length=LONGEST_TEXT, blank=True, default="")
    customer_impact = models.CharField(max_length=LONGEST_TEXT, blank=True, default="")
    runbooks = models.JSONField(default=list)
    links = models.JSONField(default=list, db_default=[])
    status = models.CharField(max_length=10, default=IncidentStatus.OPEN.value)
    severity = models.SmallIntegerField(default=Severity.SEV3.value)
    is_drill = models.BooleanField(default=False)
    origin = models.CharField(max_length=6)
    started_at = models.DateTimeField()
    detected_at = models.DateTimeField(null=True)
    declared_at = models.DateTimeField()
    acknowledged_at = models.DateTimeField(null=True)
    mitigated_at = models.DateTimeField(null=True)
    resolved_at = models.DateTimeField(null=True)
    updated_at = models.DateTimeField(null=True)
    changed_at = models.DateTimeField()
    declared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    declared_by_label = models.CharField(max_length=LONGEST_NAME)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    owner_label = models.CharField(max_length=LONGEST_NAME, blank=True, default="")
    closure_reason = models.CharField(max_length=11, blank=True, default="")
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="duplicates"
    )
    recurs = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="recurrences"
    )
    dedup_key = models.CharField(max_length=LONGEST_KEY, blank=True, default="")
    client_key = models.UUIDField(unique=True, default=uuid.uuid4)
    version = models.PositiveIntegerField(default=0)

    class Meta:
        default_permissions = ()
        indexes = (
            models.Index(
                "status",
                "severity",
                F("started_at").desc(),
                name="ops_incident_overview",
            ),
            models.Index(F("declared_at").desc(), name="ops_incident_newest"),
            models.Index("changed_at", name="ops_incident_changed"),
        )
        constraints = (
            models.UniqueConstraint(
                fields=("dedup_key",),
                condition=Q(status__in=UNSETTLED) & ~Q(dedup_key=""),
                name="ops_incident_dedup_key",
            ),
            models.CheckConstraint(
                condition=Q(title__regex=r"\S"), name="ops_incident_titled"
            ),
            models.CheckConstraint(
                condition=_known("status", IncidentStatus), name="ops_incident_status"
            ),
            models.CheckConstraint(
                condition=_known("severity", Severity), name="ops_incident_severity"
            ),
            models.CheckConstraint(
                condition=_known("origin", IncidentOrigin), name="ops_incident_origin"
            ),
            models.CheckConstraint(
                condition=Q(closure_reason="")
                | _known("closure_reason", ClosureReason),
                name="ops_incident_closure",
            ),
            models.CheckConstraint(
                condition=_exactly_if(Q(status="void"), ~Q(closure_reason="")),
                name="ops_incident_void_has_reason",
            ),
            models.CheckConstraint(
                condition=_exactly_if(
                    Q(closure_reason="duplicate"), Q(merged_into__isnull=False)
                ),
                name="ops_incident_duplicate_of",
            ),
            models.CheckConstraint(
                condition=_exactly_if(
                    Q(status="resolved"), Q(resolved_at__isnull=False)
                ),
                name="ops_incident_resolved_has_time",
            ),
            models.CheckConstraint(
                condition=~Q(status="mitigated") | Q(mitigated_at__isnull=False),
                name="ops_incident_mitigated_has_time",
            ),
            models.CheckConstraint(
                condition=~Q(status="open") | Q(mitigated_at__isnull=True),
                name="ops_incident_open_has_no_end",
            ),
            models.CheckConstraint(
                condition=Q(mitigated_at__isnull=True)
                | Q(mitigated_at__gte=F("started_at")),
                name="ops_incident_mitigated_after_start",
            ),
            models.CheckConstraint(
                condition=Q(resolved_at__isnull=True)
                | Q(resolved_at__gte=F("started_at")),
                name="ops_incident_resolved_after_start",
            ),
            models.CheckConstraint(
                condition=~Q(merged_into=F("id")) | Q(merged_into__isnull=True),
                name="ops_incident_not_of_itself",
            ),
        )

    def __str__(self) -> str:
        return self.ref

    @property
    def ref(self) -> str:
        return f"INC-{self.pk}"


class IncidentService(models.Model):
    """One service that an incident hits. `service` is its id in panel.toml."""

    pk = models.CompositePrimaryKey("incident", "service")
    incident = models.ForeignKey(Incident, models.PROTECT, related_name="services")
    service = models.CharField(max_length=63)
    impact = models.CharField(max_length=8)

    class Meta:
        default_permissions = ()
        constraints = (
            models.CheckConstraint(
                condition=_known("impact", Impact), name="ops_incidentservice_impact"
            ),
        )

    def __str__(self) -> str:
        return f"{self.service} {self.impact}"


class IncidentEvent(models.Model):
    """One line of a timeline. Postgres refuses to change or remove it.

    `occurred_at` is when it was so, `recorded_at` when it was written down. `changes`:
    `{"severity": [3, 1]}`, times in ISO 8601. `amends`: the event that is corrected or
    redacted by this one. There is no foreign key to the actor: the line outlives the
    account. `key_digest`: the SHA-256 of what was sent with `client_key`, empty where
    nobody asked for it. `audit_seq`: the row of the audit trail that an ACTION_TAKEN refers to.
    """

    incident = models.ForeignKey(Incident, models.PROTECT, related_name="events")
    seq = models.PositiveIntegerField()
    type = models.CharField(max_length=14)
    occurred_at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=Now())
    actor_user_id = models.BigIntegerField(null=True)
    actor_label = models.CharField(max_length=LONGEST_NAME)
    origin = models.CharField(max_length=6)
    body = models.CharField(max_length=LONGEST_TEXT, blank=True, default="")
    changes = models.JSONField(default=dict)
    client_key = models.UUIDField(null=True, unique=True)
    key_digest = models.CharField(max_length=64, blank=True, default="", db_default="")
    amends = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="amended"
    )
    audit_seq = models.BigIntegerField(null=True)

    class Meta:
        default_permissions = ()
        constraints = (
            models.UniqueConstraint(
                fields=("incident", "seq"), name="ops_incidentevent_seq"
            ),
            models.CheckConstraint(
                condition=_known("type", IncidentEventType),
                name="ops_incidentevent_type",
            ),
            models.CheckConstraint(
                condition=_known("origin", IncidentOrigin),
                name="ops_incidentevent_origin",
            ),
        )

    def __str__(self) -> str:
        return f"event {self.seq}: {self.type}"
