import assert from 'node:assert/strict';
import { it } from 'node:test';
import { findServing } from '../contestants/index.js';
import { runModelServerBench, type ModelServerRow } from './run-model-server-bench.js';

const ignore = (): void => undefined;

it('measures the stand-in by both protocols and the engine alone, every answer right', async () => {
  const standin = await findServing({ standinOnly: true, image: '', onProgress: ignore });
  const rows: ModelServerRow[] = [];
  const { signal } = new AbortController();
  const options = { concurrencies: [2], trials: 2, durationMs: 150, warmupMs: 50, signal, onTrial: ignore };
  for await (const row of runModelServerBench({ ...options, servers: { 'stand-in': standin } })) rows.push(row);
  assert.deepEqual(
    rows.map(({ server, protocol, concurrency }) => [server, protocol, concurrency]),
    [
      ['stand-in', 'REST', 2],
      ['stand-in', 'gRPC', 2],
      ['engine', 'no server', 2],
    ],
  );
  for (const { result, protocol } of rows) {
    assert.ok(result.outcomes.ok > 2, protocol);
    assert.equal(result.service.n, result.outcomes.ok);
    assert.ok(result.cpuMsPerRequest !== null && result.cpuMsPerRequest > 0);
    const parts = result.split.map(({ part }) => part);
    assert.deepEqual(
      parts,
      protocol === 'no server' ? ['inference', 'unaccounted'] : ['server, rest', 'inference', 'unaccounted'],
    );
  }
});
