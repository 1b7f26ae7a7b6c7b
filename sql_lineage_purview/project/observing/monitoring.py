"""Telling a monitor of one's own about a run, by OpenTelemetry.

It gets a trace of its steps, and metrics of its numbers.

Off unless it is configured. The libraries are an extra and are loaded by name, when there is
something to tell. Where to send it is said by their own variables:
https://opentelemetry.io/docs/specs/otel/protocol/exporter (OTEL_EXPORTER_OTLP_ENDPOINT and its
companions), https://learn.microsoft.com/azure/azure-monitor/app/connection-strings
(APPLICATIONINSIGHTS_CONNECTION_STRING).
"""

from __future__ import annotations

import contextlib
import importlib.util
import logging
import os
import sys
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from ...model.secrets import redact
from ...version import __version__
from ..project_errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from ..configuring.settings import Settings
    from .run_record import RunRecord

NAME = "sql-lineage-purview"
_CONNECTION = "APPLICATIONINSIGHTS_CONNECTION_STRING"
# The exporter's own telemetry, which goes to its makers and is nobody's business here.
_SILENCED = ("APPLICATIONINSIGHTS_STATSBEAT_DISABLED_ALL", "APPLICATIONINSIGHTS_SDKSTATS_DISABLED")
_SECONDS = 10
# What Azure's exporter complains about where no provider is set for the whole process; it sends all
# the same.
_BESIDE_THE_POINT = "Failed to derive Resource"


class MonitorKind(StrEnum):
    """The setting `monitor`."""

    OTLP = "otlp"
    """Any collector of OpenTelemetry, over HTTP."""
    AZURE = "azure"
    """Azure Monitor (Application Insights)."""
    CONSOLE = "console"
    """The terminal, to see what would be sent."""


_LIBRARIES = {
    MonitorKind.OTLP: ("opentelemetry.exporter.otlp.proto.http",),
    MonitorKind.AZURE: ("azure.monitor.opentelemetry.exporter",),
    MonitorKind.CONSOLE: (),
}


def monitor_of(settings: Settings) -> MonitorKind:
    """The monitor of the settings, checked before a run, so that none goes unwatched to its end.

    Raises:
        ConfigurationError: its libraries are not installed, or its address is not set.
    """
    kind = MonitorKind(settings.purview.monitor)
    for name in ("opentelemetry.sdk", *_LIBRARIES[kind]):
        _find(name)
    if kind is MonitorKind.AZURE and not os.environ.get(_CONNECTION):
        raise ConfigurationError(
            f'monitor = "azure" takes the variable {_CONNECTION}: the '
            "connection string of the resource."
        )
    return kind


class Exporters(Struct, frozen=True):
    """Where spans and metrics go: exporters of OpenTelemetry's library."""

    spans: Any
    metrics: Any


def report(
    record: RunRecord,
    kind: MonitorKind,
    *,
    code: int,
    attributes: Mapping[str, str],
    ca_bundle: Path | None = None,
) -> str:
    """Tell a monitor about a run that is over.

    Args:
        record: The run.
        kind: Which monitor.
        code: The run's exit code.
        attributes: What tells runs apart, such as the owner.
        ca_bundle: The authorities that the monitor's certificate is verified against; None for the
            usual ones.

    Returns:
        Why it could not be told, for a person; empty where it could.
    """
    with _quiet() as complaints:
        try:
            success = send(record, exporters(kind, ca_bundle), code=code, attributes=attributes)
        except Exception as error:  # whatever the exporters do, the run itself is over and done
            success = False
            complaints.insert(0, f"{type(error).__name__}: {error}")
    if success:
        return ""
    reason = next((text for text in complaints if not text.startswith(_BESIDE_THE_POINT)), "") or (
        "it did not say why"
    )
    return redact(reason.partition("\n")[0])


def send(record: RunRecord, to: Exporters, *, code: int, attributes: Mapping[str, str]) -> bool:
    """Send a span for the run with one for each step below it, and a gauge for each number.

    Was all of it taken?

    Args:
        record: the run with its steps and their numbers.
        to: the exporters, which are shut down afterwards.
        code: the exit code.
        attributes: what else describes the run, on each span and gauge.
    """
    described = {"command": record.command, **attributes}
    resource = _library("opentelemetry.sdk.resources").Resource.create(
        {"service.name": NAME, "service.version": __version__}
    )
    spans = _spans(record, resource, {**described, "exit_code": code})
    metrics = _metrics(
        {**record.numbers(), "run.exit_code": code, **_durations(record)}, resource, described
    )
    outcomes = [
        to.spans.export(spans).name,
        to.metrics.export(metrics, timeout_millis=_SECONDS * 1000).name,
    ]
    to.spans.shutdown()
    to.metrics.shutdown()
    return outcomes == ["SUCCESS", "SUCCESS"]


