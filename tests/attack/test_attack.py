"""A short share of the attacks; `make attack` makes all of them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.skipif(sys.platform == "win32", reason="there is no fork")
def test_nothing_broken_or_killed_ends_in_a_traceback_or_half_written() -> None:
    """Mutated records, forms and mappings are taken or refused in two lines; a killed `receive` is done again whole."""
    script = Path(__file__).with_name("attack.py")
    call = [sys.executable, str(script), "--mutations", "12", "--councils", "0", "--kills", "1", "--first", "1"]

    made = subprocess.run(call, capture_output=True, text=True, timeout=120, check=False)

    assert made.returncode == 0, made.stdout + made.stderr
