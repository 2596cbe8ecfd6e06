import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generatorPinning, startFleet, type RunningInstance, type Serving } from '../contestants/index.js';
import { cell, DEFAULT_MODEL } from '../experiments/cell.js';
import { interleave, pairSeeds, startGenerator } from '../load/index.js';
import type { Cell, CellResult, TrialRecord } from '../record/index.js';
import { readSamples } from '../samples/index.js';
import { summariseCell } from '../stats/index.js';
import { launchOf } from '../run/launch.js';
import { runCellTrial } from '../run/trial.js';
import { openZoo } from '../run/zoo.js';

export interface ModelServerBenchOptions {
  /** Model servers by name; each is asked by REST and by gRPC, turn about. */
  readonly servers: Readonly<Record<string, Serving>>;
  readonly concurrencies: readonly number[];
  readonly trials: number;
  readonly durationMs: number;
  readonly warmupMs: number;
  readonly signal: AbortSignal;
  readonly onTrial: (text: string) => void;
}

/** One server and protocol (or the bare engine) under one number of requests in flight. */
export interface ModelServerRow {
  readonly server: string;
  readonly protocol: Cell['contestant'];
  readonly concurrency: number;
  readonly result: CellResult;
  /** Median over the trials of the generator's own share of a core. */
  readonly generatorCpuShare: number;
}

interface Contender {
  readonly server: string;
  readonly protocol: 'REST' | 'gRPC' | 'no server';
  readonly instance: RunningInstance;
}

const SEEDS = { arrivals: 1, inputs: 2, order: 3 };

/**
 * Drives model servers directly, all of them up at once and interleaved in mirrored blocks (method rule 8), beside the bare
 * engine (rule 16). Yields the rows of one concurrency after the other. Rejects when a server cannot start.
 */
export async function* runModelServerBench(options: ModelServerBenchOptions): AsyncGenerator<ModelServerRow> {
  const folder = await mkdtemp(join(tmpdir(), 'model-server-bench-'));
  await mkdir(join(folder, 'samples'));
  const zoo = await openZoo();
  const version = zoo.models.get(DEFAULT_MODEL)?.version ?? 1;
  const fleets = Object.entries(options.servers).map(
    ([server, serving]) => [server, startFleet(serving, folder, options.onTrial)] as const,
  );
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
    const contenders: Contender[] = [];
    for (const [server, fleet] of fleets) {
      contenders.push(
        { server, protocol: 'REST', instance: await fleet.instance('direct-rest', launch) },
        { server, protocol: 'gRPC', instance: await fleet.instance('direct-grpc', launch) },
      );
      if (contenders.every(({ protocol }) => protocol !== 'no server'))
        contenders.push({
          server: 'engine',
          protocol: 'no server',
          instance: await fleet.instance('bare-engine', launch),
        });
    }
    const golden = await zoo.golden(DEFAULT_MODEL, version);
    await using generator = await startGenerator(generatorPinning());
    for (const concurrency of options.concurrencies) {
      const entries = contenders.map((contender) => ({
        ...contender,
        cell: cellOf(contender, version, concurrency, options),
      }));
      const records = new Map<string, TrialRecord[]>(entries.map((entry) => [entry.cell.id, []]));
      for (const planned of interleave(
        entries.map((entry) => entry.cell),
        SEEDS.order,
      )) {
        if (options.signal.aborted) return;
        const entry = entries.find((each) => each.cell.id === planned.cell);
        if (entry === undefined) throw new Error(`the plan has no cell ${planned.cell}`);
        options.onTrial(
          `${entry.server} ${entry.protocol}, ${concurrency} in flight, ${planned.block + 1} of ${options.trials}`,
        );
        const record = await runCellTrial({
          generator,
          cell: entry.cell,
          pass: 0,
          block: planned.block,
          position: planned.position,
          seeds: pairSeeds(SEEDS, entry.cell.group, planned.block),
          instance: entry.instance,
          golden,
          runFolder: folder,
          signal: options.signal,
        });
        records.get(planned.cell)?.push(record);
      }
      for (const { server, protocol, cell: own } of entries) {
        const trials = await Promise.all(
          (records.get(own.id) ?? []).map(async (record) => ({
            record,
            samples: (await readSamples(join(folder, record.samplesFile))).table,
          })),
        );
        const shares = trials.map(({ record }) => record.generator.cpuShare).sort((a, b) => a - b);
        yield {
          server,
          protocol,
          concurrency,
          result: summariseCell(own, trials),
          generatorCpuShare: shares[Math.floor(shares.length / 2)] ?? 0,
        };
      }
    }
  } finally {
    await Promise.all(fleets.map(([, fleet]) => fleet.stop()));
    await rm(folder, { recursive: true, force: true });
  }
}

function cellOf(
  { server, protocol }: Contender,
  modelVersion: number,
  concurrency: number,
  options: ModelServerBenchOptions,
): Cell {
  const wire = protocol === 'REST' ? 'rest' : protocol === 'gRPC' ? 'grpc' : 'in-process';
  return cell({
    experiment: 'model-server',
    contestant: { id: `${server}-${wire}`, role: 'direct', family: 'tensorflow-serving', protocol: wire },
    loop: { kind: 'closed', concurrency },
    model: DEFAULT_MODEL,
    modelVersion,
    trials: options.trials,
    warmupMs: options.warmupMs,
    durationMs: options.durationMs,
  });
}
