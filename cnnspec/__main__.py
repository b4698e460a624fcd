"""`python -m cnnspec` is the `cnnspec` command."""

from cnnspec.cli.main import main

if __name__ == "__main__":
    main()
