"""Every route. The page's own live part is the page's address."""

from django.urls import include, path

from opspanel.views import (
    account,
    alertmanager,
    alerts,
    api_deploys,
    api_incidents,
    audit,
    changes,
    charts,
    csp_report,
    handover,
    health,
    incident_declare,
    incident_export,
    incident_feeds,
    incident_page,
    incidents,
    investigate,
    overview,
    runbooks,
    screens,
    sign_on,
    slos,
    wall,
    wall_demo,
    wall_start,
    watchlist,
)
from opspanel.views.incident_acts import ACTS

ops = [
    path("overview", overview.overview, name="overview"),
    path("overview.json", overview.overview_json, name="overview-json"),
    path("charts", charts.chart_page, name="charts"),
    path("changes", changes.changes, name="changes"),
    path("slos", slos.slos, name="slos"),
    path("watchlist", watchlist.watchlist, name="watchlist"),
    path("watchlist/<int:number>", watchlist.watch_item, name="watch-item"),
    path("watchlist/<int:number>/change", watchlist.watch_change, name="watch-change"),
    path(
        "watchlist/<int:number>/confirm", watchlist.watch_confirm, name="watch-confirm"
    ),
    path(
        "watchlist/<int:number>/dismiss", watchlist.watch_dismiss, name="watch-dismiss"
    ),
    path(
        "watchlist/<int:number>/promote", watchlist.watch_promote, name="watch-promote"
    ),
    path("runbooks/<str:runbook_id>", runbooks.runbook, name="runbook"),
    path("incidents", incidents.incidents, name="incidents"),
    path(
        "incidents/declare", incident_declare.incident_declare, name="incident-declare"
    ),
    path("incidents/since", handover.handover, name="handover"),
    path("incidents/since.md", handover.handover_md, name="handover-md"),
    path("incidents/<int:number>", incident_page.incident, name="incident"),
    path(
        "incidents/<int:number>/suspects",
        incident_page.suspect_acts,
        name="incident-suspects",
    ),
    *(
        path(
            f"incidents/<int:number>/{act}",
            incident_page.posting(act),
            name=f"incident-{act}",
        )
        for act in ACTS
    ),
    path("trace", investigate.trace, name="trace"),
    path("alerts", alerts.alerts, name="alerts"),
    path(
        "incidents/<int:number>.md",
        incident_export.incident_export,
        {"kind": "md"},
        name="incident-md",
    ),
    path(
        "incidents/<int:number>.json",
        incident_export.incident_export,
        {"kind": "json"},
        name="incident-json",
    ),
    path("audit", audit.audit, name="audit"),
    path("audit/export", audit.audit_export, name="audit-export"),
    path("wall", wall.wall, name="wall"),
    path("wall/board", wall.wall_board, name="wall-board"),
    path("wall/demo", wall_demo.wall_demo, name="wall-demo"),
    path("wall/start", wall_start.wall_start, name="wall-start"),
    path("wall/worker.js", wall_start.wall_worker, name="wall-worker"),
    path("screens", screens.screens, name="screens"),
    path("screens/approve", screens.screen_approve, name="screen-approve"),
    path("screens/<int:pk>/change", screens.screen_change, name="screen-change"),
    path("screens/<int:pk>/revoke", screens.screen_revoke, name="screen-revoke"),
    path("sign-in", account.sign_in, name="sign-in"),
    path("sign-in/provider", sign_on.sign_on, name="sign-on"),
    path(
        "sign-in/provider/callback",
        sign_on.sign_on_callback,
        name="sign-on-callback",
    ),
    path("sign-out", account.sign_out, name="sign-out"),
    path("account", account.account, name="account"),
    path("account/prove", account.prove, name="prove"),
    path("account/prove/provider", sign_on.prove_sign_on, name="prove-sign-on"),
    path("account/password", account.password, name="password"),
    path("account/totp.svg", account.totp_image, name="totp-image"),
    path("account/sign-out", account.sign_out_all, name="sign-out-all"),
]

# Under the names that django-allauth leads to. What is not here, nobody can reach:
# no sign-up, no reset of passwords by mail.
allauth = [
    path("sign-in", account.sign_in, name="account_login"),
    path("sign-out", account.sign_out, name="account_logout"),
    path("sign-in/code", account.sign_in_code, name="mfa_authenticate"),
    path("sign-in/passkey", account.sign_in_passkey, name="mfa_login_webauthn"),
    path("account", account.account, name="mfa_index"),
    path("account/prove", account.prove, name="account_reauthenticate"),
    path("account/prove/code", account.prove_code, name="mfa_reauthenticate"),
    path(
        "account/prove/passkey",
        account.prove_passkey,
        name="mfa_reauthenticate_webauthn",
    ),
    path("account/totp", account.totp, name="mfa_activate_totp"),
    path("account/totp/remove", account.totp_remove, name="mfa_deactivate_totp"),
    path("account/passkeys", account.passkey_list, name="mfa_list_webauthn"),
    path("account/passkeys/add", account.passkey_add, name="mfa_add_webauthn"),
    path(
        "account/passkeys/<int:pk>/remove",
        account.passkey_remove,
        name="mfa_remove_webauthn",
    ),
    path(
        "account/recovery-codes",
        account.recovery_codes,
        name="mfa_view_recovery_codes",
    ),
    path(
        "account/recovery-codes/new",
        account.recovery_codes_new,
        name="mfa_generate_recovery_codes",
    ),
]

# For machines, by token.
api = [
    path("alertmanager", alertmanager.alertmanager, name="alertmanager"),
    path("deploys", api_deploys.deploys, name="deploys"),
    path("incidents.json", incident_feeds.feed_json, name="feed-json"),
    path("incidents.atom", incident_feeds.feed_atom, name="feed-atom"),
    path("incidents", api_incidents.incidents, name="incidents"),
    path("incidents/<int:number>", api_incidents.incident, name="incident"),
    path("incidents/<int:number>/events", api_incidents.events, name="events"),
    path("alertmanager/<slug:source>", alertmanager.alertmanager, name="alerts-from"),
]

urlpatterns = [
    path("", overview.home, name="home"),
    path("admin/ops/", include((ops, "ops"))),
    path("admin/ops/", include(allauth)),
    path("ops/csp-report", csp_report.csp_report, name="csp-report"),
    path("api/v1/", include((api, "api"))),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
]

handler400 = "opspanel.views.errors.bad_request"
handler403 = "opspanel.views.errors.forbidden"
handler404 = "opspanel.views.errors.not_found"
handler500 = "opspanel.views.errors.server_error"
