"""`trace [PATH…]`: every column that data reaches, of a classification or by the names of columns.

A classification can be proposed or added there.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ..analysis.expansion import expanded
from ..project.column_tracing import NamedTraces, hidden_paths, trace_columns, trace_nodes
from ..project.configuring.setting_rows import OptionGroup
from ..render.publication.publication_formats import TRACE_FORMATS
from ..render.publication.trace_report import TraceReport
from ..render.scan_summary import render_summary
from .console import CommandError, can_ask, say
from .delivery import deliver
from .output import add_output_arguments, chosen_format
from .paths import add_optional_paths_argument, paths_or_here
from .scan_options import add_reading_arguments, read, settings_of
from .selectors import SELECTOR_HELP, selected
from .setting_options import add_setting_options

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from ..project.configuring.settings import Settings
    from ..project.keeping.scan_result import Scan


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    add_optional_paths_argument(parser)
    parser.add_argument(
        "--classification",
        metavar="NAME",
        help="the classification to follow, such as MICROSOFT.PERSONAL.EMAIL (default: each that "
        "the assets of the scan bear)",
    )
    parser.add_argument(
        "--column",
        metavar="PATTERN",
        action="append",
        help="follow the columns of this name, such as '*email*' or 'dbo.Customer.*', and ask no "
        "account (may be repeated)",
    )
    parser.add_argument(
        "--select", metavar="SELECTOR", help=f"follow the columns of {SELECTOR_HELP}"
    )
    add_output_arguments(parser, TRACE_FORMATS)
    parser.add_argument(
        "--propose",
        metavar="FILE",
        type=Path,
        help="write the columns that should bear the classification to a file (JSON)",
    )
    parser.add_argument(
        "--apply", action="store_true", help="add it to these columns in the account; asks first"
    )
    parser.add_argument("--yes", action="store_true", help="add it without asking")
    add_setting_options(parser, OptionGroup.ASSETS)
    add_reading_arguments(parser)


def run(arguments: argparse.Namespace) -> int:
    """Only columns that are reached for certain are proposed, and given the classification.

    Raises:
        CommandError: nobody can be asked, the options do not fit each other, no column has the
            name, or the account has no such classification.
    """
    _check(arguments)
    paths = paths_or_here(arguments)
    settings = settings_of(arguments, paths)
    if arguments.column or arguments.select:
        scanned = _trace_columns(arguments, paths, settings)
    else:
        from .classification_tracing import trace_classifications  # noqa: PLC0415 - the account is for those alone who ask it

        scanned = trace_classifications(arguments, paths, settings)
    say(render_summary(scanned.graph))
    return 0


def _check(arguments: argparse.Namespace) -> None:
    changes = arguments.apply or arguments.propose
    if (arguments.column or arguments.select) and (arguments.classification or changes):
        raise CommandError(
            "--column and --select follow columns by their names. Leave out --classification, "
            "--propose and --apply."
        )
    if changes and arguments.classification is None:
        raise CommandError(
            "--propose and --apply are about one classification. Name it with --classification."
        )
    if arguments.apply and not arguments.yes and not can_ask():
        raise CommandError(
            "trace --apply asks before it writes, and there is no terminal to ask on. Add --yes."
        )


def _trace_columns(
    arguments: argparse.Namespace, paths: Sequence[Path], settings: Settings
) -> Scan:
    scanned = read(arguments, paths, settings)
    named = trace_columns(scanned.graph, arguments.column or ())
    if arguments.select:
        nodes = expanded(scanned.graph, selected(scanned, settings, arguments.select))
        chosen = trace_nodes(scanned.graph, arguments.select, nodes)
        named = NamedTraces((*named.traces, chosen), named.unknown_tables)
    missing = [trace.pattern for trace in named.traces if not trace.origins]
    if len(missing) == len(named.traces):
        raise CommandError(
            f"no column of the scan is called {' or '.join(missing)}. * stands for any characters: "
            "'*email*'; sql-lineage-purview tables lists the columns."
        )
    for pattern in missing:
        say(f"Warning: no column of the scan is called {pattern}.")
    ends = [
        column
        for trace in named.traces
        for column in (*trace.origins, *(row.column for row in trace.columns))
    ]
    hidden = hidden_paths(scanned.graph, ends)
    report = TraceReport(scanned.graph, named.traces, hidden, named.unknown_tables)
    deliver(report, chosen_format(arguments, TRACE_FORMATS), arguments.output)
    return scanned
