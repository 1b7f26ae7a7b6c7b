"""Annotations as lines that a build obeys: GitHub Actions and Azure DevOps show them by the code.

What stands in them comes from scripts, so nothing of it may end the command or begin another one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...model.diagnostics import Severity
from ...model.printable import one_line, without_commands

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from .annotation import Annotation

_GITHUB_COMMANDS = {
    Severity.ERROR: "error",
    Severity.WARNING: "warning",
    Severity.INFO: "notice",
}
# of what is no other sign's escape first
_GITHUB_MESSAGE = {"%": "%25", "\n": "%0A"}
_GITHUB_PROPERTY = _GITHUB_MESSAGE | {":": "%3A", ",": "%2C"}
_AZURE = {"%": "%AZP25", ";": "%3B", "\n": "%0A", "]": "%5D"}


def render_github(annotations: Sequence[Annotation]) -> str:
    """A workflow command for each annotation.

    Source: https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands
    """
    return "".join(map(_github, annotations))


def render_azure(annotations: Sequence[Annotation]) -> str:
    """A logging command for each error and warning, and a plain line for what is good to know.

    Azure DevOps has no lower level.
    Source: https://learn.microsoft.com/azure/devops/pipelines/scripts/logging-commands#logissue-log-an-error-or-warning
    """
    return "".join(map(_azure, annotations))


def _github(annotation: Annotation) -> str:
    rule, span = annotation.rule, annotation.span
    properties = {
        "file": annotation.path,
        "line": str(span.line),
        "col": str(span.column),
        "title": f"{rule.code} {rule.title}",
    }
    listed = ",".join(
        f"{name}={_escaped(value, _GITHUB_PROPERTY)}" for name, value in properties.items()
    )
    message = _escaped(annotation.message, _GITHUB_MESSAGE)
    return f"::{_GITHUB_COMMANDS[annotation.level]} {listed}::{message}\n"


def _azure(annotation: Annotation) -> str:
    span, code = annotation.span, annotation.rule.code
    if annotation.level is Severity.INFO:
        place = f"{annotation.path}:{span.line}:{span.column}"
        return without_commands(one_line(f"{place}: {code} {annotation.message}")) + "\n"
    properties = {
        "type": annotation.level.lower(),
        "sourcepath": annotation.path,
        "linenumber": str(span.line),
        "columnnumber": str(span.column),
        "code": code,
    }
    listed = "".join(f"{name}={_escaped(value, _AZURE)};" for name, value in properties.items())
    message = _escaped(f"{code} {annotation.message}", _AZURE)
    return f"##vso[task.logissue {listed}]{message}\n"


def _escaped(text: str, escapes: Mapping[str, str]) -> str:
    lines = "\n".join(without_commands(one_line(line)) for line in text.split("\n"))
    return "".join(escapes.get(sign, sign) for sign in lines)
