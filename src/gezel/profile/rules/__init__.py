"""Rules of credentials: plain Python, no clock, no network, no Django."""
