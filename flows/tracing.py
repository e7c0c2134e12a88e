"""Send OpenTelemetry spans of each flow run and task run to a collector.

``OTEL_EXPORTER_OTLP_ENDPOINT`` or ``OTEL_EXPORTER_OTLP_TRACES_ENDPOINT`` names the collector. With
neither set, nothing is imported and nothing is sent. A span has the run id (``prefect.run.id``),
which
is also in the log and in ``runs/``.
"""

from __future__ import annotations

from xinjiang_record import extras, settings

ENDPOINTS = ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT")


def begin() -> None:
    """Send this process's spans to the collector of the settings, the last ones when it exits.

    A tracer that is already set up is left as it is.

    Raises:
        EnvironmentFault: The exporter is not installed.
    """
    if not any(map(settings.environment, ENDPOINTS)):
        return
    extras.require("traces")
    from opentelemetry import trace  # deferred: optional extra
    from opentelemetry.exporter.otlp.proto.http import (  # deferred: optional extra
        trace_exporter,
    )
    from opentelemetry.sdk.trace import TracerProvider  # deferred: optional extra
    from opentelemetry.sdk.trace.export import BatchSpanProcessor  # deferred: optional extra

    if isinstance(trace.get_tracer_provider(), TracerProvider):
        return
    settings.prefer_environment({"OTEL_SERVICE_NAME": "xinjiang-record"})
    provider = TracerProvider()
    provider.add_span_processor(BatchSpanProcessor(trace_exporter.OTLPSpanExporter()))
    trace.set_tracer_provider(provider)
