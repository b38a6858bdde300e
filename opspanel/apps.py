from django.apps import AppConfig
from django.core.exceptions import ImproperlyConfigured

from opspanel.panel.load import PanelConfigError, configured_panel


class OpsConfig(AppConfig):
    name = "opspanel"
    label = "ops"
    verbose_name = "Operations panel"

    def ready(self) -> None:
        try:
            configured_panel()
        except PanelConfigError as error:
            raise ImproperlyConfigured(str(error)) from None
        from opspanel.access import sessions  # noqa: PLC0415 - needs the models
        from opspanel.audit import signals  # noqa: PLC0415 - needs the models

        sessions.connect()
        signals.connect()
