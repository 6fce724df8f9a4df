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


# Two of these questions as parts of a set, which reports what they came to together. The second
# says by its number alone that it is a part, as some libraries do.
SET = """
var H5P = H5P || {};
H5P.GezelSet = (function ($) {
  function Set(params, id, extras) {
    H5P.EventDispatcher.call(this);
    var self = this, before = (extras && extras.previousState && extras.previousState.parts) || [];
    this.contentId = id; this.shares = [];
    this.parts = ['one', 'two'].map(function (name, at) {
      var part = new H5P.GezelTry({question: name}, id, {previousState: before[at]});
      part.contentId = id; part.subContentId = 'part-' + name;
      if (at === 0) part.parent = self;
      part.on('xAPI', function (event) {
        self.shares[at] = event.data.statement.result.score.scaled;
        if (self.shares[0] === undefined || self.shares[1] === undefined) return;
        var sum = self.shares[0] + self.shares[1];
        self.triggerXAPIScored(sum, 2, 'completed', true, sum >= 1.5);
      });
      return part;
    });
  }
  Set.prototype = Object.create(H5P.EventDispatcher.prototype);
  Set.prototype.attach = function ($container) {
    this.parts.forEach(function (part) {
      part.attach($('<section></section>').appendTo($container));
    });
  };
  Set.prototype.getCurrentState = function () {
    return {parts: this.parts.map(function (part) { return part.getCurrentState(); })};
  };
  return Set;
})(H5P.jQuery);
"""


def a_set() -> bytes:
    """Content of parts, as one `.h5p` file."""
    main = MAIN | {"title": "Two cables", "mainLibrary": "H5P.GezelSet"}
    needed = [*MAIN["preloadedDependencies"], {"machineName": "H5P.GezelSet"} | _ONE]
    home = HOME | {
        "title": "Set", "machineName": "H5P.GezelSet", "preloadedJs": [{"path": "set.js"}],
        "preloadedCss": [], "preloadedDependencies": [{"machineName": "H5P.GezelTry"} | _ONE],
    }  # fmt: skip
    return an_h5p(
        h5p_files()
        | {
            "h5p.json": json.dumps(main | {"preloadedDependencies": needed}).encode(),
            "H5P.GezelSet-1.0/library.json": json.dumps(home).encode(),
            "H5P.GezelSet-1.0/set.js": SET.encode(),
        }
    )


_ONE = {"majorVersion": 1, "minorVersion": 0}


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
