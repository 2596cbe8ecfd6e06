import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT_ROOT, PYTHON } from '../models/index.js';
import { runToEnd } from '../process/index.js';

const SCRIPT = join(PROJECT_ROOT, 'models', 'export_keras.py');

export interface ExportOptions {
  readonly file: string;
  /** A folder that does not exist yet: the SavedModel. */
  readonly into: string;
  readonly onProgress: (text: string) => void;
  readonly signal: AbortSignal;
}

/** Exports a Keras file as a SavedModel by the project's Python environment. @throws Error with what Keras says, and what to do. */
export async function exportKeras({ file, into, onProgress, signal }: ExportOptions): Promise<void> {
  if (!existsSync(PYTHON))
    throw new Error(
      `${file} is a Keras file, which Python exports, and there is no Python environment here: run npm run setup, or give a SavedModel`,
    );
  const env = { TF_CPP_MIN_LOG_LEVEL: '3', CUDA_VISIBLE_DEVICES: '-1', TF_ENABLE_ONEDNN_OPTS: '0' };
  const python = { name: `exporting ${file}`, command: PYTHON, args: ['-u', SCRIPT, file, into], env };
  const { code, lastWords } = await runToEnd({ ...python, onLine: onProgress }, signal);
  if (code !== 0)
    throw new Error(
      `${file} cannot be exported: ${lastWords}; export it where it was made (model.export(folder)) and give that folder`,
    );
}
