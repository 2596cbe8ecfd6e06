import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { requestNames } from './request-names.js';
import { aRequest } from './testing/a-spec.js';

const of = (length: number): ReturnType<typeof aRequest>[] => [aRequest('x'.repeat(length))];

/** Names arrays of at most 100 bytes, counted from 1. */
function counted(): ReturnType<typeof requestNames> {
  const named = requestNames(100);
  let before: number | undefined;
  return (requests) => {
    const { name, forget, ...rest } = named(requests);
    const start = (before ??= name - 1);
    return { ...rest, name: name - start, forget: forget.map((each) => each - start) };
  };
}

describe('names of requests', () => {
  it('are not those that another gives', () => {
    const [first, second] = [requestNames(100), requestNames(100)];
    assert.notEqual(first(of(10)).name, second(of(10)).name);
  });

  it('sends an array once, and again after it was forgotten', () => {
    const nameOf = counted();
    const [first, second, third] = [of(40), of(40), of(40)];
    assert.deepEqual(nameOf(first), { name: 1, requests: first, forget: [] });
    assert.deepEqual(nameOf(second), { name: 2, requests: second, forget: [] });
    assert.deepEqual(nameOf(first), { name: 1, forget: [] });
    assert.deepEqual(nameOf(third), { name: 3, requests: third, forget: [2] });
    assert.deepEqual(nameOf(second), { name: 4, requests: second, forget: [1] });
  });

  it('keeps nothing that is larger than all that may be kept', () => {
    const nameOf = counted();
    const [huge, small] = [of(200), of(10)];
    assert.deepEqual(nameOf(huge), { name: 1, requests: huge, forget: [] });
    assert.deepEqual(nameOf(huge), { name: 2, requests: huge, forget: [1] });
    assert.deepEqual(nameOf(small), { name: 3, requests: small, forget: [2] });
  });
});
