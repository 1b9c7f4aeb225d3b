"""The sole gate for natural persons has no key."""

import pytest

from goodstanding.kernel import GoodStandingError, Nature, Place, refuse_natural_person


def test_a_natural_person_is_refused_with_the_place() -> None:
    with pytest.raises(GoodStandingError) as refused:
        refuse_natural_person(Nature.NATURAL_PERSON, "row 7", place=Place("a.csv", 7))
    assert refused.value.code.id == "GS-PERSON-001"
    assert str(refused.value).startswith("a.csv:7: ")


@pytest.mark.parametrize("nature", [Nature.ORGANISATION, Nature.PUBLIC_BODY])
def test_organisations_pass(nature: Nature) -> None:
    refuse_natural_person(nature, "anything")


def test_no_setting_opens_the_gate(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("GS_ALLOW_PERSONS", "GS_PERSONS", "GS_NATURAL_PERSONS"):
        monkeypatch.setenv(name, "1")
    with pytest.raises(GoodStandingError):
        refuse_natural_person(Nature.NATURAL_PERSON, "row 7")
