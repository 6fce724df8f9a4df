"""The forms of skills."""
