"""The page of a skill, and how an organisation names and adds skills."""
