"""Ask a model: from memory, from a file, behind an address, as a command."""
