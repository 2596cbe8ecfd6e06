import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generatorPinning, startFleet, type RunningInstance, type Serving } from '../contestants/index.js';
import { DEFAULT_MODEL } from '../questions/subject.js';
import { startGenerator, startInstantServer, type Generator, type TrialSpec } from '../load/index.js';
import { prepareAnswer, type PreparedRequest } from '../requests/index.js';
import { readSamples } from '../samples/index.js';
import { percentileNs, sortLatencies } from '../stats/index.js';
import { PREDICT_METHOD } from '../run/ask.js';
import { launchOf } from '../run/launch.js';
import { openZoo } from '../run/zoo.js';
import { runH2load, runWrk, type ClientResult } from './c-clients.js';
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
const TIMEOUT_MS = 30_000;

/** A server with one address for each protocol, all of which answer the same request. */
interface Asked {
  readonly name: string;
  readonly addresses: Readonly<Record<Protocol, string>>;
  readonly paths: Readonly<Record<Protocol, string>>;
}

/**
 * Asks the bench and clients in C the same of the same servers, in turn: a model server, and one that answers at once. Both
 * clients of a protocol send one request's bytes again and again. @throws Error when a server cannot start or a request fails.
 */
export async function secondOpinion(options: SecondOpinionOptions): Promise<readonly OpinionRow[]> {
  const folder = await mkdtemp(join(tmpdir(), 'second-opinion-'));
  const zoo = await openZoo();
  const version = zoo.models.get(DEFAULT_MODEL)?.version ?? 1;
  const golden = await zoo.golden(DEFAULT_MODEL, version);
  const requests = {
    REST: firstOf(golden.prepare({ batch: 1, payload: 'json' })),
    gRPC: firstOf(golden.prepare({ batch: 1, payload: 'tensor-content' })),
  };
  const fleet = startFleet(options.serving, folder, options.onProgress);
  try {
    const launch = launchOf(
      {
        loop: { kind: 'closed', concurrency: 1 },
        model: DEFAULT_MODEL,
        modelVersion: version,
        batch: 1,
        payload: 'json',
      },
      zoo.basePath(DEFAULT_MODEL),
    );
    await using instant = await startInstantServer([
      { protocol: 'rest', answer: prepareAnswer('rest', requests.REST) },
      { protocol: 'grpc', answer: prepareAnswer('grpc', requests.gRPC) },
    ]);
    const paths = { REST: `/v1/models/${DEFAULT_MODEL}:predict`, gRPC: PREDICT_METHOD };
    const servers: Asked[] = [
      {
        name: options.serving.source.version,
        addresses: {
          REST: addressOf(await fleet.instance('direct-rest', launch)),
          gRPC: addressOf(await fleet.instance('direct-grpc', launch)),
        },
        paths,
      },
      { name: 'a server that answers at once', addresses: addressesOf(instant.addresses), paths },
    ];
    await using generator = await startGenerator(generatorPinning());
    const measured: Measured[] = [];
    for (let round = 0; round < options.rounds; round++)
      for (const server of servers)
        for (const concurrency of options.concurrencies)
          for (const protocol of PROTOCOLS) {
            if (options.signal.aborted) return judgeOpinions(measured);
            options.onProgress(`${server.name}, ${protocol}, ${concurrency} in flight, round ${round + 1}`);
            const turn = {
              generator,
              server,
              protocol,
              concurrency,
              folder,
              request: requests[protocol],
              version,
              options,
            };
            // Who comes first alternates, so that a server that slows down slows both.
            const first = round % 2 === 0 ? await askC(turn) : undefined;
            const bench = await askBench(turn, `${measured.length}`);
            measured.push({ server: server.name, protocol, concurrency, c: first ?? (await askC(turn)), bench });
          }
    return judgeOpinions(measured);
  } finally {
    await fleet.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

interface Turn {
  readonly generator: Generator;
  readonly server: Asked;
  readonly protocol: Protocol;
  readonly concurrency: number;
  readonly folder: string;
  readonly request: PreparedRequest;
  readonly version: number;
  readonly options: SecondOpinionOptions;
}

function askC({ server, protocol, concurrency, folder, request, options }: Turn): Promise<ClientResult> {
  const { seconds } = options;
  const loop = { address: server.addresses[protocol], path: server.paths[protocol], body: request.body };
  return (protocol === 'REST' ? runWrk : runH2load)({ ...loop, concurrency, seconds, folder });
}

async function askBench(turn: Turn, name: string): Promise<ClientResult> {
  const { generator, server, protocol, concurrency, folder, request, version, options } = turn;
  const [address, path] = [server.addresses[protocol], server.paths[protocol]];
  const target: TrialSpec['target'] =
    protocol === 'REST' ? { kind: 'rest', origin: `http://${address}`, path } : { kind: 'grpc', address, method: path };
  const samplesFile = join(folder, `${name}.bin`);
  const { failures, durationMs } = await generator.runTrial({
    trial: name,
    cell: 'second-opinion',
    contestant: server.name,
    target,
    requests: [{ body: request.body, expected: [{ version, outputs: request.outputs }] }],
    load: { kind: 'closed', concurrency },
    order: Uint32Array.of(0),
    warmupMs: WARMUP_MS,
    durationMs: options.seconds * 1e3,
    timeoutMs: TIMEOUT_MS,
    samplesFile,
  });
  if (failures.length > 0) throw new Error(`the bench could not measure: ${failures.join('; ')}`);
  const { table } = await readSamples(samplesFile);
  await rm(samplesFile);
  const times = table.doneAtNs.map((doneAtNs, row) => doneAtNs - (table.sentAtNs[row] ?? Number.NaN));
  return { requestsPerS: (table.length * 1e3) / durationMs, p50Ms: percentileNs(sortLatencies(times), 0.5) / 1e6 };
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

function addressesOf([REST = '', gRPC = '']: readonly string[]): Asked['addresses'] {
  return { REST, gRPC };
}
