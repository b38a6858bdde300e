"""Django as it comes: its own session, user and permission check for each request."""

from bench.readers_settings import *  # noqa: F403 - settings are made to be extended so

ROOT_URLCONF = "bench.stock"
# Put in by bench.stock_wsgi: with these alone, the panel's apps do not start.
STOCK_MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "opspanel.access.passwords.PasswordBackend",  # which the sessions name
]
