"""Builds the compiled modules of the reader of access logs: hatchling calls it.

With OFFCALL_CHECKED=1 they are built to be tested: indexes are checked, and the sanitizers of
addresses and of undefined behaviour watch. It has to be a copy of the checkout, since modules that
are up to date are not built again; see tests/accesslogs/test_checked.py.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from Cython.Build import cythonize
from hatchling.builders.hooks.plugin.interface import BuildHookInterface
from setuptools import Distribution, Extension

FOLDER = Path("src/offcall/accesslogs/reading")
SANITIZERS = ["-fsanitize=address,undefined", "-fno-sanitize-recover=undefined"]


class Compiled(BuildHookInterface[Any]):
    """Every `.pyx` becomes a module beside it, in a checkout as in a wheel."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile, and say that a wheel is for this machine and this Python."""
        checked = os.environ.get("OFFCALL_CHECKED") == "1"
        names = [f"offcall.accesslogs.reading.{one.stem}" for one in sorted(FOLDER.glob("*.pyx"))]
        extensions = [
            Extension(
                name,
                [str(Path("src", *name.split(".")).with_suffix(".pyx"))],
                extra_compile_args=["-O0", "-g1", *SANITIZERS] if checked else ["-O3", "-g0"],
                extra_link_args=SANITIZERS if checked else [],
            )
            for name in names
        ]
        directives = {
            "language_level": 3,
            "boundscheck": checked,
            "wraparound": False,
            "initializedcheck": checked,
            "cdivision": True,
            "show_performance_hints": False,
        }
        distribution = Distribution(
            {
                "name": "offcall",
                "package_dir": {"": "src"},
                "ext_modules": cythonize(
                    extensions,
                    build_dir="build/cython",
                    include_path=["src"],
                    compiler_directives=directives,
                    quiet=True,
                ),
            }
        )
        command: Any = distribution.get_command_obj("build_ext")
        command.inplace = True
        command.parallel = os.cpu_count()
        command.ensure_finalized()
        command.run()
        build_data["pure_python"] = False
        build_data["infer_tag"] = True
        build_data["artifacts"] += [f"{FOLDER}/*.so", f"{FOLDER}/*.pyd"]
