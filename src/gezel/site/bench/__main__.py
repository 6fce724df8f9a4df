"""`./gezel bench`: run groups of figures and report them."""

import argparse
import os
import sys
from pathlib import Path
from tempfile import mkdtemp


def main() -> int:
    """Measure on a database of its own, so that nobody's data is touched."""
    parser = argparse.ArgumentParser(prog="gezel bench", description=main.__doc__)
    parser.add_argument("groups", nargs="*", help="which groups; none means all")
    parser.add_argument("--json", type=Path, help="write the figures to this file")
    asked = parser.parse_args()

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gezel.site.settings")
    os.environ.setdefault("GEZEL_DATA_DIR", mkdtemp(prefix="gezel-bench-"))
    import django

    django.setup()
    from django.core.management import call_command

    from gezel.site.bench import figures
    from gezel.site.bench.groups import GROUPS

    if unknown := set(asked.groups) - set(GROUPS):
        parser.error(f"unknown: {', '.join(sorted(unknown))}; there are {', '.join(GROUPS)}")
    call_command("migrate", verbosity=0, interactive=False)
    chosen = asked.groups or list(GROUPS)
    found = list(figures.report((name, GROUPS[name]) for name in chosen))
    if asked.json:
        figures.write(found, asked.json)
    failed = [f for f in found if f.passed is False]
    unmeasured = [f for f in found if f.value is None]
    print(f"\n{len(found)} figures, {len(failed)} short of target, {len(unmeasured)} not measured")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
