"""What the doctor says of the models: it looks at those that the program uses."""

from pathlib import Path

import pytest

from companion import doctor
from companion.catalog import Catalog
from companion.finding import Finding, Health
from tests.unit.test_compose import settings, with_french


@pytest.fixture
def catalog(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Catalog:
    made = with_french(tmp_path, installed=True)
    monkeypatch.setattr(Catalog, "load", lambda: made)
    return made


def found(**persona: object) -> list[Finding]:
    return list(doctor._models(settings(**persona)))


def unlink(catalog: Catalog, model_id: str) -> None:
    model = catalog.models[model_id]
    catalog.path(model, model.main_file).unlink()


def test_the_models_of_a_persona_of_another_language_are_looked_at(catalog: Catalog) -> None:
    assert any("cerveau" in finding.detail for finding in found(language="fr"))
    assert not any("cerveau" in finding.detail for finding in found())
    unlink(catalog, "brain")
    assert {finding.health for finding in found(language="fr")} == {Health.OK}, "that one is not used"
    assert Health.BROKEN in {finding.health for finding in found()}


def test_a_language_without_models_is_broken(catalog: Catalog) -> None:
    unlink(catalog, "cerveau")
    loaded = settings(language="fr")
    with pytest.raises(Exception, match="'fr'"):
        list(doctor._models(loaded))


def test_the_persona_s_own_voice_is_reported(catalog: Catalog) -> None:
    *_, last = found(voice="amy")
    assert (last.health, last.detail.startswith("persona's voice: The amy")) == (Health.OK, True)
    unlink(catalog, "amy")
    *_, last = found(voice="amy")
    assert last.health is Health.NOTE
    assert last.fix == "Run: companion models pull amy"
    *_, last = found(voice="gone")
    assert last.health is Health.NOTE
    assert "the voice of the models speaks" in last.detail
    assert len(found()) == 4
