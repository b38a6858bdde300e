"""Who records incidents may tend the watchlist, too."""

from typing import Any

from django.db import migrations


def give(apps: Any, schema_editor: Any) -> None:
    content_type = apps.get_model("contenttypes", "ContentType").objects.get(
        app_label="ops", model="permissions"
    )
    permission, _ = apps.get_model("auth", "Permission").objects.get_or_create(
        content_type=content_type,
        codename="tend_watchlist",
        defaults={"name": "Tend the watchlist"},
    )
    for group in apps.get_model("auth", "Group").objects.filter(
        name__in=["on-call", "admin"]
    ):
        group.permissions.add(permission)


def take(apps: Any, schema_editor: Any) -> None:
    apps.get_model("auth", "Permission").objects.filter(
        content_type__app_label="ops", codename="tend_watchlist"
    ).delete()


class Migration(migrations.Migration):
    dependencies = [("ops", "0140_watchlist")]

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
                    ("tend_watchlist", "Tend the watchlist"),
                ),
            },
        ),
        migrations.RunPython(give, take),
    ]
