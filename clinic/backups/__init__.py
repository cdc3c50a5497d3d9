"""Everything the house knows, taken to another folder in one consistent piece, and brought back from there."""
