"""Gezel: an open learning and talent-development platform."""

__version__ = "0.1.0"
