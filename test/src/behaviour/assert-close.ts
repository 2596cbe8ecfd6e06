import assert from 'node:assert/strict';

/** Python and these servers share the engine; kernels may still add in another order. */
const TOLERANCE = 1e-5;

/** Equal JSON, numbers within the tolerance (relative above 1, absolute below). */
export function assertClose(got: unknown, want: unknown): void {
  if (typeof got === 'number' && typeof want === 'number') {
    assert.ok(Math.abs(got - want) <= TOLERANCE * Math.max(1, Math.abs(want)), `${got} is not ${want}`);
  } else if (Array.isArray(got) && Array.isArray(want)) {
    assert.equal(got.length, want.length);
    for (const [at, entry] of got.entries()) assertClose(entry, want[at]);
  } else if (isObject(got) && isObject(want)) {
    assert.deepEqual(Object.keys(got).sort(), Object.keys(want).sort(), JSON.stringify(got).slice(0, 300));
    for (const [key, value] of Object.entries(got)) assertClose(value, want[key]);
  } else assert.deepEqual(got, want);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
