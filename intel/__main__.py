"""The `intel` program. Ctrl-C ends it without a traceback, even while it is still being loaded."""

import sys


def main() -> None:
    """Load and run the command."""
    try:
        from intel import cli

        cli.main()
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
