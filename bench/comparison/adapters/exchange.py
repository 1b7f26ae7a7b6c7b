"""What every adapter says and hears: features as JSON on stdin, answers as JSON on stdout.

    {"features": [{"title": …, "batches": [sql, …], "columns": {"dbo.Sales": ["Id", "Amount"]}}]}
    {"version": "tool 1.2.3", "seconds": 0.5, "answers": [{"columns": [[from, column, to, column]],
    "tables": …, "error": …}]}

A name is its parts joined with dots, without brackets. The seconds are those of the processor for
the answers alone, without starting Python and importing the tool. Only the standard library is
used: each adapter runs in the environment of its tool.
"""

from __future__ import annotations

import json
import logging
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

TEMPORARY = ("#", "@")


@dataclass
class Answer:
    """What a tool says of one feature."""

    columns: set[tuple[str, str, str, str]] = field(default_factory=set)
    tables: set[tuple[str, str]] = field(default_factory=set)
    errors: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Feature:
    """What a tool is told: a script's batches, and the columns of all tables and views.

    The tables and views are those of the database.
    """

    title: str
    batches: tuple[str, ...]
    columns: dict[str, tuple[str, ...]]


def serve(version: str, answered: Callable[[Feature], Answer]) -> None:
    """Read features, answer them one after the other, and write the answers."""
    logging.disable(logging.CRITICAL)
    features = [_feature(told) for told in json.load(sys.stdin)["features"]]
    start = time.process_time()
    answers = [_tried(answered, feature) for feature in features]
    seconds = time.process_time() - start
    json.dump(
        {"version": version, "seconds": seconds, "answers": [_shown(answer) for answer in answers]},
        sys.stdout,
    )


def _feature(told: dict[str, Any]) -> Feature:
    columns = {table: tuple(names) for table, names in told["columns"].items()}
    return Feature(told["title"], tuple(told["batches"]), columns)


def _tried(answered: Callable[[Feature], Answer], feature: Feature) -> Answer:
    try:
        return answered(feature)
    except Exception as error:  # whatever a tool raises is its answer
        return Answer(errors=[f"{type(error).__name__}: {error}"])


def _shown(answer: Answer) -> dict[str, Any]:
    return {
        "columns": sorted(answer.columns),
        "tables": sorted(answer.tables),
        "error": "; ".join(answer.errors) or None,
    }
