/**
 * The search for the highest rate that holds a latency limit (method rule 12), as MLPerf LoadGen does it: double until the
 * limit fails, then bisect. A state, not a loop: whoever runs trials asks for the rate to try, and says what came of it.
 */
export interface CapacitySearch {
  /** Rate to try next; undefined when the search is over. */
  readonly tryPerS: number | undefined;
  /** Highest rate that held so far; 0 when none has. */
  readonly heldPerS: number;
  /** Lowest rate that failed so far. */
  readonly failedPerS: number | undefined;
  readonly options: CapacityOptions;
}

export interface CapacityOptions {
  readonly startPerS: number;
  /** Ends when the lowest failed rate is within this share above the highest held one. */
  readonly resolution: number;
  /** Rates above this are not tried: beyond it the generator would be measured. */
  readonly highestPerS: number;
  /** Below this the search gives up: the limit does not hold at any rate worth serving. */
  readonly lowestPerS: number;
}

/** @throws RangeError for options that no search could end with. */
export function startCapacitySearch(options: CapacityOptions): CapacitySearch {
  const { startPerS, resolution, highestPerS, lowestPerS } = options;
  if (!(lowestPerS > 0 && lowestPerS <= startPerS && startPerS <= highestPerS && resolution > 0)) {
    throw new RangeError('0 < lowestPerS <= startPerS <= highestPerS and resolution > 0 are needed');
  }
  return { tryPerS: startPerS, heldPerS: 0, failedPerS: undefined, options };
}

/** The search after the rate it asked for has `held` the limit or not. */
export function continueCapacitySearch(search: CapacitySearch, held: boolean): CapacitySearch {
  const tried = search.tryPerS;
  if (tried === undefined) throw new RangeError('the search is over');
  const heldPerS = held ? tried : search.heldPerS;
  const failedPerS = held ? search.failedPerS : tried;
  return { ...search, heldPerS, failedPerS, tryPerS: nextRate(heldPerS, failedPerS, search.options) };
}

function nextRate(heldPerS: number, failedPerS: number | undefined, options: CapacityOptions): number | undefined {
  if (failedPerS === undefined) {
    return heldPerS >= options.highestPerS ? undefined : Math.min(2 * heldPerS, options.highestPerS);
  }
  if (heldPerS === 0)
    return failedPerS <= options.lowestPerS ? undefined : Math.max(failedPerS / 2, options.lowestPerS);
  return failedPerS <= heldPerS * (1 + options.resolution) ? undefined : (heldPerS + failedPerS) / 2;
}
