"""Traces by OpenTelemetry: the spans that Prefect makes of each flow and task run, sent to a collector.

The standard's own settings name it: ``OTEL_EXPORTER_OTLP_ENDPOINT``, or ``OTEL_EXPORTER_OTLP_TRACES_ENDPOINT``. With neither set nothing
is imported and nothing is sent. A span has the run's id (``prefect.run.id``), which is in the log and in ``runs/`` too.
"""

from __future__ import annotations

from xinjiang_record import settings
from xinjiang_record.errors import EnvironmentFault

ENDPOINTS = ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT")


def begin() -> None:
    """Send this process's spans to the collector that the settings name; what is left of them is sent when the process ends.

    A tracer that somebody set up before is left as it is. Raises EnvironmentFault when the exporter is not installed.
    """
    if not any(map(settings.environment, ENDPOINTS)):
        return
    try:
        from opentelemetry import trace  # deferred: optional extra
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import (
            OTLPSpanExporter,  # deferred: optional extra
        )
        from opentelemetry.sdk.trace import TracerProvider  # deferred: optional extra
        from opentelemetry.sdk.trace.export import BatchSpanProcessor  # deferred: optional extra
    except ImportError as error:
        raise EnvironmentFault(
            f"{error}. {' or '.join(ENDPOINTS)} asks for traces: install pip install 'xinjiang-record[traces]', or unset it."
        ) from error
    if isinstance(trace.get_tracer_provider(), TracerProvider):
        return
    settings.prefer_environment({"OTEL_SERVICE_NAME": "xinjiang-record"})
    provider = TracerProvider()
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    trace.set_tracer_provider(provider)
