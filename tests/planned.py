"""The rows of a plan, as its text holds them: what tests of plans look at."""

from __future__ import annotations

import json
from typing import Any


def rows_of(plan: str, kind: str) -> list[dict[str, Any]]:
    """Those of one kind (process, placeholder, relation, note …)."""
    _, *rows = map(json.loads, plan.splitlines())
    return [row for row in rows if row["kind"] == kind]
