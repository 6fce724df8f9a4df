"""Role profiles: read by everyone at work, written by HR."""
