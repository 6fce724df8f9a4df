"""Does search find what was meant? 250 graded questions on an offer of 576 activities of our own."""
