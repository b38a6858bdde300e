"""Django's own admin as it comes, but that it lets in whoever has a session."""

from bench.stock_settings import *  # noqa: F403 - settings are made to be extended so
from bench.stock_settings import INSTALLED_APPS, STOCK_MIDDLEWARE

ROOT_URLCONF = "bench.admin"
INSTALLED_APPS = [*INSTALLED_APPS, "django.contrib.admin", "django.contrib.messages"]
STOCK_MIDDLEWARE = [
    *STOCK_MIDDLEWARE,
    "django.contrib.messages.middleware.MessageMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]
STORAGES = {
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
}
