"""How is it printed? Plan, run, render: notebooks in, HTML and PDF out."""
