"""Words of the command `gezel`."""
