import type { Condition } from '../record/index.js';

/** What holds for both cells of a comparison, in words: `8 clients, 1 instance per request, fashion-cnn, 100 ms away`. */
export function conditionWords(own: Condition, other: Condition): string {
  const theirs = partsOf(other);
  return [...partsOf(own)].flatMap(([name, words]) => (theirs.get(name) === words ? [words] : [])).join(', ');
}

/** The parts of a condition by name, each in words. */
function partsOf({ loop, model, batch, network, factors }: Condition): Map<string, string> {
  const { rttMs, jitterMs, bandwidthMbitS, connectionLossPerS } = network ?? {};
  const parts: [string, string | undefined][] = [
    ['loop', loop.kind === 'closed' ? count(loop.concurrency, 'client') : `${loop.ratePerS} requests per second`],
    ['batch', `${count(batch, 'instance')} per request`],
    ['model', model],
    ['rtt', rttMs === undefined || rttMs === 0 ? undefined : `${rttMs} ms away`],
    ['jitter', jitterMs === undefined ? undefined : `jitter up to ${jitterMs} ms`],
    ['bandwidth', bandwidthMbitS === undefined ? undefined : `${bandwidthMbitS} Mbit/s`],
    ['loss', connectionLossPerS === undefined ? undefined : `connections lost at ${connectionLossPerS}/s`],
    ...Object.entries(factors ?? {}).map(([name, value]): [string, string] => [name, `${name} ${value}`]),
  ];
  return new Map(parts.flatMap(([name, words]) => (words === undefined ? [] : [[name, words] as const])));
}

function count(n: number, what: string): string {
  return `${n} ${what}${n === 1 ? '' : 's'}`;
}
