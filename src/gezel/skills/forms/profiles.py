"""Forms for role profiles and skills."""
