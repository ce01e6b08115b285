"""Pictures and papers are the same, byte for byte, whatever settings and fonts of their own a user has."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

DRAWN = """
import hashlib

import kpilib as kpi

framework = kpi.load_framework("saltmarsh-district")
page = kpi.open_page("saltmarsh-district", framework.indicator_pages[0].page, "2023-24-Q2")

import matplotlib.pyplot as plt

from kpilib.press.paper import draw

figure, axes = plt.subplots()
axes.plot([1, 2, 3])
axes.set_title("An analyst's own, 5 < 6 $x$")
shown = [str(page.charts().html), str(page.overview().html), str(kpi.picture(figure, alt="A line").html)]
words = "<h1>Paper</h1><p><b>bold</b>, <i>italic</i>, <code>code</code>, <q style='font-family: serif'>any</q></p>"
style = "<style>body { font-family: 'DejaVu Sans', Verdana, sans-serif; }</style>"
paper = draw(f'<html lang="en-GB"><title>Paper</title>{style}<body>{words}{shown[-1]}</body></html>')
for each in (*(text.encode() for text in shown), paper):
    print(hashlib.sha256(each).hexdigest())
"""
RC = "\n".join(
    "font.family: serif|font.size: 20|axes.grid: True|lines.linewidth: 7|figure.dpi: 300|savefig.dpi: 30|"
    "axes.facecolor: black|savefig.facecolor: red|svg.fonttype: path|svg.hashsalt: other|text.hinting: none|"
    "text.kerning_factor: 6|axes.unicode_minus: False|path.sketch: 1, 100, 2|axes.prop_cycle: cycler('color', ['r'])|"
    "timezone: Asia/Tokyo|figure.figsize: 3, 3|savefig.bbox: tight|savefig.pad_inches: 2|path.simplify: False".split(
        "|"
    )
)
ALIASES = """<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd"><fontconfig>
<include ignore_missing="yes">/etc/fonts/fonts.conf</include>
<match target="pattern"><edit name="family" mode="assign" binding="strong"><string>DejaVu Serif</string></edit></match>
<match target="font"><edit name="embolden" mode="assign"><bool>true</bool></edit></match>
</fontconfig>"""


def test_the_settings_and_fonts_of_a_user_change_no_byte(tmp_path: Path) -> None:
    """A matplotlibrc in the user's, the named and the present folder, and aliases of fonts, are all taken back."""
    for name in ("matplotlib/matplotlibrc", "here/matplotlibrc", "fontconfig/fonts.conf"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(ALIASES if name.endswith("conf") else RC, "utf-8")
    fonts = {"FONTCONFIG_FILE": str(tmp_path / "fontconfig/fonts.conf"), "XDG_CONFIG_HOME": str(tmp_path)}
    hostile = {**fonts, "MATPLOTLIBRC": str(tmp_path / "matplotlib/matplotlibrc")}
    root = str(Path(__file__).parents[2])
    own = os.environ | {"PYTHONPATH": root, "KPILIB_ROOT": root}

    ways = [(own, Path(root)), (own | hostile, tmp_path / "here")]
    started = [
        subprocess.Popen([sys.executable, "-c", DRAWN], cwd=cwd, env=env, stdout=subprocess.PIPE, text=True)
        for env, cwd in ways
    ]
    plain, user = (process.communicate(timeout=120)[0].split() for process in started)

    assert len(plain) == 4
    assert plain == user
