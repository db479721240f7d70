"""A plan and a machine that tests of records begin with; `replace` what matters to a test."""

from __future__ import annotations

from scaling.model import Environment, Plan, WorkloadSpec

PLAN = Plan(
    spec=WorkloadSpec("demo"),
    sizes=(),
    cases=(),
    skipped=(),
    baseline=(),
    blocks=6,
    seed=1,
    batch=None,
    threads_per_worker=1,
    workers_per_node=1,
    timeout_s=None,
    tolerance=None,
    cluster="local",
)
ENVIRONMENT = Environment(
    hostname="here",
    system="Linux",
    processor="a processor",
    cpus=4,
    cpus_affinity=4,
    cpu_quota=None,
    memory_mb=8000,
    python="3.11.7",
    implementation="CPython",
    gil=True,
    versions=(("ray", "2.60.0"),),
)

HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "=cmd|' /C calc'!A0",
    "first line\nsecond | line",
    "a_b^c % $x$ #1 & \\input{x} ~{}",
    "\x1b[31mred\x1b[0m \u202egnp",
    "{{ 7 * 7 }} {% raw %}",
    "`code` *bold* [link](javascript:alert(1))",
    "caf\xe9 \U0001f600 \u5de5\u4f5c",
)
"""Names and messages that users' files may hold; every report shows them as text."""
