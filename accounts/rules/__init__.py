"""Who may agree, who may be let go, and for whom a key is made."""
