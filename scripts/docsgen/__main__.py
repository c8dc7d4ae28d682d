"""Write the generated pages, the outputs inside the written ones, and the pictures."""

from __future__ import annotations

from pathlib import Path

from scripts.docsgen.console import refreshed
from scripts.docsgen.pages import GENERATED, ROOT, written_pages
from scripts.docsgen.picture import PICTURES, take_picture


def main() -> None:
    """Bring every page up to date; says which ones changed."""
    for name, make in GENERATED.items():
        _write(ROOT / name, make())
    for page in written_pages():
        _write(page, refreshed(page.read_text(encoding="utf-8")))
    for name, picture in PICTURES.items():
        if not take_picture(picture, ROOT / name):
            print(f"{name} is as it was: no Chromium here")


def _write(path: Path, text: str) -> None:
    if path.is_file() and path.read_text(encoding="utf-8") == text:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    print(f"wrote {path.relative_to(ROOT)}")


main()
