"""What the counts tell besides tables of groups, one file a subject; each comes where its inputs are."""
