import type { Floor } from '../../record/index.js';
import { prepareAnswer } from '../../requests/index.js';
import { certifiedMs, percentileNs } from '../../stats/index.js';
import { runUntilAnswered, type ClosedLoopResult } from '../closed-loop.js';
import type { FloorKind, Generator } from '../generator.js';
import { startInstantServer } from './start-instant-server.js';

/** Messages whose sizes differ by no more cost the generator the same: as a share, and of small ones in bytes. */
const SAME_SIZE = 0.05;
const SAME_BYTES = 200;
/** In flight while CPU and throughput are measured. */
const CONCURRENCY = 8;
const WINDOW_MS = 250;
const WARMUP_MS = 100;
/** Once, before anything is measured: the drivers' code has to be compiled. */
const FIRST_WARMUP_MS = 500;
const PATHS = { rest: '/v1/models/floor:predict', grpc: '/tensorflow.serving.PredictionService/Predict' } as const;

/**
 * Runs the generator against a server that answers each kind at once, in a process of its own: what it takes there is its own
 * cost (method rule 5a). Kinds of one payload and size are measured once. @throws Error when an answer is not the expected one.
 */
export async function measureFloors(generator: Generator, kinds: readonly FloorKind[]): Promise<Floor[]> {
  if (generator.measureFloors !== undefined) return await generator.measureFloors(kinds);
  const answers = kinds.map(({ protocol, request }) => prepareAnswer(protocol, request));
  await using server = await startInstantServer(
    kinds.map(({ protocol }, i) => ({ protocol, answer: answers[i] ?? Buffer.alloc(0) })),
  );
  const warm = new Set<string>();
  const floors: Floor[] = [];
  for (const [i, kind] of kinds.entries()) {
    const { protocol, payload, model, batch, request } = kind;
    const [requestBytes, answerBytes] = [request.body.length, answers[i]?.length ?? 0];
    const known = floors.find(
      (floor) =>
        floor.payload === payload &&
        isSameSize(floor.requestBytes, requestBytes) &&
        isSameSize(floor.answerBytes, answerBytes),
    );
    if (known !== undefined) {
      floors.push({ ...known, model, batch, requestBytes, answerBytes });
      continue;
    }
    const run = async (concurrency: number): Promise<ClosedLoopResult> => {
      const result = await runUntilAnswered(generator, {
        target: { kind: protocol, address: server.addresses[i] ?? '', path: PATHS[protocol] },
        requests: [{ body: request.body, expected: [{ version: 0, outputs: request.outputs }] }],
        warmupMs: warm.has(protocol) ? WARMUP_MS : FIRST_WARMUP_MS,
        concurrency,
        durationMs: WINDOW_MS,
      });
      warm.add(protocol);
      if (result.failures.length > 0)
        throw new Error(`the floor of ${protocol}, ${payload} cannot be measured: ${result.failures.join('; ')}`);
      return result;
    };
    const many = await run(CONCURRENCY);
    const one = await run(1);
    const { cpuShare, driver } = many.generator;
    floors.push({
      protocol,
      payload,
      model,
      batch,
      requestBytes,
      answerBytes,
      p50Ms: percentileNs(one.latencies, 0.5) / 1e6,
      p99Ms: certifiedMs(one.latencies, 0.99),
      cpuMsPerRequest: (cpuShare * 1e3) / many.requestsPerS,
      throughputPerS: many.requestsPerS,
      ...(driver === undefined ? {} : { driver }),
    });
  }
  return floors;
}

function isSameSize(a: number, b: number): boolean {
  return Math.abs(a - b) <= Math.max(SAME_BYTES, SAME_SIZE * Math.max(a, b));
}
