from __future__ import annotations

import subprocess
import sys


def test_planning_loads_no_network_library() -> None:
    code = (
        "import sys, sql_lineage_purview.purview.planning.make_plan, "
        "sql_lineage_purview.purview; print(*sys.modules)"
    )
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.split()
    assert "sql_lineage_purview.purview.pushing.apply" in loaded
    assert not [
        name
        for name in loaded
        if name.partition(".")[0] in ("azure", "requests", "urllib3", "msal")
    ]
