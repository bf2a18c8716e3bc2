"""`python -m app`, the same as the command `reverbere`."""

import sys

from app.cli import main

sys.exit(main())
