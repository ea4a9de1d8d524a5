"""Free TCP ports on this machine, outside the range from which the system takes its own."""

import random
import socket
import sys

# The quickstart serves metrics 1000 above each port.
METRICS = 1000


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def free_ports(count: int) -> list[int]:
    """Ports that are free and whose ports for metrics are free too."""
    candidates = random.sample(range(20_000, 20_000 + METRICS), METRICS)
    free = [port for port in candidates if is_free(port) and is_free(port + METRICS)]
    return free[:count]


if __name__ == "__main__":
    print(*free_ports(int(sys.argv[1]) if len(sys.argv) > 1 else 3))
