"""What an adaptive test decides, in plain Python and NumPy."""
