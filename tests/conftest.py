from __future__ import annotations

import os

import pytest
from hypothesis import settings

# The same examples in every run of CI: what is new there is found by the change, not by chance.
settings.register_profile("ci", derandomize=True)
if os.environ.get("CI"):
    settings.load_profile("ci")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--rewrite-specs",
        action="store_true",
        help="write the tool's answers into the specs, for review",
    )
