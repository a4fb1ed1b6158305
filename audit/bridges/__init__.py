"""Ways to and from fairlearn's and aif360's forms of data, and any metric of the user's own by group."""
