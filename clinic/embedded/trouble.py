"""What stops the house from starting, said in a sentence that tells how to mend it."""


class CannotStart(Exception):
    """Starting is refused: the sentence says why and what to do."""
