"""What cannot be had from counts: measures that read rows."""
