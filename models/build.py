"""Builds the study's models.

    python models/build.py                       the models that are built on demand and are not there yet
    python models/build.py resnet50 cnn-w64      these
    python models/build.py cnn-w8 --out /tmp/x   into another folder (also the way to train a committed model again)
    python models/build.py cnn-w8 --record       for maintainers: put it in its place and measure it for the manifest
    python models/build.py cnn-w8 --measure      for maintainers: measure what is there again

Needs TensorFlow 2.21 (the project's own environment: .cache/venv/bin/python, made by `npm run setup`).
"""

import argparse
import json
import multiprocessing
import os
import sys
import time
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")  # golden outputs of the kernels that the servers use

from zoo.errors import BuildError  # noqa: E402
from zoo.places import COMMITTED, ON_DEMAND, write_whole, whole_folder  # noqa: E402


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.add_argument("--out", type=Path, help="build into this folder instead")
    parser.add_argument("--record", action="store_true", help="measure the result and write models/manifest.json")
    parser.add_argument("--measure", action="store_true", help="measure what is there again, without building it")
    parser.add_argument("--centre", action="store_true", help="compute zoo/heads.json again for seeded models")
    parser.add_argument("--heldout", action="store_true", help="write models/heldout from the data set")
    parser.add_argument("--list", action="store_true", help="print the names and leave")
    arguments = parser.parse_args()
    try:
        _require_tensorflow()
        return _run(arguments)
    except BuildError as error:
        print(f"error: {error}", file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        return 130


def _require_tensorflow() -> None:
    try:
        import tensorflow
    except ImportError as error:
        raise BuildError(f"this Python ({sys.executable}) has no TensorFlow ({error}); run: npm run setup, then .cache/venv/bin/python {sys.argv[0]}")
    tensorflow.get_logger().setLevel("ERROR")
    if not tensorflow.__version__.startswith("2.21."):
        raise BuildError(f"TensorFlow {tensorflow.__version__} found, 2.21 needed: the served files carry its graph versions")


def _run(arguments) -> int:
    from zoo import catalogue, fashion_mnist

    unknown = [name for name in arguments.names if name not in catalogue.BY_NAME]
    if unknown:
        raise BuildError(f"no model is called {', '.join(unknown)}; there are: {', '.join(catalogue.BY_NAME)}")
    if arguments.list:
        for entry in catalogue.ENTRIES:
            print(f"{entry.name:14} {'on demand' if entry.on_demand else 'committed':10} {entry.title}")
        return 0
    if arguments.heldout:
        fashion_mnist.write_heldout()
        return 0
    entries = [catalogue.BY_NAME[name] for name in arguments.names] or [
        entry for entry in catalogue.ENTRIES if entry.on_demand and not (ON_DEMAND / entry.name).exists()
    ]
    if arguments.centre:
        return _centre(entries)
    if arguments.measure:
        return _measure(entries)
    kept = [entry.name for entry in entries if not entry.on_demand]
    if kept and not (arguments.out or arguments.record):
        raise BuildError(f"committed already: {', '.join(kept)}; to train again give --out FOLDER (or --record, as a maintainer)")
    for at, entry in enumerate(entries, 1):
        print(f"[{at}/{len(entries)}] {entry.name}: {entry.title}", flush=True)
        _build(entry, arguments.out, arguments.record)
    return 0


def _build(entry, out: Path | None, record: bool) -> None:
    from zoo import golden, manifest, measures, steps

    started = time.monotonic()
    parent = out.resolve() if out else ON_DEMAND if entry.on_demand else COMMITTED
    zoo = parent if entry.base and (parent / entry.base).exists() else COMMITTED
    with whole_folder(parent / entry.name) as work:
        weights = work / "weights.npz"
        versions = {version: work / str(version) for version in range(1, len(entry.recipes) + 1)}
        for version, folder in versions.items():
            print(f"  version {version}: weights", flush=True)
            _in_new_process(steps.make_weights, entry.name, version, zoo, weights)
            print(f"  version {version}: SavedModel", flush=True)
            _in_new_process(steps.export, entry.name, weights, folder)
        weights.unlink()
        print("  golden outputs", flush=True)
        golden.write(work / "golden.json", entry.name, versions, entry.architecture().inputs[0].shape[1:])
        digests = {str(version): measures.digest(folder) for version, folder in versions.items()}
        expected = {str(known["version"]): known["sha256"] for known in (manifest.recorded(entry.name) or {"versions": []})["versions"]}
        if entry.on_demand:
            write_whole(work / "build.json", json.dumps({"schema": 1, "sha256": digests, "manifestSha256": expected}) + "\n")
    seconds = time.monotonic() - started
    if record and not out:
        print("  measuring", flush=True)
        manifest.record(entry, parent / entry.name, seconds)
    elif digests == expected:
        print("  the same bytes as the manifest records")
    else:
        print("  other bytes than the manifest records (another processor or library release rounds or numbers otherwise)")
    print(f"  done in {seconds:.0f} s: {parent / entry.name}", flush=True)


def _measure(entries) -> int:
    from zoo import manifest

    for entry in entries:
        print(f"{entry.name}: measuring", flush=True)
        before = manifest.recorded(entry.name)
        manifest.record(entry, (ON_DEMAND if entry.on_demand else COMMITTED) / entry.name, before["build"]["seconds"] if before else 0)
    return 0


def _centre(entries) -> int:
    from zoo import fashion_mnist, steps
    from zoo.catalogue import Seeded
    from zoo.generated_images import generated_image
    import numpy as np

    for entry in entries:
        if isinstance(entry.recipes[0], Seeded):
            shape = entry.architecture().inputs[0].shape[1:]
            small = shape[0] == 28
            images = fashion_mnist.committed_heldout() if small else np.stack([generated_image(seed, shape) for seed in range(1, 25)])
            steps.centre(entry.name, fashion_mnist.as_floats(images))
    return 0


def _in_new_process(function, *arguments) -> None:
    """TensorFlow numbers what it traces, and the numbers are in the files: a fresh process makes the same bytes again."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        pool.apply(function, arguments)


if __name__ == "__main__":
    sys.exit(main())
