"""A run as a trace and metrics: with the real exporters, against collectors on this machine."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
from opentelemetry.sdk.metrics.export import MetricExporter, MetricExportResult
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from sql_lineage_purview.project.configuring.purview_settings import PurviewSettings
from sql_lineage_purview.project.configuring.settings import Settings
from sql_lineage_purview.project.observing.monitoring import (
    Exporters,
    MonitorKind,
    monitor_of,
    report,
    send,
)
from sql_lineage_purview.project.observing.run_record import RunRecord
from sql_lineage_purview.project.project_errors import ConfigurationError
from tests.tls import Authority, TlsServer, served

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of the machine's own network or collectors counts."""
    for name in list(os.environ):
        if name.startswith(("OTEL_", "APPLICATIONINSIGHTS_")) or name.upper().endswith(
            ("_PROXY", "CA_BUNDLE")
        ):
            monkeypatch.delenv(name)


KEY = "00000000-0000-0000-0000-000000000001"


class Kept(MetricExporter):
    """Keeps what is exported."""

    def __init__(self) -> None:
        super().__init__()
        self.values: dict[str, tuple[int, dict[str, Any]]] = {}

    def export(self, metrics_data: Any, timeout_millis: float = 0, **_: Any) -> MetricExportResult:
        for resource in metrics_data.resource_metrics:
            for scope in resource.scope_metrics:
                for metric in scope.metrics:
                    [point] = metric.data.data_points
                    self.values[metric.name] = (point.value, dict(point.attributes))
        return MetricExportResult.SUCCESS

    def force_flush(self, timeout_millis: float = 0) -> bool:
        return True

    def shutdown(self, timeout_millis: float = 0, **_: Any) -> None:
        pass


def run() -> RunRecord:
    """A push that took four seconds, its third step failed."""
    now = iter(range(0, 100_000_000_000, 500_000_000))
    record = RunRecord("push", clock=lambda: next(now))
    with record.step("scan") as step:
        step.numbers |= {"files": 3, "column_edges": 7}
    with record.step("plan"):
        pass
    with pytest.raises(RuntimeError), record.step("push"):
        raise RuntimeError
    return record


def test_a_run_is_a_span_with_its_steps_below_it() -> None:
    spans = InMemorySpanExporter()

    send(run(), Exporters(spans, Kept()), code=3, attributes={"owner": "team"})

    *steps, root_span = spans.get_finished_spans()
    assert root_span.name == "sql-lineage-purview push"
    assert dict(root_span.attributes or {}) == {"command": "push", "owner": "team", "exit_code": 3}
    assert root_span.resource.attributes["service.name"] == "sql-lineage-purview"
    assert [step.name for step in steps] == ["scan", "plan", "push"]
    assert {step.parent.span_id for step in steps if step.parent} == {root_span.context.span_id}
    assert dict(steps[0].attributes or {}) == {"files": 3, "column_edges": 7}
    assert [step.status.is_ok for step in (*steps, root_span)] == [True, True, False, False]
    assert [(step.start_time, step.end_time) for step in steps][:2] == [
        (500_000_000, 1_000_000_000),
        (1_500_000_000, 2_000_000_000),
    ]


def test_each_number_is_a_metric() -> None:
    metrics = Kept()

    send(run(), Exporters(InMemorySpanExporter(), metrics), code=3, attributes={"owner": "team"})

    described = {"command": "push", "owner": "team"}
    assert metrics.values["sql_lineage_purview.scan.column_edges"] == (7, described)
    assert metrics.values["sql_lineage_purview.run.exit_code"] == (3, described)
    assert metrics.values["sql_lineage_purview.scan.duration_ms"] == (500, described)


def settings(kind: str) -> Settings:
    return Settings(purview=PurviewSettings(monitor=kind))


