"""Findings: what they are sorted by."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from sql_lineage_purview.model.diagnostics import Diagnostic, Span

TEXTS = st.sampled_from(["", "a", "b"])
NUMBERS = st.integers(1, 2)
FINDINGS = st.builds(
    Diagnostic,
    st.sampled_from(["SLP101", "SLP602"]),
    TEXTS,
    st.builds(Span, NUMBERS, NUMBERS, NUMBERS, NUMBERS),
    TEXTS,
    st.none() | st.just("SELECT 1"),
    st.sampled_from([(), ("[folders]",)]),
    TEXTS,
)


@given(FINDINGS, FINDINGS)
def test_only_equal_findings_have_one_place(first: Diagnostic, second: Diagnostic) -> None:
    assert (first.order == second.order) is (first == second)
