"""Load, count, judge, tell: from a file of decisions to a report folder."""
