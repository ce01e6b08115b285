"""
What a worker has loaded before it is given anything: the parent of all workers imports this once, and they are forks.

What is loaded and set up here is shared by all of them; memory included, where the system can.
"""

from __future__ import annotations

import contextlib
import gc

from jinja2 import Environment
from nbformat.v4 import new_notebook

from kpilib.pages import opening, shown
from kpilib.press import pieces, prepare
from kpilib.press.current import own_sources
from kpilib.press.paper import weasyprint
from kpilib.press.render import PageExporter

with contextlib.suppress(OSError):  # without Pango pages are made all the same, and each paper says what is missing
    weasyprint()

__all__ = ["opening", "pieces", "prepare"]


def _read(environment: Environment) -> None:
    """Read and understand every template of an environment."""
    for name in environment.list_templates(filter_func=lambda name: name.endswith(".html.j2")):
        environment.get_template(name)


own_sources()
_read(shown.TEMPLATES)
PageExporter().from_notebook_node(new_notebook())  # nbconvert loads some of itself when it is first used
gc.collect()
gc.freeze()
