"""Commands: what a user may ask on the command line, one file each."""
