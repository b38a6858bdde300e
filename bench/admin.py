"""The index of an admin that knows accounts, groups and incidents."""

from django.contrib.admin import AdminSite
from django.contrib.auth.models import Group
from django.http import HttpRequest
from django.urls import path

from bench.stock import empty
from opspanel.models import Incident, User


class Site(AdminSite):
    def has_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.is_authenticated)


site = Site()
site.register([User, Group, Incident])

urlpatterns = [path("admin/", site.urls), path("empty", empty)]
