"""Activities inside of activities: loops and branches hold others.

Source:
https://learn.microsoft.com/azure/data-factory/concepts-pipelines-activities#control-flow-activities
"""

from __future__ import annotations

from collections.abc import Iterator

from ..artefacts.json_members import Properties


def running(activities: list[object]) -> Iterator[Properties]:
    """All activities in order, those inside of others too.

    What is switched off does not run, nor what it holds.
    """
    pending = list(reversed(activities))
    while pending:
        activity = pending.pop()
        # deactivated in Studio
        if not isinstance(activity, dict) or activity.get("state") == "Inactive":
            continue
        yield activity
        properties = activity.get("typeProperties")
        if isinstance(properties, dict):
            pending += reversed(inner(properties))


def inner(properties: Properties) -> list[object]:
    """The activities inside of ForEach, Until, IfCondition and Switch."""
    cases = properties.get("cases")
    holders = (
        [*(case for case in cases if isinstance(case, dict)), properties]
        if isinstance(cases, list)
        else [properties]
    )
    keys = ("activities", "ifTrueActivities", "ifFalseActivities", "defaultActivities")
    lists = [holder.get(key) for holder in holders for key in keys]
    return [activity for children in lists if isinstance(children, list) for activity in children]
