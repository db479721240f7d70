"""Failures to get nodes. Each is one line that says what to do."""

from __future__ import annotations


class ClusterError(Exception):
    """Base of every error this package raises on purpose."""


class ClusterNotStarted(ClusterError):
    """Raised when the embedded cluster did not come up."""

    def __init__(self, reason: str) -> None:
        super().__init__(
            f"the embedded cluster did not start: {reason}; "
            "try fewer nodes, or leave Ray out with: --backends serial,threads,processes"
        )


class AddressMalformed(ClusterError):
    """Raised when an address is not ``HOST:PORT``."""

    def __init__(self, address: str) -> None:
        way = (
            "Ray Client (ray://) is too slow to measure with; run on a node of the cluster and give"
            if "://" in address
            else "give"
        )
        super().__init__(f"{address!r} is not HOST:PORT; {way} the address of its GCS: HOST:6379")


class NothingListens(ClusterError):
    """Raised when nothing accepts a connection at the address."""

    def __init__(self, address: str, reason: str) -> None:
        super().__init__(
            f"nothing answers at {address} ({reason}); check that the cluster is up and that this "
            "is the address of its GCS, which 'ray start --head' prints"
        )


class NotACluster(ClusterError):
    """Raised when something answers at the address that is not the GCS of a Ray cluster."""

    def __init__(self, address: str, reason: str) -> None:
        super().__init__(
            f"{address} is not the GCS of a Ray cluster ({reason}); give its port (6379 unless set "
            "otherwise), not that of the dashboard (8265) or of Ray Client (10001)"
        )


class TokenMissing(ClusterError):
    """Raised when the cluster wants a token and there is none here, or none that can be read."""

    def __init__(self, address: str, source: str | None) -> None:
        what = "there is none here" if source is None else f"{source} has none"
        super().__init__(
            f"the cluster at {address} wants a token and {what}; set RAY_AUTH_MODE=token, and "
            "RAY_AUTH_TOKEN_PATH to a file with its token ('ray get-auth-token' prints it there)"
        )


class TokenRefused(ClusterError):
    """Raised when the cluster has another token."""

    def __init__(self, address: str, source: str) -> None:
        super().__init__(
            f"the cluster at {address} refused the token from {source}; put the cluster's own "
            "token there ('ray get-auth-token' prints it there)"
        )


class VersionsDiffer(ClusterError):
    """Raised when the cluster runs another Ray or another Python."""

    def __init__(self, library: str, theirs: str, ours: str) -> None:
        super().__init__(
            f"the cluster runs {library} {theirs} and this is {library} {ours}; "
            f"run this with {library} {theirs}"
        )


class NoNodeHere(ClusterError):
    """Raised when this machine is not part of the cluster; a driver could not connect."""

    def __init__(self, address: str, here: str, hosts: list[str]) -> None:
        super().__init__(
            f"this machine ({here}) runs no node of the cluster at {address}; "
            f"run the command on one of its machines: {', '.join(hosts)}"
        )


class TooFewNodes(ClusterError):
    """Raised when the cluster has fewer suitable nodes than asked for."""

    def __init__(self, wanted: int, found: int, cpus: float | None) -> None:
        kind = "with CPUs" if cpus is None else f"with {cpus:g} or more CPUs"
        super().__init__(
            f"{wanted} nodes {kind} were asked for and the cluster has {found}; "
            f"add nodes, or ask for {'none' if found == 0 else f'--nodes {found}'}"
        )


class ClusterSilent(ClusterError):
    """Raised when the cluster did not answer in time."""

    def __init__(self, address: str, seconds: float) -> None:
        super().__init__(
            f"the cluster at {address} did not answer in {seconds:.0f} s; "
            "see whether 'ray status' answers on its head"
        )
