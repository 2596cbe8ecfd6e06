import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { judgeOpinions, type Measured, type Protocol } from './judge-opinions.js';

/** Rounds on a machine that is half as fast in every other one: the clients see it alike. */
function rounds(
  protocol: Protocol,
  concurrency: number,
  c: { readonly p50Ms: number; readonly requestsPerS: number },
  bench: { readonly p50Ms: number; readonly requestsPerS: number },
  server = 'model server',
): Measured[] {
  return Array.from({ length: 5 }, (_, round) => {
    const slow = round % 2 === 0 ? 1 : 2;
    const at = ({ p50Ms, requestsPerS }: typeof c): typeof c => ({
      p50Ms: p50Ms * slow,
      requestsPerS: requestsPerS / slow,
    });
    return { server, protocol, concurrency, c: at(c), bench: at(bench) };
  });
}

function verdicts(measured: readonly Measured[]): Record<string, boolean> {
  return Object.fromEntries(judgeOpinions(measured).map(({ server, what, passed }) => [`${server}: ${what}`, passed]));
}

const C = { p50Ms: 0.4, requestsPerS: 4000 };

describe('a second opinion', () => {
  it('passes where both clients find the same, also where their machine changes speed', () => {
    const same = (['REST', 'gRPC'] as const).flatMap((protocol) =>
      [1, 8].flatMap((concurrency) => rounds(protocol, concurrency, C, C)),
    );
    const rows = judgeOpinions(same);
    assert.equal(rows.length, 5);
    assert.ok(rows.every(({ passed }) => passed));
    assert.equal(rows.find(({ what }) => what === 'gRPC / REST, p50')?.bench, 1);
  });

  it('fails a driver that takes too long, and the ratio of protocols that it spoils', () => {
    const slow = { p50Ms: 0.48, requestsPerS: 4000 };
    assert.deepEqual(verdicts([...rounds('REST', 1, C, C), ...rounds('gRPC', 1, C, slow)]), {
      'model server: REST p50 ms': true,
      'model server: gRPC p50 ms': false,
      'model server: gRPC / REST, p50': false,
    });
  });

  it('allows 0.03 ms where that is more than 5%', () => {
    const near = { p50Ms: 0.07, requestsPerS: 4000 };
    const [row] = judgeOpinions(rounds('REST', 1, { p50Ms: 0.05, requestsPerS: 4000 }, near));
    assert.deepEqual([row?.passed, row?.limit], [true, '0.03 ms or 5%']);
  });

  it('asks for 0.95 of the throughput of a model server, 0.8 where there is nothing but clients', () => {
    const less = { p50Ms: 0.4, requestsPerS: 3600 };
    const both = [...rounds('REST', 8, C, less), ...rounds('REST', 8, C, less, 'at once')];
    assert.deepEqual(verdicts(both), {
      'model server: REST requests/s': false,
      'at once: REST requests/s': true,
    });
  });
});
