"""A step of a check of the account as text: its health, its name, what was found, what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...model.printable import one_line

if TYPE_CHECKING:
    from ...purview.checking.checkup import Finding

_STEP_WIDTH = 20
# Below the message: behind the health (4 characters), the step, and two spaces after each.
_INDENT = " " * (_STEP_WIDTH + 8)


def render_checkup_text(finding: Finding) -> str:
    """One line, and below it details and the remedy where there are any."""
    heading = f"{finding.health.value:4}  {finding.step:{_STEP_WIDTH}}"
    lines = [f"{heading}  {one_line(finding.message)}"]
    lines += [f"{_INDENT}{one_line(detail)}" for detail in finding.details]
    if finding.remedy:
        lines.append(f"{_INDENT}{finding.remedy}")
    return "".join(f"{line}\n" for line in lines)
