"""The web chat: `python app.py` is `zhiyin serve`, with the same options."""

import sys

from assistant.cli import main

if __name__ == "__main__":
    sys.exit(main(["serve", *sys.argv[1:]]))
