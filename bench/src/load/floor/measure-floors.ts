import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Floor } from '../../record/index.js';
import { prepareAnswer, type PreparedRequest } from '../../requests/index.js';
import { readSamples } from '../../samples/index.js';
import { certifiedMs, percentileNs, sortLatencies } from '../../stats/index.js';
import type { Generator } from '../generator.js';
import type { TrialSpec } from '../trial-spec.js';
import { startInstantServer } from './start-instant-server.js';

/** A kind of request whose floor is wanted. */
export interface FloorKind extends Pick<Floor, 'protocol' | 'payload' | 'model' | 'batch'> {
  readonly request: PreparedRequest;
}

/** In flight while CPU and throughput are measured. */
const CONCURRENCY = 8;
const WINDOW_MS = 250;
const WARMUP_MS = 100;
/** Once, before anything is measured: the drivers' code has to be compiled. */
const FIRST_WARMUP_MS = 500;
const TIMEOUT_MS = 10_000;
const PATHS = { rest: '/v1/models/floor:predict', grpc: '/tensorflow.serving.PredictionService/Predict' } as const;

/**
 * Runs the generator against a server that answers each kind at once, in a process of its own: what it takes there is its own
 * cost (method rule 5a). @throws Error when an answer is not the expected one.
 */
export async function measureFloors(generator: Generator, kinds: readonly FloorKind[]): Promise<Floor[]> {
  const answers = kinds.map(({ protocol, request }) => prepareAnswer(protocol, request));
  await using server = await startInstantServer(
    kinds.map(({ protocol }, i) => ({ protocol, answer: answers[i] ?? Buffer.alloc(0) })),
  );
  const folder = await mkdtemp(join(tmpdir(), 'floor-'));
  const warm = new Set<string>();
  try {
    const floors: Floor[] = [];
    for (const [i, kind] of kinds.entries()) {
      const run = async (concurrency: number): Promise<Run> => {
        const warmupMs = warm.has(kind.protocol) ? WARMUP_MS : FIRST_WARMUP_MS;
        warm.add(kind.protocol);
        const samplesFile = join(folder, `${i}-${concurrency}`);
        return await runOnce(
          generator,
          specOf(kind, server.addresses[i] ?? '', { concurrency, warmupMs, samplesFile }),
        );
      };
      const many = await run(CONCURRENCY);
      const one = await run(1);
      const latencies = sortLatencies(one.serviceNs);
      const { protocol, payload, model, batch, request } = kind;
      floors.push({
        protocol,
        payload,
        model,
        batch,
        requestBytes: request.body.length,
        answerBytes: answers[i]?.length ?? 0,
        p50Ms: percentileNs(latencies, 0.5) / 1e6,
        p99Ms: certifiedMs(latencies, 0.99),
        cpuMsPerRequest: (many.cpuShare * many.durationMs) / many.serviceNs.length,
        throughputPerS: (many.serviceNs.length * 1e3) / many.durationMs,
        ...(many.driver === undefined ? {} : { driver: many.driver }),
      });
    }
    return floors;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

interface Run extends Pick<Floor, 'driver'> {
  readonly serviceNs: Float64Array;
  readonly durationMs: number;
  readonly cpuShare: number;
}

async function runOnce(generator: Generator, spec: TrialSpec): Promise<Run> {
  const { durationMs, generator: health, failures } = await generator.runTrial(spec);
  if (failures.length > 0) throw new Error(`the floor of ${spec.cell} cannot be measured: ${failures.join('; ')}`);
  const { table } = await readSamples(spec.samplesFile);
  const serviceNs = table.doneAtNs.map((doneAtNs, row) => doneAtNs - (table.sentAtNs[row] ?? Number.NaN));
  const { cpuShare, driver } = health;
  return { serviceNs, durationMs, cpuShare, ...(driver === undefined ? {} : { driver }) };
}

function specOf(
  { protocol, payload, request }: FloorKind,
  address: string,
  run: { readonly concurrency: number; readonly warmupMs: number; readonly samplesFile: string },
): TrialSpec {
  const { concurrency, warmupMs, samplesFile } = run;
  return {
    trial: samplesFile,
    cell: `${protocol}, ${payload}`,
    contestant: 'instant-server',
    target:
      protocol === 'rest'
        ? { kind: 'rest', origin: `http://${address}`, path: PATHS.rest }
        : { kind: 'grpc', address, method: PATHS.grpc },
    requests: [{ body: request.body, expected: [{ version: 0, outputs: request.outputs }] }],
    load: { kind: 'closed', concurrency },
    order: Uint32Array.of(0),
    warmupMs,
    durationMs: WINDOW_MS,
    timeoutMs: TIMEOUT_MS,
    samplesFile,
  };
}
