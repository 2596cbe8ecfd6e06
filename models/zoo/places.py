"""Where things lie, and how a folder appears: whole or not at all."""

import os
import shutil
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
COMMITTED = ROOT / "models"
ON_DEMAND = ROOT / ".cache" / "models"
DATA_CACHE = ROOT / ".cache" / "data"
MANIFEST = COMMITTED / "manifest.json"


@contextmanager
def whole_folder(target: Path):
    """Yields an empty folder beside `target`; when the block ends without an error it takes `target`'s place.

    A killed run leaves only a dotted folder, which the next run removes.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    _remove_leftovers(target)
    work = target.parent / f".{target.name}.{os.getpid()}.tmp"
    work.mkdir()
    try:
        yield work
        old = target.parent / f".{target.name}.{os.getpid()}.old"
        if target.exists():
            target.rename(old)
        work.rename(target)
        shutil.rmtree(old, ignore_errors=True)
    finally:
        shutil.rmtree(work, ignore_errors=True)


def write_whole(path: Path, text: str) -> None:
    """Writes a text file so that a reader sees the old or the new content, never half of it."""
    work = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    work.write_text(text, encoding="utf-8")
    work.replace(path)


def _remove_leftovers(target: Path) -> None:
    for leftover in target.parent.glob(f".{target.name}.*"):
        pid = leftover.suffixes[-2][1:] if len(leftover.suffixes) >= 2 else ""
        if pid.isdigit() and not _alive(int(pid)):
            shutil.rmtree(leftover, ignore_errors=True)


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
