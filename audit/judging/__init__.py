"""Judge: from counts to tables, verdicts and the sentences that say why."""
