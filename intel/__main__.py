"""`python -m intel` is the `intel` command."""

from intel.cli import main

if __name__ == "__main__":
    main()
