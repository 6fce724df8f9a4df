"""The need map: my skills, my team, the organisation."""
