"""How is it printed? Plan, run, render: notebooks in, HTML and PDF out."""

import sys

# nbformat checks notebooks by jsonschema, which loads this one, if it is there, to check addresses; notebooks have
# none, and reading its grammar takes as long as everything else that a command loads.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
