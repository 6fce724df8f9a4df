"""What content decides, in plain Python: bodies of blocks, scoring, merging, uploads, captions."""
