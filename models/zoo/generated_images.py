"""Images made from a seed by whole-number arithmetic, so that Python and TypeScript make the same ones.

The same algorithm stands in bench/src/models/generated-image.ts. White noise would not do: to a convolution all noise
looks alike, and a wrong answer could pass for a right one. So an image is a 7x7 mosaic of random colours under noise.
"""

import numpy as np

MOSAIC = 7


def generated_image(seed: int, shape: tuple[int, int, int]) -> np.ndarray:
    """uint8 of `shape` (height, width, channels; height and width multiples of 7).

    xorshift32 from state `seed * 2654435761 mod 2^32` (1 if that is 0); each step gives one byte, the state's highest.
    First 7*7*channels bytes for the mosaic, then one byte per value, row-major: value = (3 * mosaic + noise) >> 2.
    """
    height, width, channels = shape
    bytes_ = _xorshift_bytes(seed, MOSAIC * MOSAIC * channels + height * width * channels)
    mosaic = bytes_[: MOSAIC * MOSAIC * channels].reshape(MOSAIC, MOSAIC, channels)
    noise = bytes_[MOSAIC * MOSAIC * channels :].reshape(shape)
    blocks = mosaic.repeat(height // MOSAIC, axis=0).repeat(width // MOSAIC, axis=1)
    return ((3 * blocks.astype(np.uint16) + noise) >> 2).astype(np.uint8)


def _xorshift_bytes(seed: int, count: int) -> np.ndarray:
    state = (seed * 2654435761) & 0xFFFFFFFF or 1
    out = bytearray(count)
    for at in range(count):
        state ^= (state << 13) & 0xFFFFFFFF
        state ^= state >> 17
        state ^= (state << 5) & 0xFFFFFFFF
        out[at] = state >> 24
    return np.frombuffer(bytes(out), np.uint8)
