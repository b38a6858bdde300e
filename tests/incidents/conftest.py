"""Two people, and incidents in every status."""

from uuid import uuid4

import pytest
from django.contrib.auth.models import Group

from opspanel.incidents import Draft, Move, Submission, declare, move
from opspanel.models import Incident, User
from opspanel.terms import IncidentStatus as Status

WAY = {
    Status.OPEN: [],
    Status.MITIGATED: [Move(to=Status.MITIGATED)],
    Status.RESOLVED: [Move(to=Status.RESOLVED)],
    Status.VOID: [Move(to=Status.VOID, closure_reason="false_alarm")],
}


def person(name, role="on-call"):
    user, _ = User.objects.get_or_create(username=name)
    user.groups.add(Group.objects.get(name=role))
    return user


class By:
    """`by(name)` is an act of that person, with a key of its own."""

    def __call__(self, name="ana", role="on-call", **other):
        user = person(name, role)
        sent = Submission.person(user, other.pop("client_key", None) or uuid4())
        return Submission(
            **{
                "actor": sent.actor,
                "origin": sent.origin,
                "client_key": sent.client_key,
                "may_void_resolved": sent.may_void_resolved,
                **other,
            }
        )


@pytest.fixture
def by(db):
    return By()


@pytest.fixture
def made(by):
    """`made(status, **draft)`: an incident in that status."""

    def make(status=Status.OPEN, **draft):
        sent = by()
        found = declare(Draft(**{"title": "Checkout fails", **draft}), sent)
        for step in WAY[status]:
            move(found.id, step, by())
        return Incident.objects.get(pk=found.id)

    return make
