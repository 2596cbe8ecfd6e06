"""Fashion-MNIST: 60 000 training and 10 000 held-out images of clothes, 28x28 grey, ten classes.

Zalando SE, MIT (Expat) licence, https://github.com/zalandoresearch/fashion-mnist; fetched as Debian's package
`dataset-fashion-mnist` (main), which needs neither root nor an account.
"""

import gzip
import shutil
import subprocess
import tempfile
from pathlib import Path

import numpy as np

from .errors import DataMissing
from .places import COMMITTED, DATA_CACHE, whole_folder

PACKAGE = "dataset-fashion-mnist"
INSTALLED = Path("/usr/share/datasets/fashion-mnist")
HELDOUT = COMMITTED / "heldout"
"""The first 256 held-out images, committed: golden inputs, and accuracy at test time without the package."""


def images_and_labels(part: str) -> tuple[np.ndarray, np.ndarray]:
    """`part` is "train" (60 000) or "t10k" (10 000, never trained on). uint8 [n, 28, 28, 1] and uint8 [n]."""
    folder = _folder()
    return _idx(folder / f"{part}-images-idx3-ubyte.gz")[..., None], _idx(folder / f"{part}-labels-idx1-ubyte.gz")


def committed_heldout() -> np.ndarray:
    """uint8 [256, 28, 28, 1]."""
    return _idx(HELDOUT / "images-idx3-ubyte.gz")[..., None]


def write_heldout(count: int = 256) -> None:
    images, labels = images_and_labels("t10k")
    with whole_folder(HELDOUT) as work:
        _write_idx(work / "images-idx3-ubyte.gz", images[:count, :, :, 0])
        _write_idx(work / "labels-idx1-ubyte.gz", labels[:count])


def as_floats(images: np.ndarray) -> np.ndarray:
    """Bytes to what the models take: float32 in 0..1."""
    return images.astype(np.float32) / np.float32(255)


def _folder() -> Path:
    for folder in (INSTALLED, DATA_CACHE / "fashion-mnist"):
        if (folder / "train-images-idx3-ubyte.gz").exists():
            return folder
    return _download()


def _download() -> Path:
    how = (
        f"Training needs Debian's package {PACKAGE}. Either install it (apt-get install {PACKAGE}), "
        "or let this script fetch it, for which apt's lists must be there (apt-get update). "
        "Nothing else in the project needs it: the trained models are committed."
    )
    if shutil.which("apt-get") is None or shutil.which("dpkg") is None:
        raise DataMissing(f"This is not a Debian system. {how}")
    target = DATA_CACHE / "fashion-mnist"
    print(f"fetching {PACKAGE} (31 MB)", flush=True)
    with tempfile.TemporaryDirectory() as work:
        fetched = subprocess.run(["apt-get", "download", PACKAGE], cwd=work, capture_output=True, text=True)
        packages = list(Path(work).glob("*.deb"))
        if fetched.returncode != 0 or not packages:
            raise DataMissing(f"{how} apt-get said: {fetched.stderr.strip()[-500:]}")
        subprocess.run(["dpkg", "-x", packages[0], Path(work) / "unpacked"], check=True)
        with whole_folder(target) as folder:
            for file in (Path(work) / "unpacked" / INSTALLED.relative_to("/")).iterdir():
                shutil.copy(file, folder)
    return target


def _idx(path: Path) -> np.ndarray:
    data = gzip.decompress(path.read_bytes())
    if data[:3] != b"\x00\x00\x08":
        raise DataMissing(f"{path} is not an IDX file of bytes; remove it and run again")
    rank = data[3]
    shape = np.frombuffer(data, ">u4", rank, 4)
    return np.frombuffer(data, np.uint8, offset=4 + 4 * rank).reshape(shape)


def _write_idx(path: Path, values: np.ndarray) -> None:
    header = bytes([0, 0, 8, values.ndim]) + np.asarray(values.shape, ">u4").tobytes()
    path.write_bytes(gzip.compress(header + values.tobytes(), 9, mtime=0))
