"""`python -m drills` is `drills`."""

import sys

from drills.cli import main

if __name__ == "__main__":
    sys.exit(main())
