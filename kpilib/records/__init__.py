"""What did the council say? Periods, the framework and the ledger of records."""
