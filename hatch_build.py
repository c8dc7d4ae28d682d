"""Builds the compiled modules of the reader of access logs: hatchling calls it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from Cython.Build import cythonize
from hatchling.builders.hooks.plugin.interface import BuildHookInterface
from setuptools import Distribution, Extension

FOLDER = Path("src/offcall/accesslogs/reading")


class Compiled(BuildHookInterface[Any]):
    """Every `.pyx` becomes a module beside it, in a checkout as in a wheel."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile, and say that a wheel is for this machine and this Python."""
        names = [f"offcall.accesslogs.reading.{one.stem}" for one in sorted(FOLDER.glob("*.pyx"))]
        extensions = [
            Extension(
                name,
                [str(Path("src", *name.split(".")).with_suffix(".pyx"))],
                extra_compile_args=["-O3", "-g0"],
            )
            for name in names
        ]
        directives = {
            "language_level": 3,
            "boundscheck": False,
            "wraparound": False,
            "initializedcheck": False,
            "cdivision": True,
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
        command.ensure_finalized()
        command.run()
        build_data["pure_python"] = False
        build_data["infer_tag"] = True
        build_data["artifacts"] += [f"{FOLDER}/*.so", f"{FOLDER}/*.pyd"]
