"""Which readers there are, in the order in which they are asked: the first that claims reads.

A cmi5 course may travel inside a SCORM package as what to fall back on, so cmi5 is asked first.
"""

from gezel.content.rules.packages import Reader
from gezel.content.rules.packages.cmi5 import Cmi5Reader
from gezel.content.rules.packages.h5p import H5p
from gezel.content.rules.packages.pages import Pages
from gezel.content.rules.packages.scorm import Scorm

# Plain pages come last: what is a package of another form holds an index.html as well.
READERS: tuple[Reader, ...] = (Cmi5Reader(), H5p(), Scorm(), Pages())
