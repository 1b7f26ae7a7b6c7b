"""`explain [CODE]`: what a diagnostic means, or the list of all."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

from ..model.diagnostics import RULES
from ..render.diagnostic_formats import RULE_FORMATS, RULES_FORMATS
from .console import CommandError
from .delivery import deliver

if TYPE_CHECKING:
    import argparse


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument(
        "code", metavar="CODE", nargs="?", help="a code such as SLP101 (default: list all)"
    )
    parser.add_argument(
        "--markdown",
        action="store_true",
        help="print the page of all diagnostics, as the documentation has it",
    )


# `SLPIO1`, read off a screen, is `SLP101`
_LOOKALIKES = str.maketrans("OIL", "011")


def run(arguments: argparse.Namespace) -> int:
    """A code that does not exist is a usage error.

    Raises:
        CommandError: there is no such code.
    """
    if arguments.markdown:
        deliver(RULES.values(), RULES_FORMATS.named("markdown"))
        return 0
    if arguments.code is None:
        deliver(RULES.values(), RULES_FORMATS.default)
        return 0
    rule = RULES.get(arguments.code.upper())
    if rule is None:
        code = arguments.code.upper()
        digits = code[:3] + code[3:].translate(_LOOKALIKES)
        # one wrong character of six is a likeness of 0.83
        near = difflib.get_close_matches(digits, RULES, n=1, cutoff=0.8)
        advice = f"Did you mean {near[0]}?" if near else "sql-lineage-purview explain lists all."
        raise CommandError(f"there is no diagnostic {arguments.code!r}. {advice}")
    deliver(rule, RULE_FORMATS.default)
    return 0
