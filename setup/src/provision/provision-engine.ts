import { existsSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { ENGINE_RECORD, findEngine, type CacheLayout, type Engine, type EngineRecord } from '@serving-study/runtime';
import { requireRoom } from './disk-room.js';
import { wheelFromHttps } from './https-wheel.js';
import { wheelFromPip } from './pip-wheel.js';
import { sha256OfFile } from './sha256.js';
import { moveIntoPlace, withStaging, writeJson } from './staging.js';
import { bytesText } from './step-progress.js';
import { PINNED_WHEELS, type Release } from './tensorflow-release.js';
import { unpackWheel } from './unpack-wheel.js';

/** What every step of a set-up shares. */
export interface SetupContext {
  readonly layout: CacheLayout;
  readonly environment: NodeJS.ProcessEnv;
  readonly arch: NodeJS.Architecture;
  /** The Python to ask for pip and venv. */
  readonly python: string;
  readonly signal: AbortSignal;
  /** Of the set-up lock, for children. */
  readonly lockDescriptor: number;
}

export interface EngineRequest {
  readonly release: Release;
  /** A wheel that is already on this disk. */
  readonly wheel: string | undefined;
  readonly indexUrl: string;
  readonly report: (text: string) => void;
}

/** Folder of a release's engine, whether it is there or not. */
export function engineDirectory(layout: CacheLayout, release: Release): string {
  return join(layout.engines, `${release.distribution}-${release.version}`);
}

/** Makes the release the engine in use: what is there, else the given wheel, else pip's, else the index's over HTTPS. */
export async function provisionEngine(context: SetupContext, request: EngineRequest): Promise<Engine> {
  const { layout } = context;
  const directory = engineDirectory(layout, request.release);
  if (!(await isThere(context, request, directory))) {
    await withStaging(layout, async (staging) => {
      const { wheel, source } = await obtainWheel(context, request, staging);
      const sha256 = await checkedSha256(wheel);
      await unpackWheel(wheel, join(staging, 'engine'), {
        signal: context.signal,
        onProgress: (done, total) => {
          request.report(bytesText('unpacking', done, total));
        },
      });
      const { distribution, version } = request.release;
      const unpackedAt = new Date().toISOString();
      const record: EngineRecord = { distribution, version, wheel: basename(wheel), sha256, source, unpackedAt };
      await writeJson(join(staging, 'engine', ENGINE_RECORD), record);
      await moveIntoPlace(join(staging, 'engine'), directory);
      if (source !== 'file') await moveIntoPlace(wheel, join(layout.wheels, basename(wheel)));
    });
  }
  await writeJson(layout.currentEngine, { directory: basename(directory) });
  const engine = await findEngine(layout);
  if (engine === undefined) throw new Error(`the engine in ${directory} vanished while it was set up`);
  return engine;
}

/** Wheels are kept for the Python environment only. */
export async function dropWheels(layout: CacheLayout): Promise<void> {
  await rm(layout.wheels, { recursive: true, force: true });
}

async function isThere({ layout }: SetupContext, { wheel }: EngineRequest, directory: string): Promise<boolean> {
  const engine = await findEngine(layout, directory);
  return engine !== undefined && (wheel === undefined || engine.sha256 === (await sha256OfFile(wheel)));
}

/** Of the CPU build: the wheel has 274 MB, its libraries 854 MB. */
const DOWNLOAD_AND_UNPACK_BYTES = 1.2e9;

type ObtainedWheel = { readonly wheel: string } & Pick<EngineRecord, 'source'>;

async function obtainWheel(context: SetupContext, request: EngineRequest, staging: string): Promise<ObtainedWheel> {
  if (request.wheel !== undefined) return { wheel: request.wheel, source: 'file' };
  await requireRoom(staging, DOWNLOAD_AND_UNPACK_BYTES, 'downloading and unpacking TensorFlow');
  const { release, report } = request;
  const failures: string[] = [];
  const attempt = async (
    source: 'pip' | 'https',
    get: (directory: string) => Promise<string>,
  ): Promise<ObtainedWheel | undefined> => {
    const directory = join(staging, source);
    await mkdir(directory, { recursive: true });
    try {
      return { wheel: await get(directory), source };
    } catch (error) {
      context.signal.throwIfAborted();
      failures.push(`${source}: ${error instanceof Error ? error.message : String(error)}`);
      await rm(directory, { recursive: true, force: true });
      return undefined;
    }
  };
  const progress = (done: number, total: number | undefined): void => {
    report(bytesText('downloading', done, total));
  };
  const { environment, signal, lockDescriptor, arch } = context;
  const obtained =
    (await attempt('pip', (directory) =>
      wheelFromPip(context.python, release, directory, { environment, signal, lockDescriptor, onProgress: progress }),
    )) ??
    (await attempt('https', (directory) =>
      wheelFromHttps(release, directory, { indexUrl: request.indexUrl, arch, signal, onProgress: progress }),
    ));
  if (obtained === undefined) throw new Error(noWheelText(release, failures));
  return obtained;
}

function noWheelText({ distribution, version }: Release, failures: readonly string[]): string {
  return [
    `TensorFlow's library is missing, and the wheel ${distribution}==${version} that holds it could not be had:`,
    ...failures.map((failure) => `  - ${failure}`),
    'Do one of these, then run this again:',
    `  - let pip reach a package index: apt-get install python3-pip; pip config set global.index-url URL`,
    `  - download the wheel elsewhere (pip download --no-deps ${distribution}==${version}) and run: npm run setup -- --wheel FILE`,
  ].join('\n');
}

async function checkedSha256(wheel: string): Promise<string> {
  if (!existsSync(wheel)) throw new Error(`${wheel} is not there`);
  const sha256 = await sha256OfFile(wheel);
  const pinned = PINNED_WHEELS[basename(wheel)];
  if (pinned !== undefined && pinned !== sha256)
    throw new Error(
      `${basename(wheel)} has the sha256 ${sha256}; the one this project was tried with has ${pinned}. It is not used.`,
    );
  return sha256;
}
