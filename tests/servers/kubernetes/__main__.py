"""Build the programs: see `building`."""

from __future__ import annotations

from tests.servers.kubernetes.building import main

main()
