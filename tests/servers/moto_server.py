"""Moto's server, with a faster clock: its own builds two datetimes for every message it looks at.

python -m tests.servers.moto_server -H 127.0.0.1 -p 0
"""

from __future__ import annotations

import time
from datetime import datetime

from moto.core import utils

_unix_time = utils.unix_time


def unix_time(dt: datetime | None = None) -> float:
    """Seconds since the epoch, as moto means it."""
    return time.time() if dt is None else _unix_time(dt)


def unix_time_millis(dt: datetime | None = None) -> float:
    """The same in milliseconds."""
    return unix_time(dt) * 1000.0


# Before moto's services import them by name.
utils.unix_time = unix_time
utils.unix_time_millis = unix_time_millis

if __name__ == "__main__":
    from moto.server import main

    main()
