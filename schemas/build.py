"""Writes what is made from the property table: `python -m schemas.build`."""

import json
from pathlib import Path
from typing import Final

from schemas.json_schema import kind_schema
from schemas.manifest import hub_schema
from schemas.shapes import shapes_turtle
from vocab.properties import KINDS

FOLDER: Final = Path(__file__).parent


def build() -> dict[str, str]:
    """The text of every generated file by its name in this folder."""
    made = {f"{kind}.schema.json": _as_json(kind_schema(kind)) for kind in KINDS}
    made["hub.schema.json"] = _as_json(hub_schema())
    return made | {"shapes.ttl": shapes_turtle()}


def main() -> None:
    """Write the generated files; nothing else in the folder is touched."""
    for name, text in build().items():
        (FOLDER / name).write_text(text, "utf-8")


def _as_json(schema: object) -> str:
    return json.dumps(schema, ensure_ascii=False, indent=2) + "\n"


if __name__ == "__main__":
    main()
