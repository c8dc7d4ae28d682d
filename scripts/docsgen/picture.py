"""docs/images/brief.png: the HTML brief of the sample estate, seen by a browser."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

__all__ = ["take_picture"]

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
SIZE = (1000, 1130)


def take_picture(target: Path) -> bool:
    """Write the picture; False when this machine has no Chromium."""
    browser = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    if browser is None:
        return False
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder) / "brief.html"
        offcall = Path(sys.executable).with_name("offcall")
        with page.open("wb") as out:
            subprocess.run([offcall, "brief", "--demo", "-o", "html"], stdout=out, check=True)
        subprocess.run(
            [
                browser,
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--hide-scrollbars",
                f"--user-data-dir={folder}/profile",
                f"--window-size={SIZE[0]},{SIZE[1]}",
                f"--screenshot={target.resolve()}",
                page.as_uri(),
            ],
            check=True,
            capture_output=True,
            timeout=120,
        )
    return True
