"""Admins may make resolved incidents void."""

from typing import Any

from django.db import migrations


def give(apps: Any, schema_editor: Any) -> None:
    content_type = apps.get_model("contenttypes", "ContentType").objects.get(
        app_label="ops", model="permissions"
    )
    permission, _ = apps.get_model("auth", "Permission").objects.get_or_create(
        content_type=content_type,
        codename="void_resolved_incidents",
        defaults={"name": "Make resolved incidents void"},
    )
    for group in apps.get_model("auth", "Group").objects.filter(name="admin"):
        group.permissions.add(permission)


def take(apps: Any, schema_editor: Any) -> None:
    apps.get_model("auth", "Permission").objects.filter(
        content_type__app_label="ops", codename="void_resolved_incidents"
    ).delete()


class Migration(migrations.Migration):
    dependencies = [("ops", "0043_incident_outbox")]

    operations = [
        migrations.AlterModelOptions(
            name="permissions",
            options={
                "default_permissions": (),
                "managed": False,
                "permissions": (
                    ("view_overview", "See the overview"),
                    ("record_incidents", "Record incidents"),
                    ("manage_access", "Manage accounts, tokens and screens"),
                    ("view_audit", "Read and export the audit trail"),
                    ("void_resolved_incidents", "Make resolved incidents void"),
                ),
            },
        ),
        migrations.RunPython(give, take),
    ]
