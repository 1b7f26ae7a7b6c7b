"""Pages of answers: what a narrow column breaks, and what it does not."""

from __future__ import annotations

import re

from sql_lineage_purview.render.report_page import ReportSection, report_page

LONG = "Warehouse.stage.usp_load_orders_of_the_day"


def cells(*values: str) -> list[str]:
    page = report_page(
        "impact", "Impact", [], [ReportSection("Used by", ["who"] * len(values), [values])]
    )
    return re.findall("<td>(.*?)</td>", page)


def test_long_names_and_paths_may_break_behind_their_marks() -> None:
    name, path = cells(LONG, "Database Project/Stored Procedures/load_orders.sql:12")
    assert name.split("<wbr>") == [
        "Warehouse.",
        "stage.",
        "usp_",
        "load_",
        "orders_",
        "of_",
        "the_",
        "day",
    ]
    assert path.replace("<wbr>", "") == "Database Project/Stored Procedures/load_orders.sql:12"
    assert "Procedures/<wbr>load_" in path


def test_words_short_names_and_markup_stay_whole() -> None:
    assert cells("TRANSFORMATION", "dbo.Orders", "reads, filters") == [
        "TRANSFORMATION",
        "dbo.Orders",
        "reads, filters",
    ]
    [hostile] = cells("dbo.<img/src=x_onerror=alert(1)/onload=a_b>")
    assert "<img" not in hostile
    assert hostile.replace("<wbr>", "").startswith("dbo.&lt;img/src=x_onerror")
