"""Pure analysis: no clock, no files, no backends."""
