"""Gates: figures held against a line, or against the last release, and the answer in words."""
