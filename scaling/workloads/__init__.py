"""Pieces of work: the built-in ones, and what turns a function of the user into one."""
