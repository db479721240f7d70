"""What do adaptive batches save Ray? METG(50 %) with them and with one item per message.

Both run in turns within one run of this script, on the same embedded cluster, in an order that
changes from round to round; the table gives the median of each and the ratio of the two.

    python benchmarks/grain_ratio.py [ROUNDS] [ITEMS]
"""

from __future__ import annotations

import statistics
import sys
import uuid
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from cluster import local
from cluster.local import EmbeddedCluster
from scaling.analysis.granularity import Metg, metg
from scaling.grain_options import DEFAULT_ITEMS
from scaling.measure.launch import Launcher, process_environment
from scaling.measure.messages import GrainTask
from scaling.model import Case, WorkloadSpec
from scaling.records import Sample
from scaling.study.folders import private_folder
from scaling.study.nodes.base import target
from scaling.workloads import origin

THRESHOLD = 0.5
WAYS: dict[str, int | None] = {"adaptive batches": None, "--batch 1": 1}


def session(launcher: Launcher, nodes: EmbeddedCluster, items: int, batch: int | None) -> Metg:
    """Return the METG of one session on one node."""
    spec = WorkloadSpec("grain", size=items)
    case = Case("grain", items, "ray", 1, 1)
    task = GrainTask(
        session=uuid.uuid4().hex,
        case=case,
        spec=spec,
        threads_per_worker=1,
        batch=batch,
        code_digest=origin.code_digest(spec),
        threshold=THRESHOLD,
        cluster=target(nodes.connection, case),
    )
    result = launcher.session(
        task,
        environment=dict(nodes.connection.environment),
        sample_limit_s=300,
        on_sample=_none_comes,
    )
    assert result.status == "ok", result.done
    return metg(result.levels, items, case.workers, THRESHOLD)


def _none_comes(sample: Sample) -> None:
    del sample


def main(rounds: int, items: int) -> None:
    """Measure and print."""
    owner = uuid.uuid4().hex[:12]
    environment = process_environment([], 1)
    found: dict[str, list[Metg]] = {name: [] for name in WAYS}
    with (
        private_folder(owner) as folder,
        local.embedded(
            nodes=1, cpus_per_node=1, owner=owner, folder=folder, env=environment
        ) as nodes,
    ):
        launcher = Launcher(owner, folder, environment)
        for number in range(rounds):
            for name in sorted(WAYS, reverse=bool(number % 2)):
                found[name].append(session(launcher, nodes, items, WAYS[name]))
    print(f"{items} items, 1 node, 1 worker, {rounds} rounds")
    print(f"{'':<18}{'METG(50 %)':>14}{'least':>12}{'most':>12}")
    for name, each in found.items():
        values = [one.seconds * 1e6 for one in each]
        sign = "".join(sorted({one.bound for one in each}))
        print(
            f"{name:<18}{sign:>2}{statistics.median(values):>9.1f} us"
            f"{min(values):>9.1f} us{max(values):>9.1f} us"
        )
    adaptive, single = ([one.seconds for one in found[name]] for name in WAYS)
    ratio = statistics.median(single) / statistics.median(adaptive)
    print(f"one item per message costs {ratio:.0f} times as much; wanted: at least 50")


if __name__ == "__main__":
    given = [int(word) for word in sys.argv[1:]]
    main(given[0] if given else 3, given[1] if len(given) > 1 else DEFAULT_ITEMS)
