"""`companion models`: what there is, what is installed, fetch it, check it, remove it. Thread: main.

Fetching happens in a process of its own (`companion.downloads`); this module opens no connection.
"""

import argparse
import sys
from pathlib import Path

from companion.catalog import Catalog, ModelSet
from companion.download_report import megabytes
from companion.engine.errors import CompanionError
from companion.fetch import disk_errors, only_download, part_path, run_download
from companion.manifest import Model


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Describe `companion models` and its actions."""
    parser = subparsers.add_parser("models", help="list, fetch, check or remove models")
    parser.set_defaults(run=run, action="list")
    actions = parser.add_subparsers(dest="action", metavar="ACTION")
    actions.add_parser("list", help="sets and models, and which are installed (the default)")
    pull = actions.add_parser("pull", help="fetch a set or a model and verify it")
    pull.add_argument("names", nargs="+", metavar="SET_OR_MODEL")
    pull.add_argument("--language", default="en", help="language of the set (default: en)")
    verify = actions.add_parser("verify", help="hash the files of installed models again")
    verify.add_argument("names", nargs="*", metavar="SET_OR_MODEL", help="default: everything installed")
    verify.add_argument("--language", default="en", help="language of the set (default: en)")
    remove = actions.add_parser("remove", help="delete the files of a model")
    remove.add_argument("names", nargs="+", metavar="MODEL")
    remove.add_argument("--force", action="store_true", help="also a model of the set in use")
    remove.add_argument("--unfinished", action="store_true", help="only what a download has left half-finished")


def run(args: argparse.Namespace) -> int:
    """Carry an action out; return the exit code.

    Raises:
        CompanionError: a name is unknown, a model is in use, or the disk refused.
    """
    catalog = Catalog.load()
    match args.action:
        case "pull":
            catalog.resolve(args.names, args.language)  # a wrong name is told at once
            return run_download(*args.names, "--language", args.language)
        case "verify":
            return _verify(catalog, args.names, args.language)
        case "remove":
            models = [catalog.model(name) for name in args.names]
            return _discard(catalog, models) if args.unfinished else _remove(catalog, models, force=args.force)
        case _:
            return _list(catalog)


def _list(catalog: Catalog) -> int:
    chosen = _chosen_set(catalog)
    print("Sets (* in use; get one with: companion models pull NAME)")
    for each in catalog.sets:
        mark = "*" if each == chosen else " "
        size = sum(model.size for model in each.models)
        left = sum(model.size for model in each.models if not catalog.is_installed(model))
        state = f"{megabytes(left)} to fetch" if left else "installed"
        print(f"{mark} {each.name:10} {each.language:3} {megabytes(size):>7}  {state:17} {each.title}")
    print(f"\nModels, in {catalog.models_dir}")
    for model in catalog.models.values():
        state = "installed" if catalog.is_installed(model) else "-"
        languages = "any" if "*" in model.languages else ",".join(model.languages)
        print(f"  {model.id:26} {model.role:11} {megabytes(model.size):>7}  {state:10} {model.title}")
        print(f"  {'':26} {model.licence}; languages: {languages}; about {model.memory_mb} MB of memory")
    return 0


def _verify(catalog: Catalog, names: list[str], language: str) -> int:
    models = catalog.resolve(names, language) if names else tuple(filter(catalog.is_installed, catalog.models.values()))
    if not models:
        print("No model is installed. Get the starter set with: companion models pull starter")
        return 1
    sound = True
    for model in models:
        try:
            catalog.verify(model, thorough=True)
            print(f"{model.id}: right")
        except CompanionError as error:
            sound = False
            print(f"{model.id}: {error}")
    return 0 if sound else 1


def _remove(catalog: Catalog, models: list[Model], *, force: bool) -> int:
    chosen = _chosen_set(catalog)
    for model in models:
        if chosen and model in chosen.models and not force:
            raise CompanionError(
                "model-in-use",
                f"{model.title} belongs to the set in use, {chosen.name}.",
                hint=f"Choose another set first, or: companion models remove {model.id} --force",
            )
    with only_download(catalog.models_dir):
        for model in models:
            places = [catalog.path(model, file) for file in model.files]
            freed = sum(_delete(place, part_path(place)) for place in places)
            print(f"{model.title}: {f'{megabytes(freed)} freed' if freed else 'was not installed'}.")
    return 0


def _discard(catalog: Catalog, models: list[Model]) -> int:
    with only_download(catalog.models_dir):
        freed = sum(_delete(part_path(catalog.path(model, file))) for model in models for file in model.files)
    print(f"{megabytes(freed)} freed.")
    return 0


def _delete(*paths: Path) -> int:
    """Delete files, and their folder if that was all; return the bytes freed."""
    freed = 0
    for each in paths:
        if each.exists():
            with disk_errors(each):
                freed += each.stat().st_size
                each.unlink()
    folder = paths[0].parent
    if folder.is_dir() and not any(folder.iterdir()):
        folder.rmdir()
    return freed


def _chosen_set(catalog: Catalog) -> ModelSet | None:
    """Return the set that the program uses with the settings and the persona in them, or None if there is none."""
    from companion.compose import chosen_set, settings_file
    from companion.settings import load_settings

    try:
        return chosen_set(catalog, load_settings(settings_file()).settings)
    except CompanionError as error:
        print(f"companion: {error}", file=sys.stderr)
        return None
