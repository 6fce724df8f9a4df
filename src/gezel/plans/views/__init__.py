"""The pages of plans: goals and what is agreed (`goals`), plans made to measure (`making`)."""
