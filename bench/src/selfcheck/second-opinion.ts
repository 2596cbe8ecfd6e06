import { generatorPinning, startFleet, type RunningInstance, type Serving } from '../contestants/index.js';
import { temporaryFolder } from '../process/index.js';
import { DEFAULT_MODEL } from '../questions/subject.js';
import { runClosedLoop, startGenerator, startInstantServer, type Generator } from '../load/index.js';
import { prepareAnswer, type PreparedRequest } from '../requests/index.js';
import { percentileNs } from '../stats/index.js';
import { PREDICT_METHOD } from '../run/ask.js';
import { openZoo } from '../run/zoo.js';
import { runH2load, runWrk, type ClientResult, type ClosedLoop } from './c-clients.js';
import { judgeOpinions, PROTOCOLS, type Measured, type OpinionRow, type Protocol } from './judge-opinions.js';

export interface SecondOpinionOptions {
  readonly serving: Serving;
  readonly concurrencies: readonly number[];
  /** Each client is asked once in every round, about a round's machine. */
  readonly rounds: number;
  /** Of one turn of one client. */
  readonly seconds: number;
  readonly signal: AbortSignal;
  readonly onProgress: (text: string) => void;
}

const WARMUP_MS = 200;

const PATHS: Readonly<Record<Protocol, string>> = {
  REST: `/v1/models/${DEFAULT_MODEL}:predict`,
  gRPC: PREDICT_METHOD,
};

/** A server with one address for each protocol, all of which answer the same request. */
interface Asked {
  readonly name: string;
  readonly addresses: Readonly<Record<Protocol, string>>;
}

/**
 * Asks the bench and clients in C the same of the same servers, in turn: a model server, and one that answers at once. Both
 * clients of a protocol send one request's bytes again and again. @throws Error when a server cannot start or a request fails.
 */
export async function secondOpinion(options: SecondOpinionOptions): Promise<readonly OpinionRow[]> {
  await using scratch = await temporaryFolder('second-opinion-');
  const folder = scratch.path;
  const zoo = await openZoo();
  const version = zoo.models.get(DEFAULT_MODEL)?.version ?? 1;
  const golden = await zoo.golden(DEFAULT_MODEL, version);
  const requests = {
    REST: firstOf(golden.prepare({ batch: 1, payload: 'json' })),
    gRPC: firstOf(golden.prepare({ batch: 1, payload: 'tensor-content' })),
  };
  const fleet = startFleet(options.serving, folder, options.onProgress);
  try {
    const modelBasePath = zoo.basePath(DEFAULT_MODEL);
    const launch = { model: DEFAULT_MODEL, modelVersion: version, modelBasePath, factors: {} };
    await using instant = await startInstantServer([
      { protocol: 'rest', answer: prepareAnswer('rest', requests.REST) },
      { protocol: 'grpc', answer: prepareAnswer('grpc', requests.gRPC) },
    ]);
    const [atRest = '', atGrpc = ''] = instant.addresses;
    const servers: Asked[] = [
      {
        name: options.serving.source.version,
        addresses: {
          REST: addressOf(await fleet.instance('direct-rest', launch)),
          gRPC: addressOf(await fleet.instance('direct-grpc', launch)),
        },
      },
      { name: 'a server that answers at once', addresses: { REST: atRest, gRPC: atGrpc } },
    ];
    await using generator = await startGenerator(generatorPinning());
    const measured: Measured[] = [];
    for (let round = 0; round < options.rounds; round++)
      for (const server of servers)
        for (const concurrency of options.concurrencies)
          for (const protocol of PROTOCOLS) {
            if (options.signal.aborted) return judgeOpinions(measured);
            options.onProgress(`${server.name}, ${protocol}, ${concurrency} in flight, round ${round + 1}`);
            const { seconds } = options;
            const address = server.addresses[protocol];
            const turn = { address, protocol, concurrency, folder, seconds, version, request: requests[protocol] };
            // Who comes first alternates, so that a server that slows down slows both.
            const first = round % 2 === 0 ? await askC(turn) : undefined;
            const bench = await askBench(turn, generator);
            measured.push({ server: server.name, protocol, concurrency, c: first ?? (await askC(turn)), bench });
          }
    return judgeOpinions(measured);
  } finally {
    await fleet.stop();
  }
}

interface Turn extends Omit<ClosedLoop, 'path' | 'body'> {
  readonly protocol: Protocol;
  readonly request: PreparedRequest;
  readonly version: number;
}

function askC({ protocol, request, ...turn }: Turn): Promise<ClientResult> {
  return (protocol === 'REST' ? runWrk : runH2load)({ ...turn, path: PATHS[protocol], body: request.body });
}

async function askBench(
  { address, protocol, concurrency, seconds, request, version }: Turn,
  generator: Generator,
): Promise<ClientResult> {
  const { failures, requestsPerS, latencies } = await runClosedLoop(generator, {
    target: { kind: protocol === 'REST' ? 'rest' : 'grpc', address, path: PATHS[protocol] },
    requests: [{ body: request.body, expected: [{ version, outputs: request.outputs }] }],
    concurrency,
    warmupMs: WARMUP_MS,
    durationMs: seconds * 1e3,
  });
  if (failures.length > 0) throw new Error(`the bench could not measure: ${failures.join('; ')}`);
  return { requestsPerS, p50Ms: percentileNs(latencies, 0.5) / 1e6 };
}

function firstOf(requests: readonly PreparedRequest[]): PreparedRequest {
  const [first] = requests;
  if (first === undefined) throw new Error(`the model ${DEFAULT_MODEL} has no golden cases`);
  return first;
}

function addressOf({ target }: RunningInstance): string {
  if (target.kind === 'engine') throw new Error('the bare engine has no address');
  return target.kind === 'rest' ? new URL(target.url).host : target.address;
}
