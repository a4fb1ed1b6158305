"""Count: from rows and their roles to a tally."""
