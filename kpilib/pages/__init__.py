"""How is it said? The page that a notebook opens: words, tables, charts and their looks."""
