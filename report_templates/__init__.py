"""The document of an audit, and what renders it."""
