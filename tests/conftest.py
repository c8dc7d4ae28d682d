"""Fixtures for all tests: real servers, histories, and an environment that is nobody's own."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# How long one example takes depends on what else the machine does (and the very first one builds
# tables of Unicode); pytest-timeout bounds the test.
settings.register_profile("offcall", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("offcall")

pytest_plugins = [
    "tests.servers.postgres",
    "tests.servers.aws",
    "tests.servers.kubernetes",
    "tests.history.fixtures",
]


@pytest.fixture(autouse=True)
def own_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Nothing that a developer has set up is read or written."""
    home = tmp_path_factory.getbasetemp() / "home"
    for name in ("OFFCALL_ESTATE", "OFFCALL_HISTORY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("OFFCALL_USER", "tester")
    for name, folder in (("XDG_DATA_HOME", "data"), ("XDG_CONFIG_HOME", "config")):
        monkeypatch.setenv(name, str(home / folder))
    return home
