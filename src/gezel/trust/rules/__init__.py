"""What trust decides, in plain Python."""
