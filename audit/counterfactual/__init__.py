"""The same résumé asked again with one field changed: how far a model is sensitive to a name, a pronoun, a year."""
