"""The tables of the history, on one `metadata`. Each module here holds the tables of one subject.

A new table also needs a migration in `offcall/history/migrations/versions`; the newest file there
gives the version of the schema.
"""

from __future__ import annotations

import importlib
import pkgutil

from offcall.history.schema.base import BigId, UTCDateTime, metadata

__all__ = ["BigId", "UTCDateTime", "metadata"]

for _module in pkgutil.iter_modules(__path__, __name__ + "."):
    importlib.import_module(_module.name)
