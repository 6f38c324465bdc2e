"""What a list shows of an event beside what it shows of everything: state, venue, series."""

from typing import Any

Document = dict[str, Any]


def happening_of(merged: Document) -> Document:
    """That part of the summary of an event, from its merged document, without what is not said."""
    places = [one for one in merged.get("location", ()) if one["type"] == "Place"]
    online = [
        one["url"] for one in merged.get("location", ()) if one["type"] != "Place" and "url" in one
    ]
    found = {
        "status": merged.get("eventStatus"),
        "attendance": merged.get("attendanceMode"),
        "free": merged.get("isAccessibleForFree"),
        "languages": merged.get("inLanguage"),
        "series": merged.get("series", {}).get("name"),
        "organizers": merged.get("organizer"),
        "venue": next((one["name"] for one in places if "name" in one), None),
        "online": online[0] if online else None,
    }
    return {key: value for key, value in found.items() if value}


def series_keys(happening: Document) -> list[str]:
    """By what the events of one series are found: its name, in any language and any capitals."""
    names = happening.get("series", {}).values()
    return sorted({series_key(name) for name in names})


def series_key(name: str) -> str:
    """What spellings of a series' name share that differ in capitals alone."""
    return name.casefold()
