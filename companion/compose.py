"""How the program is put together: the process prepared, the settings read, the models checked.

Thread: main, but `model_set` and `engine_config`, which read whole models when they are new: any, one at a time.
"""

import logging
import sys
from pathlib import Path

from companion import paths
from companion.catalog import Catalog, ModelSet
from companion.engine.config import EngineConfig
from companion.engine.errors import CompanionError, ModelMissingError
from companion.engine.threads import available_cores, plan_threads
from companion.log import COMMAND_CRASH_FILE, set_up_logging
from companion.offline import forbid_network
from companion.settings import LoadedSettings, Settings, build_engine_config, load_settings

_log = logging.getLogger(__name__)


def settings_file() -> Path:
    """Return the user's settings; the file may not exist."""
    return paths.config_dir() / "settings.toml"


def prepare_process(*, verbose: bool = False, crash_file_name: str = COMMAND_CRASH_FILE) -> LoadedSettings:
    """Do what must happen before any part is made: no network, log, settings.

    What is wrong in the settings file is said on stderr; the program goes on with the defaults.
    """
    # A thread that wants the interpreter (an audio callback) gets it after 1 ms, not after the default 5.
    sys.setswitchinterval(0.001)
    forbid_network()
    set_up_logging(paths.log_dir(), verbose=verbose, crash_file_name=crash_file_name)
    loaded = load_settings(settings_file())
    for notice in loaded.notices:
        print(f"companion: {notice}", file=sys.stderr)
    return loaded


def model_set(settings: Settings) -> ModelSet:
    """Return what `chosen_set` does, every file checked against the manifest.

    Raises:
        ModelMissingError: as `chosen_set`, or a file is missing or damaged.
        CompanionError: there is no such set.
    """
    catalog = Catalog.load()
    chosen = chosen_set(catalog, settings)
    catalog.verify_set(chosen)
    return chosen


def engine_config(settings: Settings) -> EngineConfig:
    """Return the engine's configuration for this machine. Raises like `model_set`."""
    models = model_set(settings)
    available = available_cores()
    plan = plan_threads(min(settings.performance.cores or available, available))
    return build_engine_config(settings, models, plan, _voice_file(Catalog.load(), settings.chosen_persona.voice))


def chosen_set(catalog: Catalog, settings: Settings) -> ModelSet:
    """Return the models that the program uses with these settings; their files are not read.

    A persona that speaks another language than the chosen set is given an installed set of that language: the same one,
    if there is, or any.

    Thread: any.

    Raises:
        ModelMissingError: no set of the persona's language is installed ("language-not-installed").
        CompanionError: there is no such set.
    """
    name, language = settings.models.set, settings.language
    if language == settings.models.language:
        return catalog.set(name, language)
    speaking = [one for one in catalog.sets if one.language == language]
    installed = [one for one in speaking if all(map(catalog.is_installed, one.models))]
    if installed:
        return next((one for one in installed if one.name == name), installed[0])
    titles = " or ".join(f"“{one.title}”" for one in speaking)
    raise ModelMissingError(
        "language-not-installed",
        f"No models are installed that speak {language!r}.",
        hint=f"Download {titles} under Models and voices." if titles else "Choose another language for the persona.",
        permanent=True,
    )


def _voice_file(catalog: Catalog, voice: str) -> Path | None:
    """Return where the persona's own voice lies; None to speak with the set's, as it has none or it is not there."""
    if not voice:
        return None
    try:
        model = catalog.model(voice)
        catalog.verify(model)
    except CompanionError as error:
        _log.warning("the persona's voice is not used: %s", error.code)
        return None
    return catalog.path(model, model.main_file) if model.role == "tts" else None
