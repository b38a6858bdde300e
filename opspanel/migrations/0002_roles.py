"""The three roles, as groups of permissions."""

from typing import Any

from django.db import migrations

PERMISSIONS = {
    "view_overview": "See the overview",
    "record_incidents": "Record incidents",
    "manage_access": "Manage accounts, tokens and screens",
}
ROLES = {
    "viewer": ["view_overview"],
    "on-call": ["view_overview", "record_incidents"],
    "admin": ["view_overview", "record_incidents", "manage_access"],
}


def make_roles(apps: Any, schema_editor: Any) -> None:
    # Django makes permissions only after all migrations; groups need them now.
    content_type, _ = apps.get_model("contenttypes", "ContentType").objects.get_or_create(
        app_label="ops", model="permissions"
    )
    known = {
        codename: apps.get_model("auth", "Permission").objects.get_or_create(
            content_type=content_type, codename=codename, defaults={"name": name}
        )[0]
        for codename, name in PERMISSIONS.items()
    }
    for role, codenames in ROLES.items():
        group, _ = apps.get_model("auth", "Group").objects.get_or_create(name=role)
        group.permissions.set([known[codename] for codename in codenames])


def remove_roles(apps: Any, schema_editor: Any) -> None:
    apps.get_model("auth", "Group").objects.filter(name__in=ROLES).delete()


class Migration(migrations.Migration):
    dependencies = [("ops", "0001_initial"), ("contenttypes", "0002_remove_content_type_name")]

    operations = [migrations.RunPython(make_roles, remove_roles)]
