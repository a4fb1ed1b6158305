"""Comparing: one release's decisions held against an earlier release's, group by group."""
