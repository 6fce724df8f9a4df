"""H5P content of our own making: a tiny library and one question that runs on it."""

import json
from collections.abc import Mapping
from typing import Any

from gezel.kit.tests.zips import file, zipped

# One button that is right and one that is not; it remembers what was pressed.
LIBRARY = """
var H5P = H5P || {};
H5P.GezelTry = (function ($) {
  function Try(params, id, extras) {
    H5P.EventDispatcher.call(this);
    this.params = params;
    this.pressed = (extras && extras.previousState && extras.previousState.pressed) || 0;
  }
  Try.prototype = Object.create(H5P.EventDispatcher.prototype);
  Try.prototype.attach = function ($container) {
    var self = this;
    $container.addClass('h5p-gezel-try').append('<h1>' + this.params.question + '</h1>');
    var $count = $('<p class="count"></p>').text('Pressed: ' + this.pressed).appendTo($container);
    ['right', 'wrong'].forEach(function (word) {
      $('<button></button>').text(word).appendTo($container).on('click', function () {
        self.pressed += 1;
        $count.text('Pressed: ' + self.pressed);
        if (self.params.silent) return;
        self.triggerXAPIScored(word === 'right' ? 4 : 1, 4, 'answered', true, word === 'right');
      });
    });
  };
  Try.prototype.getCurrentState = function () { return { pressed: this.pressed }; };
  return Try;
})(H5P.jQuery);
"""
MAIN: dict[str, Any] = {
    "title": "Which cable?",
    "mainLibrary": "H5P.GezelTry",
    "language": "en",
    "embedTypes": ["div"],
    "preloadedDependencies": [
        {"machineName": "H5P.GezelTry", "majorVersion": 1, "minorVersion": 0}
    ],
}  # fmt: skip
HOME: dict[str, Any] = {
    "title": "Try", "machineName": "H5P.GezelTry", "majorVersion": 1, "minorVersion": 0,
    "patchVersion": 1, "runnable": 1, "preloadedJs": [{"path": "try.js"}],
    "preloadedCss": [{"path": "try.css"}],
    "preloadedDependencies": [{"machineName": "Plain", "majorVersion": 1, "minorVersion": 2}],
}  # fmt: skip
OTHER = {
    "title": "Plain", "machineName": "Plain", "majorVersion": "1", "minorVersion": "2",
    "patchVersion": 0, "runnable": 0, "preloadedJs": [{"path": "plain.js"}],
}  # fmt: skip


def h5p_files(**changed: bytes | None) -> dict[str, bytes]:
    """Name → content of every file; `changed` replaces one (None: leaves it out)."""
    files: dict[str, bytes] = {
        "h5p.json": json.dumps(MAIN).encode(),
        "content/content.json": json.dumps({"question": "Which one is orange?"}).encode(),
        "content/images/cable.png": b"\x89PNG",
        "H5P.GezelTry-1.0/library.json": json.dumps(HOME).encode(),
        "H5P.GezelTry-1.0/try.js": LIBRARY.encode(),
        "H5P.GezelTry-1.0/try.css": b".h5p-gezel-try button { font-size: 1.5rem }",
        "Plain-1.2/library.json": json.dumps(OTHER).encode(),
        "Plain-1.2/plain.js": b"var plain = 1;",
    }
    for name, data in changed.items():
        if data is None:
            del files[name]
        else:
            files[name] = data
    return files


def an_h5p(files: Mapping[str, bytes] | None = None) -> bytes:
    """The same as one `.h5p` file."""
    return zipped(*(file(name, data) for name, data in (files or h5p_files()).items()))
