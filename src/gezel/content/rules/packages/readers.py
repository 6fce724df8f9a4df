"""Which readers there are, in the order in which they are asked: the first that claims reads.

A cmi5 course may travel inside a SCORM package as what to fall back on, so cmi5 is asked first.
"""

from gezel.content.rules.packages import Reader

READERS: tuple[Reader, ...] = ()
