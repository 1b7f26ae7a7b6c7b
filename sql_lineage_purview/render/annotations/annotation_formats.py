"""The formats of annotations, as rows for the tables of all things that can be annotated."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from ..format import Format

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from .annotation import Annotation

Annotated = TypeVar("Annotated")


def annotation_formats(
    annotations: Callable[[Annotated], Sequence[Annotation]],
) -> tuple[Format[Annotated], ...]:
    """The rows of a table whose things have annotations: SARIF, GitHub, GitLab, Azure DevOps.

    Args:
        annotations: those of a thing, in the order in which they are shown.
    """

    def row(name: str, opening: str, *endings: str) -> Format[Annotated]:
        return Format(
            name,
            endings,
            is_data=True,
            render=lambda thing: _writer(name)(annotations(thing)),
            opening=opening,
        )

    return (
        row("sarif", r'\{\s*"\$schema":\s*"[^"]*sarif-2\.1\.0\.json"', ".sarif"),
        row("github", r"::(?:error|warning|notice) file="),
        row("gitlab", r'\[\s*(?:\{\s*"type": "issue", "check_name":|\]\s*$)'),
        row("azure", r"##vso\[task\.logissue |\S+:\d+:\d+: [A-Z]+\d+ "),
    )


def _writer(name: str) -> Callable[[Sequence[Annotation]], str]:
    """What writes annotations in a format: text on a console takes none."""
    from .build_commands import render_azure, render_github  # noqa: PLC0415 - for those alone who choose one
    from .gitlab import render_gitlab  # noqa: PLC0415 - the same
    from .sarif import render_sarif  # noqa: PLC0415 - the same

    return {
        "sarif": render_sarif,
        "github": render_github,
        "gitlab": render_gitlab,
        "azure": render_azure,
    }[name]
