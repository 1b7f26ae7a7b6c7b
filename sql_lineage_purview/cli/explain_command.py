"""`explain [CODE]`: what a diagnostic means, or the list of all."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

from ..model.diagnostics import RULES
from ..render.rule_formats import RULES_FORMATS
from .console import CommandError
from .delivery import deliver
from .output import add_output_arguments, chosen_format

if TYPE_CHECKING:
    import argparse

    from ..model.diagnostics import Rule


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument(
        "code", metavar="CODE", nargs="?", help="a code such as SLP101 (default: list all)"
    )
    parser.add_argument(
        "--markdown",
        action="store_const",
        const="markdown",
        dest="format",
        help="print the page of all diagnostics, as the documentation has it (--format markdown)",
    )
    add_output_arguments(parser, RULES_FORMATS)


# `SLPIO1`, read off a screen, is `SLP101`
_LOOKALIKES = str.maketrans("OIL", "011")


def run(arguments: argparse.Namespace) -> int:
    """A code that does not exist is a usage error."""
    rules = list(RULES.values()) if arguments.code is None else [_rule(arguments.code)]
    deliver(rules, chosen_format(arguments, RULES_FORMATS), arguments.output)
    return 0


def _rule(text: str) -> Rule:
    """The rule of a code.

    Raises:
        CommandError: there is no such code.
    """
    rule = RULES.get(text.upper())
    if rule is None:
        code = text.upper()
        digits = code[:3] + code[3:].translate(_LOOKALIKES)
        # one wrong character of six is a likeness of 0.83
        near = difflib.get_close_matches(digits, RULES, n=1, cutoff=0.8)
        advice = f"Did you mean {near[0]}?" if near else "sql-lineage-purview explain lists all."
        raise CommandError(f"there is no diagnostic {text!r}. {advice}")
    return rule
