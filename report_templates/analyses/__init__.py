"""The report's sections on analyses of the counts, one file a subject."""
