"""Runs the same work under every backend and reports how it scales."""
