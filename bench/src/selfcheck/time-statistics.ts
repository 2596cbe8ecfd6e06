import { join } from 'node:path';
import { temporaryFolder } from '../process/index.js';
import { createRandom } from '../random/index.js';
import type { Cell, TrialRecord } from '../record/index.js';
import { openSamplesWriter, readSamples } from '../samples/index.js';
import { summariseCell } from '../stats/index.js';

const RATE_PER_S = 10_000;
const UNTOLD = Number.NaN;

/** Writes a trial of so many made-up samples, reads it back and sums its cell up: how long does each take here? */
export async function timeStatistics(samples: number) {
  await using folder = await temporaryFolder('selfcheck-');
  const file = join(folder.path, 'samples.bin');
  const durationMs = (samples / RATE_PER_S) * 1e3;
  const startedAt = performance.now();
  writeSamples(file, samples);
  const writtenAt = performance.now();
  const { table } = await readSamples(file);
  const readAt = performance.now();
  summariseCell(cellOf(durationMs), [{ record: recordOf(file, samples, durationMs), samples: table }]);
  return {
    samples,
    writeMs: writtenAt - startedAt,
    readMs: readAt - writtenAt,
    summariseMs: performance.now() - readAt,
  };
}

function writeSamples(file: string, samples: number): void {
  const writer = openSamplesWriter(file, { trial: 'trial', cell: 'cell', contestant: 'made-up' });
  const random = createRandom(1);
  for (let i = 0; i < samples; i++) {
    const intendedAtNs = (i * 1e9) / RATE_PER_S;
    const doneAtNs = intendedAtNs + 2e5 - Math.log(1 - random.unit()) * 1e6;
    writer.append({
      intendedAtNs,
      sentAtNs: intendedAtNs + 1e4,
      firstByteAtNs: doneAtNs - 1e4,
      doneAtNs,
      outcome: 'ok',
      code: 200,
      bytesOut: 5000,
      bytesIn: 200,
      input: i % 16,
      version: 1,
      serverTimingUs: [50, 10, 900, 20, UNTOLD],
    });
  }
  writer.close();
}

function cellOf(durationMs: number): Cell {
  return {
    id: 'cell',
    experiment: 'selfcheck',
    contestant: 'made-up',
    condition: {
      loop: { kind: 'open', arrivals: 'constant', ratePerS: RATE_PER_S },
      model: 'none',
      modelVersion: 1,
      batch: 1,
      payload: 'json',
    },
    group: 'selfcheck',
    trials: 1,
    warmupMs: 0,
    durationMs,
    timeoutMs: 1000,
    decides: false,
    errorLimit: 0,
  };
}

function recordOf(samplesFile: string, samples: number, durationMs: number): TrialRecord {
  return {
    id: 'trial',
    cell: 'cell',
    block: 0,
    position: 0,
    seeds: { arrivals: 1, inputs: 1 },
    startedAt: '2026-01-01T00:00:00.000Z',
    durationMs,
    samplesFile,
    samples,
    generator: { lagP50Ms: 0, lagP99Ms: 0, lagMaxMs: 0, cpuShare: 0, dropped: 0 },
    usage: [],
    cut: false,
  };
}
