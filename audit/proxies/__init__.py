"""Which inputs carry a protected attribute, and what that has to do with the disparity."""
