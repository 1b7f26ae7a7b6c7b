from __future__ import annotations

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--rewrite-specs", action="store_true", help="write the tool's answers into the specs, for review")
