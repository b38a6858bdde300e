"""Settings of `manage.py up` itself, which runs before any database is there.

What it starts (migrations, worker, web) runs on the real settings.
"""

from opspanel import env

SECRET_KEY = "unused"  # noqa: S105 - nothing is signed here
OPSPANEL_CONFIG = env.text("OPSPANEL_CONFIG", env.DEMO_PANEL_TOML)
INSTALLED_APPS = [
    "opspanel.apps.OpsConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
]
AUTH_USER_MODEL = "ops.User"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
