"""Pure arithmetic on counts: numpy and scipy in, numbers and intervals out.

A metric is a function from counts to a number.  Nothing here knows a file, a frame, a threshold or a law.
"""
