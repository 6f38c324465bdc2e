"""Why a query worker has no answer, in the words that endings.py knows."""


class Unanswered(Exception):
    """The graph gave no answer; `kind` says why."""

    def __init__(self, kind: str, message: str = "") -> None:
        super().__init__(message)
        self.kind = kind
