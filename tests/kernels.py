"""A user's file with functions of all kinds."""

from __future__ import annotations

KERNELS = """
import os, signal, sys, time
import multiprocessing

def square(x):
    return x * x

def loud(x):
    print("noise on stdout", x, flush=True)
    return x + 1

def raises(x):
    if x == 7:
        raise ValueError(f"bad luck with {x}")
    return x

def unsendable(x):
    return multiprocessing.Lock() if x == 5 else x

def exits(x):
    if x == 5 and os.getpid() != PARENT:
        os._exit(3)
    return x

def killed(x):
    if x == 5:
        os.kill(os.getpid(), signal.SIGKILL)
    return x

def hangs(x):
    while x == 5:
        time.sleep(0.1)
    return x

def leaves(x):
    if x == 5:
        sys.exit("enough")
    return x

def random_answer(x):
    return os.urandom(4)

def by_process(x):
    return os.environ.get("RAYSCALE_TEST_PLACE", "") + str(multiprocessing.parent_process())

def slow(x):
    time.sleep(0.05)
    return x

class Refuses(Exception):
    def __init__(self, first, second):
        super().__init__(first)

def bad_part(x):
    return Refuses(1, 2) if x == 5 else x

def rough(x):
    return x + 1e-12 * (multiprocessing.parent_process() is not None)

def arrays():
    import numpy as np
    return [np.arange(1000) + k for k in range(20)]

def norm(array):
    return float((array * array).sum() ** 0.5)

def inner(x):
    return x + 100

def own_pool(x):
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.map(inner, [x])[0]

def endless():
    n = 0
    while True:
        yield n
        n += 1

def none_at_all():
    return []

def locks():
    import threading
    return [threading.Lock()]

def total(parts):
    return sum(parts)

PARENT = 0
not_a_function = 3
"""
