"""What is told where no entity has the id that is asked for, or none is written in that form.

`near` and `instead` are what a page of the error leads to.
"""

from registry.errors import NotAcceptable, NotFound
from registry.web.shown import Named


class UnknownId(NotFound):
    """An id that was never given out; `near` are entities whose ids differ by one slip."""

    def __init__(self, entity_id: str, near: list[Named]) -> None:
        super().__init__(
            f"Die Kennung {entity_id[:60]} wurde nie vergeben. "
            "Vielleicht fehlt ein Zeichen oder eines ist vertauscht.",
            f"The identifier {entity_id[:60]} was never given out. "
            "Perhaps a character is missing or two are swapped.",
        )
        self.near = near


class RecordOnly(NotFound):
    """The id of a record that is asked for as that of an entity; `instead` leads to it."""

    def __init__(self, record_id: str) -> None:
        path = f"/records/{record_id}"
        super().__init__(
            f"Die Kennung {record_id} hat kein Eintrag, sondern ein Datensatz: {path}",
            f"The identifier {record_id} is not an entry's but a record's: {path}",
        )
        self.instead = [("problem.record", path)]


class NoSuchForm(NotAcceptable):
    """A form in which no entity is written; `instead` leads to the page of the one asked for."""

    def __init__(self, why: NotAcceptable, path: str) -> None:
        super().__init__(f"{why.de} Die Seite: {path}", f"{why.en} The page: {path}")
        self.instead = [("problem.page", path)]
