"""The layout shown in the how-to is one."""

import re
from pathlib import Path

import yaml

from drivers.profiles import files
from drivers.profiles.codecs import KINDS

PAGE = Path(__file__).parents[3] / "docs/how-to/add-a-device.md"


def test_the_example_of_the_how_to_is_a_codec_and_part_of_the_profile() -> None:
    (example,) = re.findall(r"```yaml\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    ((kind, content),) = yaml.safe_load(example)["codec"].items()
    codec = KINDS[kind].build(files.convert("how-to", content, KINDS[kind].shape))
    profile = files.parse("ws301", files.profile_text("milesight/ws301"), dict)
    assert codec is not None
    written = profile["codec"][kind]["uplinks"]["records"]
    assert all(record in written for record in content["uplinks"]["records"])
