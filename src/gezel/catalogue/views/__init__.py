"""Pages of the catalogue: looking (`finding`), keeping it (`offering`), tips (`tips`)."""
