"""What operators read all day and must be able to go on reading."""

import uuid

from tests.sanitize.corpus.kinds import BASE62, DIGITS, HEX, LOWER

SERVICES = (
    "api",
    "web",
    "billing-worker",
    "provisioning-worker",
    "outbox-relay",
    "node-agent",
)
POD = "bcdfghjklmnpqrstvwxz2456789"


def pod(d):
    return f"{d.choice(SERVICES)}-{d.text(POD, 10)}-{d.text(POD, 5)}"


def sha(d):
    return d.text(HEX, 40)


def uid(d):
    return str(uuid.UUID(bytes=d.randbytes(16), version=4))


def n(d):
    return d.randrange(2, 9000)


FORMS = (
    lambda d: "token_count=5",
    lambda d: "user authenticated ok",
    lambda d: f"max_tokens={n(d)} prompt_tokens={n(d)}",
    lambda d: f"pod {pod(d)} restarted {n(d)} times",
    pod,
    lambda d: f"commit {sha(d)} deployed to {d.choice(SERVICES)}",
    lambda d: f"deployed {sha(d)[:7]} ({d.choice(SERVICES)}) in {n(d)} s",
    sha,
    lambda d: f"git checkout {sha(d)[:12]}",
    lambda d: f"image registry.example.com/ops/{d.choice(SERVICES)}@sha256:{d.text(HEX, 64)}",
    lambda d: f"pulled sha256:{d.text(HEX, 64)} in {n(d)} ms",
    lambda d: f"trace_id={d.text(HEX, 32)} span_id={d.text(HEX, 16)}",
    lambda d: f"traceparent: 00-{d.text(HEX, 32)}-{d.text(HEX, 16)}-01",
    lambda d: f"correlation_id={uid(d)} status=202",
    uid,
    lambda d: f"allocation {uid(d)} released",
    lambda d: f"request {uid(d)} took {n(d)} ms",
    lambda d: "sum by (service) (rate(http_server_requests_total{status=~\"5..\"}[5m]))",
    lambda d: "histogram_quantile(0.95, sum by (le) (rate(http_server_request_duration_seconds_bucket{service=\"api\"}[1m])))",
    lambda d: "increase(auth_failures_total{reason=\"token_expired\"}[10m]) > 5",
    lambda d: f"password_reset_requests_total {n(d)}",
    lambda d: "FATAL: password authentication failed for user \"app\"",
    lambda d: "401 token_expired: the access token has expired",
    lambda d: "token is expired, user must sign in again",
    lambda d: "invalid credentials",
    lambda d: "password is required",
    lambda d: "the password must be at least 12 characters long",
    lambda d: "secret \"db-credentials\" not found in namespace prod",
    lambda d: "session expired for user, please log in again",
    lambda d: "email queue depth 5 above 3",
    lambda d: "email sent in 35 ms",
    lambda d: "password rotation job finished ok",
    lambda d: f"degraded: PROVISIONING oldest claimable {n(d)} s > 120 s",
    lambda d: f"stream BILLING consumer billing-worker_invoices pending {n(d)} ack_pending 4",
    lambda d: f"nats://nats-{d.randrange(3)}:4222 connected (rtt 1.2ms)",
    lambda d: f"_INBOX.{d.text(BASE62, 22)}.{d.text(BASE62, 6)}",
    lambda d: "U" + d.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 55),
    lambda d: f"http://10.0.{n(d) % 250}.{n(d) % 250}:9090/api/v1/query?query=up&time=1772600000.123",
    lambda d: "GET /v1/allocations/" + uid(d) + "?page=2&limit=50 200 35ms",
    lambda d: f"node ip-10-0-{n(d) % 250}-{n(d) % 250}.eu-central-1.compute.internal NotReady",
    lambda d: f"gpu GPU-{uid(d)} ecc errors {n(d)}",
    lambda d: f"i-0{d.text(HEX, 16)} terminated",
    lambda d: "slice.vm_provision dispatched 279 s ago, stuck after 900 s",
    lambda d: "psycopg.errors.UniqueViolation: duplicate key value violates unique constraint \"outbox_events_pkey\"",
    lambda d: "django.db.utils.OperationalError: connection to server at \"10.0.0.4\", port 5432 failed: Connection refused",
    lambda d: f"goroutine {n(d)} [running]: main.(*Worker).run(0xc000{d.text(HEX, 6)}, 0x{d.text(HEX, 4)})",
    lambda d: f"level=info ts=2026-03-04T05:06:07.{n(d)}Z caller=relay.go:{n(d)} msg=\"published\" subject=billing.invoice.created count={n(d)}",
    lambda d: f"kube_pod_container_status_restarts_total{{pod=\"{pod(d)}\",container=\"api\"}} {n(d)}",
    lambda d: f"HTTP/1.1 503 Service Unavailable retry-after: {n(d)}",
    lambda d: f"x86_64-linux-gnu 6.8.0-{n(d)}-generic #45-Ubuntu SMP",
    lambda d: "GPUaaSProvisioningQueueDepthHigh firing for 5m, severity=page",
    lambda d: "TLSv1.3 ECDHE-RSA-AES128-GCM-SHA256 negotiated with mq.internal",
    lambda d: f"celery@worker-{n(d)} ready, task billing.tasks.charge_invoice[{uid(d)}] succeeded in 0.{n(d)}s",
    lambda d: f"backup pg-2026-03-04T05-06-07Z.dump.zst {n(d)} MB uploaded to s3://backups-prod/pg/",
    lambda d: f"github.com/nats-io/nats.go v1.{n(d)}.0 h1:updated go.mod",
    lambda d: f"k8s.io/api v0.0.0-20260304050607-{d.text(HEX, 12)}",
    lambda d: f"ETag: \"{d.text(HEX, 32)}\" Cache-Control: max-age=31536000",
    lambda d: f"static/js/panel.{d.text(HEX, 12)}.js 200 {n(d)} B",
    lambda d: f"certificate CN=api.example.com expires in {n(d)} days, fingerprint {':'.join(d.text('0123456789ABCDEF', 2) for _ in range(20))}",
    lambda d: f"cache key user:{n(d)}:profile expired, ttl {n(d)} s",
    lambda d: f"partition_key=node-{n(d)} shard=4 offset={n(d)}",
    lambda d: "primary key (id), foreign key (node_id) references nodes",
    lambda d: "idempotency_key_hash present, status_from=queued status_to=dispatched",
    lambda d: "rotate the signing keys before the 1st; see runbook ops.auth.keys",
    lambda d: "ssh host key verification failed for node-17",
    lambda d: "OAuth2 authorization code flow disabled for public clients",
    lambda d: "secretKeyRef: name=db-credentials key=url optional=false",
    lambda d: f"took {n(d)}.{n(d)}s p95=0.284 p99=0.911 n={n(d)}",
    lambda d: f"mac 0a:58:0a:f4:{d.text(HEX, 2)}:{d.text(HEX, 2)} ip fe80::858:aff:fef4:{d.text(HEX, 4)}",
    lambda d: f"{d.text(DIGITS, 13)} {d.text(DIGITS, 19)} nanoseconds since epoch",
    lambda d: f"docker: container {d.text(HEX, 64)} exited (137)",
    lambda d: f"ghcr.io/acme/{d.choice(SERVICES)}:v{n(d)}.{n(d)}.{n(d)}-rc.1",
    lambda d: f"task {uid(d)} on node-agent-{n(d)} failed: exit status 1",
    lambda d: "authentication middleware: 12 requests without a bearer token",
    lambda d: "bearer token missing",
    lambda d: "basic authentication disabled",
    lambda d: "cookie consent banner shown",
    lambda d: "The key to fast dashboards is fewer queries.",
    lambda d: "login page p95 = 284 ms",
    lambda d: "code review of the token bucket limiter",
    lambda d: "pin the image to a digest",
    lambda d: "author=Bob reviewed",
    lambda d: "mount -p /data failed: mkdir -p /var/lib/ops",
    lambda d: f"ssh -p 2222 node-{n(d)} uptime",
    lambda d: f"docker run -p 8080:80 -e MODE=prod ghcr.io/acme/web:v{n(d)}",
    lambda d: f"workflow prov-{n(d)}-{d.text(HEX, 8)} run {uid(d)} completed",
    lambda d: f"{d.choice(SERVICES)}-{d.text(LOWER, 5)} scaled to {n(d)}",
    lambda d: f"etcd revision {n(d)} compacted; member {d.text(HEX, 16)} is leader",
    lambda d: f"01J{d.text('0123456789ABCDEFGHJKMNPQRSTVWXYZ', 23)} accepted",
    lambda d: f"lsn 0/{d.text('0123456789ABCDEF', 8)} replay lag 0.3 s, slot standby_1",
)  # fmt: skip

