"""A foreign client is a witness for whoever has built one; nothing the project could install."""

import os

collect_ignore = [] if os.environ.get("REVERBERE_WAKAAMA_CLIENT") else ["test_wakaama.py"]
