"""Pin anew what Gezel stands on: `./gezel lock`, or `./gezel lock --upgrade` for the newest.

Requirement files carry hashes and no address: a mirror serves as well, and nothing that was
changed on the way gets in. They hold for every platform and every Python we allow, not just for
the machine that made them.
"""

from __future__ import annotations

import subprocess
import sys

from assets import ROOT, TOOLS, find_npm

REQUIREMENTS = {
    "run": ["pyproject.toml"],
    "dev": ["pyproject.toml", "--extra=postgres", "--extra=valkey", "--group=dev"],
    "tools": ["requirements/tools.in"],
    "node": ["requirements/node.in"],
    "contexts": ["requirements/contexts.in", "--no-deps"],
}


def main(arguments: list[str]) -> int:
    for name, sources in REQUIREMENTS.items():
        subprocess.run(
            [
                *(f"{TOOLS}/bin/uv", "pip", "compile", "--quiet", *sources),
                *("--universal", "--python-version=3.11", "--generate-hashes"),
                *("--no-header", "--no-emit-index-url", "--no-emit-find-links"),
                *(
                    "--custom-compile-command=./gezel lock",
                    f"--output-file=requirements/{name}.txt",
                ),
                *arguments,
            ],
            cwd=ROOT,
            stdout=subprocess.DEVNULL,
            check=True,
        )
    npm, environment = find_npm()
    command = "update" if "--upgrade" in arguments else "install"
    subprocess.run(
        [*npm, command, "--package-lock-only", "--ignore-scripts", "--loglevel=error"],
        cwd=ROOT,
        env=environment,
        check=True,
    )
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
