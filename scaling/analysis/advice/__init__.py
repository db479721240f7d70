"""What to use, from what size on Ray pays, what limits it, what to change first."""
