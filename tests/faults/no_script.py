"""A browser without script, and the panel as it is used by one."""

import re
import time
from uuid import uuid4

from django.test import Client
from django.urls import reverse

from tests.incidents.conftest import person

LONG_AGO = 120


class Browser:
    """Somebody signed in; `pause` makes the session one that was used a while ago."""

    def __init__(self, name="ana", role="admin"):
        self.client = Client(enforce_csrf_checks=True, raise_request_exception=False)
        self.user = person(name, role)
        self.client.force_login(self.user)

    def pause(self):
        session = self.client.session
        session["used_at"] = time.time() - LONG_AGO
        session.save()
        return session["used_at"]

    def token(self):
        page = self.client.get(reverse("ops:incident-declare")).text
        return re.search(r'csrfmiddlewaretoken" value="(\w+)"', page)[1]

    def sends(self, address, token, **fields):
        sent = {"client_key": str(uuid4()), "csrfmiddlewaretoken": token, **fields}
        return self.client.post(address, sent)
