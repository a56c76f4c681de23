"""How the program is put together: the process prepared, the settings read, the models checked. Thread: main."""

import sys
from pathlib import Path

from companion import paths
from companion.catalog import Catalog, ModelSet
from companion.engine.config import EngineConfig
from companion.engine.threads import available_cores, plan_threads
from companion.log import set_up_logging
from companion.offline import forbid_network
from companion.settings import LoadedSettings, Settings, build_engine_config, load_settings


def settings_file() -> Path:
    """Return the user's settings; the file may not exist."""
    return paths.config_dir() / "settings.toml"


def prepare_process(*, verbose: bool = False) -> LoadedSettings:
    """Do what must happen before any part is made: no network, log, settings.

    What is wrong in the settings file is said on stderr; the program goes on with the defaults.
    """
    # A thread that wants the interpreter (an audio callback) gets it after 1 ms, not after the default 5.
    sys.setswitchinterval(0.001)
    forbid_network()
    set_up_logging(paths.log_dir(), verbose=verbose)
    loaded = load_settings(settings_file())
    for notice in loaded.notices:
        print(f"companion: {notice}", file=sys.stderr)
    return loaded


def model_set(settings: Settings) -> ModelSet:
    """Return the models chosen in the settings, every file checked against the manifest.

    Raises:
        ModelMissingError: a file is missing or damaged.
        CompanionError: there is no such set.
    """
    catalog = Catalog.load()
    chosen = catalog.set(settings.models.set, settings.models.language)
    catalog.verify_set(chosen)
    return chosen


def engine_config(settings: Settings) -> EngineConfig:
    """Return the engine's configuration for this machine. Raises like `model_set`."""
    plan = plan_threads(available_cores())
    return build_engine_config(settings, model_set(settings), plan)
