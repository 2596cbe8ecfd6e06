import { cp, mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { filled, type Places } from './placeholders.js';
import type { Recordings, ServerConfiguration, StoreStep } from './recordings.js';

/** The folders one server of a replay sees: its own copies of the config files and an empty store. */
export interface Workspace {
  readonly places: Places;
  /** The configuration's flags, filled in. */
  readonly flags: readonly string[];
  apply(step: StoreStep): Promise<void>;
  remove(): Promise<void>;
}

/** Makes the folders, fills the config files in and does the store steps that come before the start. */
export async function makeWorkspace(recordings: Recordings, server: ServerConfiguration): Promise<Workspace> {
  const root = await mkdtemp(join(tmpdir(), 'conformance-'));
  const places: Places = {
    MODELS: recordings.models,
    CONFIGS: join(root, 'configs'),
    STORE: join(root, 'store'),
    SERVER: root,
  };
  await mkdir(places.CONFIGS);
  await mkdir(places.STORE);
  for (const name of server.config_files)
    await writeFile(join(places.CONFIGS, name), filled(await readFile(join(recordings.configs, name), 'utf8'), places));
  const workspace: Workspace = {
    places,
    flags: server.flags.map((flag) => filled(flag, places)),
    apply: (step) => applyStep(step, places),
    remove: () => rm(root, { recursive: true, force: true }),
  };
  for (const step of server.store) await workspace.apply(step);
  return workspace;
}

async function applyStep(step: StoreStep, places: Places): Promise<void> {
  const path = (key: string): string => {
    const value = step[key];
    if (typeof value !== 'string') throw new Error(`a ${step.op} step of the recordings has no "${key}"`);
    return filled(value, places);
  };
  switch (step.op) {
    case 'copy':
      return copyAtOnce(path('from'), path('to'));
    case 'remove':
      return rm(path('path'), { recursive: true, force: true });
    case 'rename':
      return rename(path('from'), path('to'));
    case 'write':
      return writeFile('path' in step ? path('path') : path('to'), 'text' in step ? path('text') : path('content'));
  }
}

/** Under another name first, so that no server sees a version half copied. */
async function copyAtOnce(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true });
  const meanwhile = join(dirname(to), `incoming-${basename(to)}`);
  await cp(from, meanwhile, { recursive: true });
  await rename(meanwhile, to);
}
