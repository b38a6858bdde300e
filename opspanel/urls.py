"""Every route. The page's own live part is the page's address."""

from django.urls import include, path

from opspanel.views import account, audit, health, investigate, overview, runbooks

ops = [
    path("overview", overview.overview, name="overview"),
    path("overview.json", overview.overview_json, name="overview-json"),
    path("runbooks/<str:runbook_id>", runbooks.runbook, name="runbook"),
    path("trace", investigate.trace, name="trace"),
    path("audit", audit.audit, name="audit"),
    path("audit/export", audit.audit_export, name="audit-export"),
    path("sign-in", account.sign_in, name="sign-in"),
    path("sign-out", account.sign_out, name="sign-out"),
]

urlpatterns = [
    path("", overview.home, name="home"),
    path("admin/ops/", include((ops, "ops"))),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
]

handler400 = "opspanel.views.errors.bad_request"
handler403 = "opspanel.views.errors.forbidden"
handler404 = "opspanel.views.errors.not_found"
handler500 = "opspanel.views.errors.server_error"
