"""Two studies, BASE and NEW: what differs, whether it is beyond chance, and where it lies."""
