"""The formats of annotations, as rows for the tables of all things that can be annotated."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from ..format import Format
from .build_commands import render_azure, render_github
from .gitlab import GITLAB_OPENING, render_gitlab
from .sarif import SARIF_OPENING, render_sarif

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

    def row(
        name: str,
        render: Callable[[Sequence[Annotation]], str],
        endings: tuple[str, ...] = (),
        opening: str = "",
    ) -> Format[Annotated]:
        return Format(
            name,
            endings,
            is_data=True,
            render=lambda thing: render(annotations(thing)),
            opening=opening,
        )

    return (
        row("sarif", render_sarif, (".sarif",), SARIF_OPENING),
        row("github", render_github, opening=r"::(?:error|warning|notice) file="),
        row("gitlab", render_gitlab, opening=GITLAB_OPENING),
        row("azure", render_azure, opening=r"##vso\[task\.logissue |\S+:\d+:\d+: [A-Z]+\d+ "),
    )
