"""Runs Folio's command line with the network out of reach: ``python -m tests.support.offline ARGUMENTS``.

Every attempt to look up a name or to connect anywhere raises, from whatever library it comes.
"""

import sys

FORBIDDEN = {"socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto"}


def refuse(event: str, arguments: tuple[object, ...]) -> None:
    if event in FORBIDDEN:
        raise OSError(f"the network is out of reach: {event} {arguments[1:]}")


if __name__ == "__main__":
    sys.addaudithook(refuse)
    from pipeline.cli.__main__ import main

    sys.exit(main(sys.argv[1:]))
