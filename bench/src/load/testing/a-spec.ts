import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Sample } from '../../record/index.js';
import { floatTensor, type GoldenOutput } from '../../requests/index.js';
import { readSamples, sampleAt } from '../../samples/index.js';
import type { PreparedRequest, Target, TrialSpec } from '../trial-spec.js';

const folder = mkdtempSync(join(tmpdir(), 'load-test-'));
let trials = 0;

/** A request whose right answer is `values`. */
export function aRequest(text: string, values: readonly number[] = [1, 2], version = 1): PreparedRequest {
  return { body: Buffer.from(text), expected: [{ version, outputs: [floats(values)] }] };
}

/** A single output of these numbers. */
export function floats(values: Iterable<number>): GoldenOutput {
  const tensor = Float32Array.from(values);
  return { name: 'scores', tensor: floatTensor(tensor, [tensor.length]) };
}

/** A short closed loop of one worker; `overrides` replace its fields. Each has its own samples file. */
export function aSpec(target: Target, overrides: Partial<TrialSpec> = {}): TrialSpec {
  trials++;
  return {
    trial: `trial-${trials}`,
    cell: 'cell',
    contestant: 'contestant',
    target,
    requests: [aRequest('ok')],
    load: { kind: 'closed', concurrency: 1 },
    order: Uint32Array.of(0),
    warmupMs: 0,
    durationMs: 200,
    timeoutMs: 5000,
    samplesFile: join(folder, `${trials}.bin`),
    ...overrides,
  };
}

/** The samples of a trial that has ended, by their intended instants. */
export async function samplesOf({ samplesFile }: TrialSpec): Promise<Sample[]> {
  const { table } = await readSamples(samplesFile);
  return Array.from({ length: table.length }, (_, row) => sampleAt(table, row)).sort(
    (a, b) => a.intendedAtNs - b.intendedAtNs,
  );
}
