"""Testing: what stands behind the pytest plugin.

Settings of a test, the audits of a run, the fixture, and what is told at the end.
"""
