"""Does search find what was meant? 250 graded questions on 576 activities of our own."""

from gezel.site.bench.finding.measuring import measure

__all__ = ["measure"]
