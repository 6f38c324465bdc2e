import pickle

import pytest

from registry import errors


def _tree(base: type[errors.RegistryError]) -> list[type[errors.RegistryError]]:
    return [base, *(one for child in base.__subclasses__() for one in _tree(child))]


@pytest.mark.parametrize("kind", _tree(errors.RegistryError), ids=lambda kind: kind.__name__)
def test_every_error_has_a_status_a_code_and_a_title_in_both_languages(
    kind: type[errors.RegistryError],
) -> None:
    assert 400 <= kind.status <= 599
    assert kind.code
    assert set(kind.title) == {"de", "en"}


def test_an_error_passes_from_process_to_process_with_all_it_says() -> None:
    error = errors.Busy(de="Bitte warten", en="Please wait", code="full", retry_after_s=7)
    copy = pickle.loads(pickle.dumps(error))  # noqa: S301
    assert (type(copy), copy.de, copy.en) == (errors.Busy, "Bitte warten", "Please wait")
    assert (copy.code, copy.retry_after_s, str(copy)) == ("full", 7, "Please wait")
