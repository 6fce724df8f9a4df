"""The pages of paths."""
