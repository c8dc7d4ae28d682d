"""`python -m offcall` is the same as `offcall`."""

from __future__ import annotations

from offcall.surfaces.cli import main

if __name__ == "__main__":
    main()
