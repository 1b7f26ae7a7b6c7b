"""The formats of what is published: of a plan and a push, and of what is read of the account."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...purview import plan_text
from ..format import Format, FormatTable
from ..markdown_table import table_opening
from ..report_page import page_opening
from .checkup_text import render_checkup_text
from .drift_json import render_drift_json
from .drift_rows import HEADER as DRIFT_HEADER
from .drift_rows import render_drift_csv, render_drift_markdown
from .drift_text import render_drift_text
from .plan_summary import render_plan_summary
from .plan_tables import PLAN_HEADER, render_plan_csv, render_plan_markdown
from .plan_text import render_plan
from .push_text import render_push_text
from .resolution_json import render_resolution_json
from .resolution_rows import render_resolution_csv, render_resolution_markdown
from .resolution_text import render_resolution_text
from .trace_json import render_proposal_json, render_trace_json
from .trace_tables import render_trace_csv, render_trace_markdown, render_trace_page
from .trace_text import render_trace_text

if TYPE_CHECKING:
    from ...purview import Plan
    from ...purview.checking.checkup import Finding
    from ...purview.checking.classification_trace import Trace
    from .drift_report import DriftReport
    from .push_report import PushReport
    from .resolution_listing import ResolutionListing
    from .trace_report import TraceReport

PLAN_FORMATS: FormatTable[Plan] = FormatTable(
    "the plan",
    (
        Format("summary", (), is_data=False, render=render_plan_summary, opening=r"Plan for "),
        Format("text", (), is_data=False, render=render_plan, opening=r"Plan for "),
        # The text of a plan is made in the room that reads it back.
        Format(
            "json",
            (".json", ".jsonl"),
            is_data=True,
            render=plan_text,
            opening=r'\{\s*"plan_version":',
        ),
        Format(
            "csv", (".csv",), is_data=True, render=render_plan_csv, opening=",".join(PLAN_HEADER)
        ),
        Format(
            "markdown",
            (".md",),
            is_data=True,
            render=render_plan_markdown,
            opening=table_opening(PLAN_HEADER),
        ),
    ),
    in_files="text",
)

PUSH_FORMATS: FormatTable[PushReport] = FormatTable(
    "the summary",
    (Format("text", (), is_data=False, render=render_push_text),),
)

DRIFT_FORMATS: FormatTable[DriftReport] = FormatTable(
    "the drifts",
    (
        Format(
            "text",
            (),
            is_data=False,
            render=render_drift_text,
            # the name of a process, which may be anything, stands before its qualified name
            opening=r"[^\n]*\(?sql-lineage-purview://|[^\n]*, holds what the scripts say",
        ),
        Format(
            "json", (".json",), is_data=True, render=render_drift_json, opening=r'\{\s*"endpoint":'
        ),
        Format(
            "csv", (".csv",), is_data=True, render=render_drift_csv, opening=",".join(DRIFT_HEADER)
        ),
        Format(
            "markdown",
            (".md",),
            is_data=True,
            render=render_drift_markdown,
            opening=table_opening(DRIFT_HEADER),
        ),
    ),
)

RESOLUTION_FORMATS: FormatTable[ResolutionListing] = FormatTable(
    "it",
    (
        Format(
            "text",
            (),
            is_data=False,
            render=render_resolution_text,
            opening=r"\d+ of \d+ tables? resolved",
        ),
        Format(
            "json",
            (".json",),
            is_data=True,
            render=render_resolution_json,
            opening=r'\{\s*"tables": \d',
        ),
        Format(
            "csv",
            (".csv",),
            is_data=True,
            render=render_resolution_csv,
            opening=r"table,outcome,how,type,",
        ),
        Format(
            "markdown",
            (".md",),
            is_data=True,
            render=render_resolution_markdown,
            opening=r"\| table \| outcome \| how \|",
        ),
    ),
)

TRACE_FORMATS: FormatTable[TraceReport] = FormatTable(
    "what is reached",
    (
        Format(
            "text",
            (),
            is_data=False,
            render=render_trace_text,
            opening=r"[^\n]* is (?:borne by|the name of) \d|No asset of the scan bears",
        ),
        Format(
            "json",
            (".json",),
            is_data=True,
            render=render_trace_json,
            opening=r'\{\s*"(?:classification|traces)":',
        ),
        Format("csv", (".csv",), is_data=True, render=render_trace_csv, opening="kind,of,origin,"),
        Format(
            "markdown",
            (".md",),
            is_data=True,
            render=render_trace_markdown,
            opening="# Trace of columns",
        ),
        Format(
            "html",
            (".html",),
            is_data=True,
            render=render_trace_page,
            opening=page_opening("trace"),
        ),
    ),
)

PROPOSAL_FORMATS: FormatTable[Trace] = FormatTable(
    "the proposal",
    (
        Format(
            "json",
            (),
            is_data=True,
            render=render_proposal_json,
            opening=r'\{\s*"classification":',
        ),
    ),
)

CHECKUP_FORMATS: FormatTable[Finding] = FormatTable(
    "a step",
    (Format("text", (), is_data=False, render=render_checkup_text),),
)
