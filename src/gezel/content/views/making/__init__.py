"""Making and changing modules, in the browser."""
