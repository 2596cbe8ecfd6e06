/** A stream of pseudo-random numbers that depends on its seed alone. */
export interface Random {
  /** Next integer in [0, 2^32). */
  uint32(): number;
  /** Next number in [0, 1), with 53 random bits. */
  unit(): number;
  /** Next integer in [0, bound), without modulo bias. */
  below(bound: number): number;
}

/** SplitMix32's finaliser: neighbouring seeds give unrelated states. (Steele et al., "Fast splittable PRNGs", 2014.) */
function mix32(value: number): number {
  let z = value >>> 0;
  z = Math.imul(z ^ (z >>> 16), 0x85ebca6b);
  z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35);
  return (z ^ (z >>> 16)) >>> 0;
}

/**
 * xoshiro128** 1.1 (Blackman and Vigna, "Scrambled linear pseudorandom number generators", 2021), its state filled by
 * SplitMix32. Written here because schedules must stay byte for byte the same over years: a library's next major would
 * change every seed's meaning. `seed` is any integer; its 53 significant bits all count.
 */
export function createRandom(seed: number): Random {
  let weyl = (mix32(seed >>> 0) ^ Math.floor(seed / 2 ** 32)) >>> 0;
  const nextState = (): number => {
    weyl = (weyl + 0x9e3779b9) >>> 0;
    return mix32(weyl);
  };
  let a = nextState();
  let b = nextState();
  let c = nextState();
  // The all-zero state is the one from which xoshiro never leaves; setting a bit excludes it.
  let d = nextState() | 1;

  function uint32(): number {
    const times5 = Math.imul(b, 5);
    const result = Math.imul((times5 << 7) | (times5 >>> 25), 9) >>> 0;
    const shifted = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = (d << 11) | (d >>> 21);
    return result;
  }
  return {
    uint32,
    unit: () => ((uint32() >>> 5) * 2 ** 26 + (uint32() >>> 6)) / 2 ** 53,
    below: (bound) => {
      const limit = Math.floor(2 ** 32 / bound) * bound;
      let value = uint32();
      while (value >= limit) value = uint32();
      return value % bound;
    },
  };
}

/** The seed of one purpose or one pair of trials, derived from a study's seed: `deriveSeed(seeds.arrivals, block)`. */
export function deriveSeed(seed: number, ...path: readonly number[]): number {
  return path.reduce(
    (derived, step) => mix32(derived ^ mix32(step + 0x9e3779b9)),
    mix32(seed) ^ Math.floor(seed / 2 ** 32),
  );
}