def test_a_collector_gets_traces_and_metrics(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    authority = Authority(tmp_path)
    server = TlsServer(lambda _: (200, {}))
    with served(server, authority.context()):
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", server.url)
        kind = monitor_of(settings("otlp"))
        assert report(run(), kind, code=0, attributes={}, ca_bundle=authority.file) == ""

    assert {request.path for request in server.asked} == {"/v1/traces", "/v1/metrics"}
    assert {request.headers["content-type"] for request in server.asked} == {
        "application/x-protobuf"
    }


@pytest.fixture
def insights(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[TlsServer, Authority]]:
    authority = Authority(tmp_path)
    server = TlsServer(lambda _: (200, {"itemsReceived": 1, "itemsAccepted": 1, "errors": []}))
    with served(server, authority.context()):
        address = f"InstrumentationKey={KEY};IngestionEndpoint={server.url}/"
        monkeypatch.setenv("APPLICATIONINSIGHTS_CONNECTION_STRING", address)
        for name in (
            "APPLICATIONINSIGHTS_STATSBEAT_DISABLED_ALL",
            "APPLICATIONINSIGHTS_SDKSTATS_DISABLED",
        ):
            monkeypatch.setenv(name, "")  # so that it is put back behind the test
            monkeypatch.delenv(name)
        yield server, authority


def test_azure_monitor_gets_them_and_nobody_else_gets_anything(
    insights: tuple[TlsServer, Authority],
) -> None:
    server, authority = insights

    assert (
        report(
            run(), monitor_of(settings("azure")), code=0, attributes={}, ca_bundle=authority.file
        )
        == ""
    )

    assert {request.path for request in server.asked} == {"/v2.1/track"}
    sent = json.dumps([row for request in server.asked for row in envelopes(request.body)])
    assert "sql-lineage-purview push" in sent
    assert "sql_lineage_purview.scan.column_edges" in sent
    assert KEY in sent
    assert os.environ["APPLICATIONINSIGHTS_STATSBEAT_DISABLED_ALL"] == "true", (
        "what the exporter tells its makers"
    )


def envelopes(body: bytes) -> list[Any]:
    text = gzip.decompress(body) if body[:2] == b"\x1f\x8b" else body
    return list(json.loads(text))


def test_a_monitor_that_does_not_answer_is_a_line_and_no_failure(
    insights: tuple[TlsServer, Authority], monkeypatch: pytest.MonkeyPatch
) -> None:
    server, authority = insights
    server.answer = lambda _: (
        400,
        {
            "itemsReceived": 1,
            "itemsAccepted": 0,
            "errors": [{"index": 0, "statusCode": 400, "message": "no"}],
        },
    )

    message = report(run(), MonitorKind.AZURE, code=0, attributes={}, ca_bundle=authority.file)

    assert message
    assert "\n" not in message
    assert "Failed to derive Resource" not in message  # which is said of each run, and hinders none


def test_a_collector_with_an_unknown_certificate_gets_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sql_lineage_purview.project.observing.monitoring._SECONDS", 0.5)
    server = TlsServer(lambda _: (200, {}))
    with served(server, Authority(tmp_path).context()):
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", server.url)
        message = report(run(), MonitorKind.OTLP, code=0, attributes={})

    assert message
    assert not server.asked


def test_its_address_must_be_known_before_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("APPLICATIONINSIGHTS_CONNECTION_STRING", raising=False)

    with pytest.raises(ConfigurationError, match="APPLICATIONINSIGHTS_CONNECTION_STRING"):
        monitor_of(settings("azure"))


def test_its_libraries_must_be_there_before_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)

    with pytest.raises(ConfigurationError, match="monitor"):
        monitor_of(settings("console"))


def test_the_console_shows_what_would_be_sent(capsys: pytest.CaptureFixture[str]) -> None:
    assert report(run(), monitor_of(settings("console")), code=0, attributes={}) == ""

    captured = capsys.readouterr()
    assert captured.out == ""
    assert "sql_lineage_purview.scan.files" in captured.err


def test_a_run_without_a_monitor_loads_none_of_its_libraries() -> None:
    code = "import sys, sql_lineage_purview.cli; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.split()

    assert "sql_lineage_purview.cli" in loaded
    assert not [name for name in loaded if name.startswith("opentelemetry")]
