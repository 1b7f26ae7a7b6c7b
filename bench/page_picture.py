"""Makes docs/images/page.png: a column on the page of sample_sql, as Chromium shows it."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from tests.render.browser import Browser  # noqa: E402 - from the checkout, not the package

SIZE = (1400, 860)
ADDRESS = "#table/RetailDW.dw.FactSales/3"


def main() -> None:
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        page = Path(folder) / "lineage.html"
        command = [sys.executable, "-m", "sql_lineage_purview", "scan", "sample_sql", "-o", page]
        subprocess.run(command, check=True, cwd=ROOT)
        browser = Browser(Path(folder) / "profile", *SIZE)
        try:
            browser.open(page)
            browser.ask(f"location.hash = {ADDRESS!r}")
            browser.wait("document.querySelector('.row.lit')")
            picture = ROOT / "docs" / "images" / "page.png"
            picture.parent.mkdir(exist_ok=True)
            browser.screenshot(picture)
        finally:
            browser.close()


if __name__ == "__main__":
    main()