OBJECTS = (
    lambda d: {"status": "healthy", "token_count": n(d), "service": d.choice(SERVICES)},
    lambda d: {"trace_id": d.text(HEX, 32), "span_id": d.text(HEX, 16), "name": "GET /v1/nodes"},
    lambda d: {"pod": pod(d), "node": f"ip-10-0-0-{n(d)}", "restarts": n(d), "ready": True},
    lambda d: {"commit": sha(d), "image": f"sha256:{d.text(HEX, 64)}", "version": "1.2.3"},
    lambda d: {"primary_key": "id", "columns": ["id", "status"], "rows": [[1, "ok"], [2, "late"]]},
    lambda d: {"queues": [{"name": "BILLING", "depth": n(d)}, {"name": "DLQ", "depth": 0}]},
    lambda d: {"max_tokens": n(d), "temperature": 0.2, "model": "small"},
    lambda d: {"password_reset_requests_total": n(d), "auth_failures_total": n(d)},
    lambda d: {"request_id": uid(d), "path": "/v1/allocations", "ms": n(d), "user_agent": "curl/8.5"},
    lambda d: {"labels": {"app": d.choice(SERVICES), "pod-template-hash": d.text(POD, 10)}},
    lambda d: {"session": "active", "token": "expired", "api_key": None},
    lambda d: {"reason": "token expired", "error_code": "token_expired", "status": 401},
    lambda d: {"partition_key": f"node-{n(d)}", "routing_key": "billing.invoice.created"},
    lambda d: {"at": "2026-03-04T05:06:07Z", "ids": [uid(d), uid(d)], "total": n(d)},
    lambda d: {"auth": {"method": "oidc", "failures": n(d)}, "email-worker": {"status": "up"}},
    lambda d: {"runbook": "ops.queue.backlog", "url": "https://runbooks.example.com/queue#backlog"},
)  # fmt: skip
