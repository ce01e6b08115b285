"""What did the council say? Periods, the framework and the ledger of records."""

import os

# openpyxl reads by lxml where it is installed, and then past defusedxml, which refuses what traps a reader of XML.
os.environ["OPENPYXL_LXML"] = "False"
