"""The pages of skills: `profiles` and `skills` (what roles ask), `ledger` and `needs` (people)."""
