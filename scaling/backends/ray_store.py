"""What Ray's object stores moved to disk."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass

import ray

from scaling.backends import ray_rpc

_PATH = "/ray.rpc.NodeManagerService/FormatGlobalMemoryInfo"
_LIMIT_S = 2.0


@dataclass(frozen=True, slots=True)
class Stores:
    """The object stores of all nodes, as one raylet sees them."""

    address: tuple[str, int]

    def spilled_bytes(self) -> int | None:
        """Return the bytes spilled since the cluster began; None where it does not say."""
        try:
            from ray.core.generated import node_manager_pb2 as messages

            request = messages.FormatGlobalMemoryInfoRequest(include_memory_info=False)
            reply = messages.FormatGlobalMemoryInfoReply.FromString(
                ray_rpc.ask(
                    self.address,
                    _PATH,
                    request.SerializeToString(),
                    metadata=_token(),
                    timeout_s=_LIMIT_S,
                )
            )
            return int(reply.store_stats.spilled_bytes_total)
        except Exception:  # noqa: BLE001 - internals of Ray: a version without them does not say
            return None


def spilling() -> Callable[[], int | None]:
    """Return a meter of what the connected cluster spills from now on."""
    stores = _connected()
    before = None if stores is None else stores.spilled_bytes()

    def spilled_bytes() -> int | None:
        now = None if stores is None or before is None else stores.spilled_bytes()
        # A node that is lost takes its count along.
        return None if now is None or before is None else max(0, now - before)

    return spilled_bytes


def _connected() -> Stores | None:
    """Return the stores by way of this driver's own node; None where connections are encrypted."""
    if os.environ.get("RAY_USE_TLS", "0").lower() in {"1", "true"}:
        return None
    own = ray.get_runtime_context().get_node_id()
    for node in ray.nodes():
        if node["NodeID"] == own:
            return Stores((node["NodeManagerAddress"], node["NodeManagerPort"]))
    return None


def _token() -> dict[str, str]:
    from ray._raylet import AuthenticationTokenLoader  # type: ignore[attr-defined]

    loader = AuthenticationTokenLoader.instance()
    return dict(loader.get_token_for_http_header()) if loader.has_token() else {}
