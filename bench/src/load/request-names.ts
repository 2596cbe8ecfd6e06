import { randomInt } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { NamedRequests } from './generator-messages.js';
import type { PreparedRequest } from './trial-spec.js';

const KEPT_BYTES = 256e6;
const MOST_NAMES = 2 ** 47;

/** Names arrays of requests by identity: one that the generator keeps is not sent again. It keeps bodies of `keptBytes`. */
export function requestNames(keptBytes = KEPT_BYTES): (requests: readonly PreparedRequest[]) => NamedRequests {
  // From anywhere on: another may name requests of the same generator.
  let [last, forget]: [number, number[]] = [randomInt(MOST_NAMES), []];
  const names = new LRUCache<readonly PreparedRequest[], number>({
    maxSize: keptBytes,
    sizeCalculation: (_, requests) => requests.reduce((sum, { body }) => sum + body.byteLength, 1),
    dispose: (name) => forget.push(name),
  });
  return (requests) => {
    const known = names.get(requests);
    if (known !== undefined) return { name: known, forget: [] };
    last += 1;
    names.set(requests, last);
    const order = { name: last, requests, forget };
    forget = names.has(requests) ? [] : [last];
    return order;
  };
}

/** The other side: the array of a name, the same each time. */
export function keptRequests(): (named: NamedRequests) => readonly PreparedRequest[] {
  const kept = new Map<number, readonly PreparedRequest[]>();
  return ({ name, requests, forget }) => {
    for (const each of forget) kept.delete(each);
    if (requests !== undefined) kept.set(name, requests);
    return kept.get(name) ?? [];
  };
}
