"""Pipelines: what continuous integration is told of a gate, and the files that set it up."""
