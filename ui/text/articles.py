"""“A 7”, but “an 8”."""


def article(name: str) -> str:
    """The article before a digit, a number or a letter that is said by its name."""
    return "an" if name[0] in "8AEFHILMNORSX" or name in ("11", "18") else "a"
