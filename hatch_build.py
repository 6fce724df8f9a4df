"""What a wheel needs beside the code: translations compiled, fonts and icons in place.

So who installs the wheel needs neither gettext nor Node.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import polib
from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class BuiltFiles(BuildHookInterface):  # type: ignore[type-arg]
    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if version == "editable":
            return
        root = Path(self.root)
        for path in sorted(root.glob("src/gezel/*/locale/*/LC_MESSAGES/*.po")):
            polib.pofile(str(path)).save_as_mofile(str(path.with_suffix(".mo")))
        # An sdist carries them along; only a fresh clone has to fetch them.
        if (root / "package-lock.json").exists() and (root / ".tools").exists():
            subprocess.run([sys.executable, root / "tools/assets.py"], check=True)
        if not (root / "src/gezel/kit/static/kit/vendor/inter-latin.woff2").exists():
            raise SystemExit("Fonts and icons are missing: ./gezel run brings them in.")
