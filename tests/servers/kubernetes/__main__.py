"""Build the programs: see `building`."""

from __future__ import annotations

import sys

from tests.servers.kubernetes.building import main

main(*sys.argv[1:])