def exporters(kind: MonitorKind, ca_bundle: Path | None) -> Exporters:
    """The exporters of a monitor.

    Raises:
        ConfigurationError: they are not installed.
    """
    if kind is MonitorKind.CONSOLE:
        spans = _library("opentelemetry.sdk.trace.export").ConsoleSpanExporter(out=sys.stderr)
        return Exporters(
            spans,
            _library("opentelemetry.sdk.metrics.export").ConsoleMetricExporter(out=sys.stderr),
        )
    if kind is MonitorKind.OTLP:
        options: dict[str, Any] = {"timeout": _SECONDS}
        if ca_bundle:
            options["certificate_file"] = str(ca_bundle)
        [package] = _LIBRARIES[kind]
        spans = _library(f"{package}.trace_exporter").OTLPSpanExporter(**options)
        return Exporters(
            spans, _library(f"{package}.metric_exporter").OTLPMetricExporter(**options)
        )
    for name in _SILENCED:
        os.environ.setdefault(name, "true")
    package = _library(*_LIBRARIES[kind])
    # else what cannot be sent is kept on the disk, for a process that is over
    options = {"disable_offline_storage": True, "timeout": _SECONDS}
    if ca_bundle:
        options["connection_verify"] = str(ca_bundle)
    return Exporters(
        package.AzureMonitorTraceExporter(**options), package.AzureMonitorMetricExporter(**options)
    )


def _spans(record: RunRecord, resource: Any, attributes: Mapping[str, Any]) -> list[Any]:
    """The spans of a run, that of the run itself last."""
    trace = _library("opentelemetry.trace")
    provider = _library("opentelemetry.sdk.trace").TracerProvider(
        resource=resource, shutdown_on_exit=False
    )
    # spans are made in memory and handed on at once, since only who exports them is told whether
    # they were taken
    exporter = _library(
        "opentelemetry.sdk.trace.export.in_memory_span_exporter"
    ).InMemorySpanExporter()
    provider.add_span_processor(
        _library("opentelemetry.sdk.trace.export").SimpleSpanProcessor(exporter)
    )
    tracer = provider.get_tracer(NAME, __version__)
    ended = record.clock()
    run = tracer.start_span(
        f"{NAME} {record.command}", start_time=record.started, attributes=attributes
    )
    context = trace.set_span_in_context(run)
    failed = trace.Status(trace.StatusCode.ERROR)
    for step in record.steps:
        span = tracer.start_span(
            step.name, context=context, start_time=step.started, attributes=step.numbers
        )
        if step.failed:
            span.set_status(failed)
        span.end(end_time=step.ended or ended)
    if any(step.failed for step in record.steps):
        run.set_status(failed)
    run.end(end_time=ended)
    spans = list(exporter.get_finished_spans())
    provider.shutdown()
    return spans


def _metrics(numbers: Mapping[str, int], resource: Any, attributes: Mapping[str, Any]) -> Any:
    reader = _library("opentelemetry.sdk.metrics.export").InMemoryMetricReader()
    provider = _library("opentelemetry.sdk.metrics").MeterProvider(
        [reader], resource=resource, shutdown_on_exit=False
    )
    meter = provider.get_meter(NAME, __version__)
    for name, value in numbers.items():
        meter.create_gauge(f"sql_lineage_purview.{name}").set(value, attributes)
    data = reader.get_metrics_data()
    provider.shutdown()
    return data


def _durations(record: RunRecord) -> dict[str, int]:
    """How long each step took, in milliseconds."""
    return {
        f"{step.name}.duration_ms": (step.ended - step.started) // 1_000_000
        for step in record.steps
        if step.ended
    }


def _library(name: str) -> Any:
    _find(name)
    return importlib.import_module(name)


def _find(name: str) -> None:
    try:
        spec = importlib.util.find_spec(name)
    except ModuleNotFoundError:  # a package above it
        spec = None
    if spec is None:
        raise ConfigurationError(
            'Monitoring needs its libraries: pip install ".[monitor]" in the checkout of '
            "sql-lineage-purview. Or leave the setting monitor out."
        )


@contextlib.contextmanager
def _quiet() -> Iterator[list[str]]:
    """Collects what the libraries log in place of raising it, and keeps it from the terminal."""
    complaints: list[str] = []
    handler = _Collector(complaints.append)
    loggers = [logging.getLogger(name) for name in ("opentelemetry", "azure.monitor", "azure.core")]
    before = [(logger.propagate, logger.level) for logger in loggers]
    for logger in loggers:
        logger.addHandler(handler)
        logger.propagate = False
        logger.setLevel(logging.WARNING)
    try:
        yield complaints
    finally:
        for logger, (propagates, level) in zip(loggers, before, strict=True):
            logger.removeHandler(handler)
            logger.propagate = propagates
            logger.setLevel(level)


class _Collector(logging.Handler):
    def __init__(self, tell: Callable[[str], None]) -> None:
        super().__init__(logging.WARNING)
        self._tell = tell

    def emit(self, record: logging.LogRecord) -> None:
        self._tell(record.getMessage())
