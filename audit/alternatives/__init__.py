"""Less discriminatory alternatives: who is selected as well, with less disparity, by something group-blind."""
