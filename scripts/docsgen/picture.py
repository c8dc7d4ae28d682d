"""The pictures in docs/images: pages of the sample estate, seen by a browser."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

__all__ = ["PICTURES", "Picture", "take_picture"]

BROWSERS = ("chromium", "chromium-browser", "google-chrome")


@dataclass(frozen=True, slots=True)
class Picture:
    """A command that writes a page, and how much of the page is seen, in pixels."""

    command: tuple[str, ...]
    width: int
    height: int


PICTURES = {
    "docs/images/brief.png": Picture(("brief", "--demo"), 1000, 1130),
    "docs/images/logs-report.png": Picture(("logs", "report", "--demo"), 1100, 1400),
}


def take_picture(picture: Picture, target: Path) -> bool:
    """Write the picture; False when this machine has no Chromium."""
    browser = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    if browser is None:
        return False
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder) / "page.html"
        offcall = Path(sys.executable).with_name("offcall")
        with page.open("wb") as out:
            subprocess.run([offcall, *picture.command, "-o", "html"], stdout=out, check=True)
        subprocess.run(
            [
                browser,
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--hide-scrollbars",
                f"--user-data-dir={folder}/profile",
                f"--window-size={picture.width},{picture.height}",
                f"--screenshot={target.resolve()}",
                page.as_uri(),
            ],
            check=True,
            capture_output=True,
            timeout=120,
        )
    return True
