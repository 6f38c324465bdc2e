"""Roughly where each country of Europe lies: its bounds in degrees, islands far away left out."""

from typing import Final

BOUNDS: Final[dict[str, tuple[float, float, float, float]]] = {
    "AL": (19.2, 39.6, 21.1, 42.7), "AT": (9.5, 46.3, 17.2, 49.1), "BA": (15.7, 42.5, 19.7, 45.3),
    "BE": (2.5, 49.4, 6.5, 51.6), "BG": (22.3, 41.2, 28.7, 44.3), "BY": (23.1, 51.2, 32.8, 56.2),
    "CH": (5.9, 45.8, 10.5, 47.9), "CY": (32.2, 34.5, 34.7, 35.8), "CZ": (12.0, 48.5, 18.9, 51.1),
    "DE": (5.8, 47.2, 15.1, 55.1), "DK": (8.0, 54.5, 15.3, 57.8), "EE": (21.7, 57.5, 28.3, 59.8),
    "FI": (19.4, 59.6, 31.6, 70.1), "GB": (-8.7, 49.1, 1.8, 60.9), "GR": (19.3, 34.7, 29.7, 41.8),
    "HR": (13.4, 42.3, 19.5, 46.6), "HU": (16.1, 45.7, 22.9, 48.6), "IE": (-10.7, 51.4, -5.9, 55.5),
    "IS": (-24.6, 63.3, -13.4, 66.6), "IT": (6.6, 35.4, 18.6, 47.1), "LI": (9.4, 47.0, 9.7, 47.3),
    "LT": (20.9, 53.8, 26.9, 56.5), "LU": (5.7, 49.4, 6.6, 50.2), "LV": (20.9, 55.6, 28.3, 58.1),
    "MD": (26.6, 45.4, 30.2, 48.5), "ME": (18.4, 41.8, 20.4, 43.6), "MK": (20.4, 40.8, 23.1, 42.4),
    "MT": (14.1, 35.7, 14.6, 36.1), "PL": (14.1, 49.0, 24.2, 54.9), "RO": (20.2, 43.6, 29.8, 48.3),
    "RS": (18.8, 42.2, 23.1, 46.2), "SE": (10.9, 55.3, 24.2, 69.1), "SI": (13.3, 45.4, 16.6, 46.9),
    "SK": (16.8, 47.7, 22.6, 49.7), "UA": (22.1, 44.3, 40.3, 52.4), "XK": (20.0, 41.8, 21.8, 43.3),
}  # fmt: skip
"""West, south, east, north. Where a country has regions overseas or in the Atlantic, it has none:
of France, Spain, Portugal, the Netherlands and Norway no place can be told to be wrong."""

_MARGIN: Final = 0.2


def lies_in(country: str, longitude: float, latitude: float) -> bool | None:
    """Whether a place may lie in a country; None where its bounds are not known."""
    bounds = BOUNDS.get(country)
    if bounds is None:
        return None
    west, south, east, north = bounds
    return (
        west - _MARGIN <= longitude <= east + _MARGIN
        and south - _MARGIN <= latitude <= north + _MARGIN
    )
