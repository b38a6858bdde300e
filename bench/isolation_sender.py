"""One tenant that sends spans by the panel's own telemetry; prints how many it offered.

python -m bench.isolation_sender '{"whose": "org-a", "rate": 20, "port": 4318, ...}'
"""

import json
import sys
import time

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.sampling import ALWAYS_ON

from opspanel.telemetry.sampling import sampler
from opspanel.telemetry.setup import Belonging
from opspanel.telemetry.tenant_limits import TenantLimits
from opspanel.tracing import Tenant, entered

TURN_SECONDS = 0.05
# So much that the program itself drops nothing: it is the noise that is wanted.
MOST_WAITING = 200_000
# Less than the collector puts together: this one loses what it would have to split.
AT_ONCE = 50


def main() -> None:
    given = json.loads(sys.argv[1])
    provider = TracerProvider(
        sampler(1, TenantLimits(time.monotonic)) if given["limited"] else ALWAYS_ON,
        Resource({"service.name": given["whose"]}),
    )
    exporter = OTLPSpanExporter(
        endpoint=f"http://127.0.0.1:{given['port']}/v1/traces", timeout=5
    )
    provider.add_span_processor(Belonging())
    provider.add_span_processor(
        BatchSpanProcessor(
            exporter,
            max_queue_size=MOST_WAITING,
            max_export_batch_size=AT_ONCE,
            schedule_delay_millis=250,
        )
    )
    tracer, whose = provider.get_tracer("bench"), Tenant(given["whose"])
    began, offered = time.monotonic(), 0
    while (passed := time.monotonic() - began) < given["seconds"]:
        while offered < passed * given["rate"]:
            with entered("work", {}, tracer=tracer, tenant=whose):
                offered += 1
        time.sleep(TURN_SECONDS)
    provider.shutdown()
    print(offered)


if __name__ == "__main__":
    main()
