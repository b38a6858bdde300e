from django.apps import AppConfig, apps
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from opspanel import known_secrets
from opspanel.panel.config import PanelConfig
from opspanel.panel.load import PanelConfigError, configured_panel


class OpsConfig(AppConfig):
    name = "opspanel"
    label = "ops"
    verbose_name = "Operations panel"

    def ready(self) -> None:
        known_secrets.register_all(settings)
        try:
            panel = configured_panel()
        except PanelConfigError as error:
            raise ImproperlyConfigured(str(error)) from None
        from opspanel.access import sessions  # noqa: PLC0415 - needs the models
        from opspanel.audit import signals  # noqa: PLC0415 - needs the models

        sessions.connect()
        signals.connect()
        if apps.is_installed("allauth.mfa"):  # which `manage.py up` itself has not
            from opspanel import checks, settings_checks  # noqa: PLC0415
            from opspanel.access import strength, trail  # noqa: PLC0415

            checks.connect()
            settings_checks.connect()
            strength.connect()
            trail.connect()
            _refuse_webhooks_without_secret(panel)


def _refuse_webhooks_without_secret(panel: PanelConfig) -> None:
    for webhook in panel.webhooks:
        if webhook.name not in settings.OPSPANEL_WEBHOOK_SECRETS:
            message = f"OPSPANEL_WEBHOOK_SECRETS has no secret for `{webhook.name}`."
            raise ImproperlyConfigured(message)
