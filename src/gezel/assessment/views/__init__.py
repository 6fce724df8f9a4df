"""Pages of tests: taking them, and making them."""
