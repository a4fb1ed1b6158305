"""Readers: a file, a folder or a frame becomes one lazy frame of the named columns only."""
