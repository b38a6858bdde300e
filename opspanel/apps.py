from django.apps import AppConfig, apps
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from opspanel import known_secrets
from opspanel.panel.load import PanelConfigError, configured_panel


class OpsConfig(AppConfig):
    name = "opspanel"
    label = "ops"
    verbose_name = "Operations panel"

    def ready(self) -> None:
        known_secrets.register_all(settings)
        try:
            configured_panel()
        except PanelConfigError as error:
            raise ImproperlyConfigured(str(error)) from None
        from opspanel.access import sessions  # noqa: PLC0415 - needs the models
        from opspanel.audit import signals  # noqa: PLC0415 - needs the models

        sessions.connect()
        signals.connect()
        if apps.is_installed("allauth.mfa"):  # which `manage.py up` itself has not
            from opspanel import checks  # noqa: PLC0415
            from opspanel.access import strength  # noqa: PLC0415

            checks.connect()
            strength.connect()
