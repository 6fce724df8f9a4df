"""What gatherings decide, in plain Python: series, clashes, cancelling, codes, who counts."""
