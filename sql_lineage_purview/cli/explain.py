"""`explain [CODE]`: what a diagnostic means, or the list of all."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

from ..model.diagnostics import RULES
from ..render.diagnostics import render_rule, render_rules
from ..render.rules_page import render_rules_page
from .console import CommandError, deliver

if TYPE_CHECKING:
    import argparse


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("code", metavar="CODE", nargs="?", help="a code such as SLP101 (default: list all)")
    parser.add_argument("--markdown", action="store_true", help="print the page of all diagnostics, as the documentation has it")


_LOOKALIKES = str.maketrans("OIL", "011")


def run(arguments: argparse.Namespace) -> int:
    """A code that does not exist is a usage error."""
    if arguments.markdown:
        deliver(render_rules_page(RULES.values()), None, exact=True)
        return 0
    if arguments.code is None:
        deliver(render_rules(RULES.values()), None)
        return 0
    rule = RULES.get(arguments.code.upper())
    if rule is None:
        code = arguments.code.upper()
        digits = code[:3] + code[3:].translate(_LOOKALIKES)
        near = difflib.get_close_matches(digits, RULES, n=1, cutoff=0.8)
        advice = f"Did you mean {near[0]}?" if near else "sql-lineage-purview explain lists all."
        raise CommandError(f"there is no diagnostic {arguments.code!r}. {advice}")
    deliver(render_rule(rule), None)
    return 0
