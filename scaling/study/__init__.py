"""Studies: planned, run block by block, saved as they go, resumed. Alone imports cluster."""

from scaling.study.runs import resume, start

__all__ = ["resume", "start"]
