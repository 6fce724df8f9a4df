"""Packages in the demo: made by us, brought in as anyone would bring one in."""

import tempfile
import tomllib
import uuid
import zipfile
from pathlib import Path

from gezel.catalogue.api import Taught
from gezel.content.api import Words, bring_package, store_package
from gezel.site.demo.cast import Stage
from gezel.site.demo.story import DATA

ABOUT = "package.toml"


def bring_packages(stage: Stage) -> None:
    """Each folder of `data/packages`, packed, read by its reader, and put on offer."""
    for folder in sorted(path for path in (DATA / "packages").iterdir() if path.is_dir()):
        told = tomllib.loads((folder / ABOUT).read_text(encoding="utf-8"))
        with tempfile.TemporaryDirectory() as room:
            archive = Path(room) / f"{folder.name}.zip"
            with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
                for path in sorted(folder.rglob("*")):
                    if path.is_file() and path.name != ABOUT:
                        packed.write(path, path.relative_to(folder).as_posix())
            stored = store_package(archive)
        bring_package(
            stage.organisations[told["org"]],
            stored,
            by=stage.people[told["author"]],
            title=Words(**told["title"]),
            goal=Words(**told["goal"]),
            minutes=told["minutes"],
            teaches=[
                Taught(stage.skills[row["skill"]].pk, row["from"], row["to"])
                for row in told["skills"]
            ],
            filename=f"{folder.name}.zip",
            key=uuid.uuid5(uuid.NAMESPACE_URL, f"demo package {folder.name}"),
            state="open",
        )
