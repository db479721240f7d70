"""Sessions: opening a pool in a fresh process and timing it."""
