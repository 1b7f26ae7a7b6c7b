"""`plan PATH…`: what a push would change, without changing it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..project.configuring.setting_rows import OptionGroup
from ..project.publishing.plans import push_options
from ..purview import MissingPolicy
from ..purview.planning.plan_checks import check_resolved, check_threshold
from ..purview.purview_errors import PruneError, UnresolvedError
from ..render.publication.publication_formats import PLAN_FORMATS
from ..render.scan_summary import render_summary
from .console import say
from .delivery import deliver
from .output import add_output_arguments, chosen_format
from .paths import add_optional_paths_argument, paths_or_here
from .publishing import account, add_detail_argument, add_planning_arguments
from .scan_options import add_reading_arguments, read, settings_of
from .setting_options import add_setting_options
from .watching import add_shrink_argument, fails_on_shrink, planned

if TYPE_CHECKING:
    import argparse

    from ..project.configuring.settings import Settings
    from ..purview import Plan

_FINDINGS = 1


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    add_optional_paths_argument(parser)
    add_output_arguments(parser, PLAN_FORMATS)
    add_setting_options(parser, OptionGroup.ASSETS)
    add_detail_argument(parser)
    add_shrink_argument(parser, "exit with 1")
    add_planning_arguments(parser)
    add_reading_arguments(parser)


def run(arguments: argparse.Namespace) -> int:
    """Print the plan; unresolved tables are listed in it, and the exit code is still 0.

    A plan with unresolved tables is a plan. The command fails only where these tables are to
    make it fail.
    """
    paths = paths_or_here(arguments)
    settings = settings_of(arguments, paths)
    with account(settings) as purview_account:
        result = read(arguments, paths, settings)
        plan = planned(arguments, result, purview_account, settings)
    form = chosen_format(arguments, PLAN_FORMATS)
    if arguments.verbose and form is PLAN_FORMATS.default:
        form = PLAN_FORMATS.named("text")
    deliver(plan, form, arguments.output)
    say(render_summary(result.graph))
    # only that can be pushed
    output = arguments.output
    if output and form.name == "json" and output.suffix.lower() in form.endings:
        say(f"Written to {output}. To apply exactly this: push --plan {output}")
    _say_too_much(plan, settings)
    is_unresolved = settings.purview.missing == MissingPolicy.FAIL and _said_unresolved(plan)
    return _FINDINGS if is_unresolved or fails_on_shrink(arguments) else 0


def _said_unresolved(plan: Plan) -> bool:
    try:
        check_resolved(plan)
    except UnresolvedError as error:
        say(str(error))
        return True
    return False


def _say_too_much(plan: Plan, settings: Settings) -> None:
    """Say what a push would refuse to delete."""
    try:
        check_threshold(plan, push_options(settings).prune_threshold)
    except PruneError as error:
        say(f"A push of this plan stops: {error}")
