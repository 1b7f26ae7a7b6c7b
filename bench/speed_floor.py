"""The floor of bench/speed.py: the parser library alone, over statements that were cut before.

    python bench/speed_floor.py STATEMENTS

STATEMENTS is a JSON list of texts. Those that the library refuses count too: what it made of them
until then is its work. It prints how many it was given, and how many it refused.
"""

from __future__ import annotations

import json
import logging
import sys
from pathlib import Path

import sqlglot
from sqlglot.errors import ErrorLevel, SqlglotError


def main() -> None:
    logging.getLogger("sqlglot").setLevel(logging.CRITICAL)
    statements: list[str] = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    refused = 0
    for statement in statements:
        try:
            sqlglot.parse(statement, dialect="tsql", error_level=ErrorLevel.IGNORE)
        except (SqlglotError, IndexError, KeyError, AttributeError, TypeError, ValueError):
            refused += 1
        except RecursionError:
            refused += 1
    print(f"{len(statements)} {refused}")


if __name__ == "__main__":
    main()
