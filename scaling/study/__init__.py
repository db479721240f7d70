"""Studies: planned, run block by block, saved as they go, resumed. Alone imports cluster."""

from scaling.study.runs import look_ahead, resume, start

__all__ = ["look_ahead", "resume", "start"]
