import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { MalformedMessage } from '../messages/malformed-message.js';
import type { Metrics } from '../metrics/index.js';
import { StatusError } from '../status-error.js';
import { readPredictionLog, type PredictionLog } from './prediction-log.js';
import { replayLog, type WarmupTarget } from './replay-log.js';
import { tfRecords } from './tf-record.js';

const MAX_RECORDS = 1000;

export interface WarmupOptions {
  readonly target: WarmupTarget;
  /** How often each record is replayed. */
  readonly iterations: number;
  readonly metrics: Metrics;
}

/**
 * Replays the recorded requests that come with a version, one after another, if there are any. Throws StatusError for the
 * first that fails: the load of the version fails with it.
 */
export async function warmUp(versionPath: string, { target, iterations, metrics }: WarmupOptions): Promise<void> {
  const path = join(versionPath, 'assets.extra', 'tf_serving_warmup_requests');
  const file = await readFile(path).catch(() => undefined);
  if (file === undefined) return;
  const started = performance.now();
  let records = 0;
  for (const record of tfRecords(file)) {
    const log = decoded(record, path);
    for (let done = 0; log !== undefined && done < iterations; done += 1) await replay(log, record, path, target);
    records += 1;
    if (records > MAX_RECORDS)
      throw invalid(`Number of warmup records exceeds the maximum (${MAX_RECORDS}) at ${path}`);
  }
  metrics.serving.warmedUp(versionPath, 'OK', records, Math.round((performance.now() - started) * 1000));
}

function decoded(record: Buffer, path: string): PredictionLog | undefined {
  try {
    return readPredictionLog(record);
  } catch (error) {
    throw error instanceof MalformedMessage ? unreadable(record, path) : error;
  }
}

async function replay(log: PredictionLog, record: Buffer, path: string, target: WarmupTarget): Promise<void> {
  try {
    await replayLog(log, target);
  } catch (error) {
    throw error instanceof MalformedMessage ? unreadable(record, path) : error;
  }
}

function unreadable(record: Buffer, path: string): StatusError {
  return invalid(`Failed to parse warmup record: ${record.toString()} from ${path}`);
}

function invalid(message: string): StatusError {
  return new StatusError('INVALID_ARGUMENT', message);
}
