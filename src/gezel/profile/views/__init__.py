"""The pages of profile."""
