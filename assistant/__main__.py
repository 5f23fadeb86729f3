"""`python -m assistant` is the command `zhiyin`."""

import sys

from assistant.cli import main

sys.exit(main())
