from __future__ import annotations

import os

import pytest
from hypothesis import settings

# No example is wrong because the machine is busy: what has to be prompt says so (`promptness`).
settings.register_profile("any", deadline=None)
# The same examples in every run of CI: what is new there is found by the change, not by chance.
settings.register_profile("ci", deadline=None, derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "any")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--rewrite-specs",
        action="store_true",
        help="write the tool's answers into the specs, for review",
    )
