"""The evidence ledger of a person and a skill."""
