import { setTimeout as delay } from 'node:timers/promises';
import { Client, credentials, status } from '@grpc/grpc-js';
import { request } from 'undici';
import { whatIsWrong, type EngineMeasurement, type EngineRunner, type RunningInstance } from '../contestants/index.js';
import { answerOf, compareAnswer, readGrpcAnswer, readRestAnswer, type Answer } from '../load/index.js';
import type { Condition } from '../record/index.js';
import type { GoldenSet, PreparedRequest } from '../requests/index.js';
import { messageOf } from '../words/message-of.js';

/** A large model on a slow machine may take this long for its first answer. */
const TIMEOUT_MS = 60_000;

export const PREDICT_METHOD = '/tensorflow.serving.PredictionService/Predict';

export interface Asked {
  readonly answer: Answer;
  /** Whether the server ended the connection with its answer. */
  readonly closes: boolean;
}

/** Statuses of a request that the server will not take, whoever sends it again. */
const REFUSED: ReadonlySet<number> = new Set([400, 413, 501]);
const REFUSED_BY_GRPC: ReadonlySet<status> = new Set([status.INVALID_ARGUMENT, status.UNIMPLEMENTED]);

/** A server does not take a request that the model itself has answered. */
export class RefusedError extends Error {}

/** One request outside any trial. `signal` ends it; default: after a minute. @throws RefusedError, or Error with the server's own text when it refuses. */
export async function ask(
  { target }: RunningInstance,
  model: string,
  { body }: PreparedRequest,
  signal = AbortSignal.timeout(TIMEOUT_MS),
): Promise<Asked> {
  switch (target.kind) {
    case 'rest': {
      const answer = await request(`${target.url}/v1/models/${model}:predict`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body,
        signal,
      });
      const bytes = Buffer.from(await answer.body.arrayBuffer());
      const text = (): string =>
        `it answered ${answer.statusCode}: ${bytes.toString().replaceAll(/\s+/g, ' ').slice(0, 200)}`;
      if (REFUSED.has(answer.statusCode)) throw new RefusedError(text());
      if (answer.statusCode !== 200) throw new Error(text());
      return { answer: readRestAnswer(bytes), closes: answer.headers['connection'] === 'close' };
    }
    case 'grpc':
      return { answer: readGrpcAnswer(await askGrpc(target.address, body, signal)), closes: false };
    case 'engine':
      throw new Error('the bare engine takes no requests');
  }
}

const ASK_AGAIN_MS = 100;

/**
 * What is wrong with a server, in words; undefined when it answers, within the limit, a request that has no other beside it. What
 * is left of an overload takes its time, or is refused: it is asked until then. That a port takes connections is not enough: the
 * system takes them for a server that hangs, and a proxy for the one behind it. The signal ends the wait.
 */
export async function whyNoAnswer(
  instance: RunningInstance,
  golden: GoldenSet,
  condition: Pick<Condition, 'batch' | 'payload'>,
  limitMs: number,
  signal: AbortSignal,
): Promise<string | undefined> {
  const [prepared] = golden.prepare(condition);
  const endMs = performance.now() + limitMs;
  let why = `it takes connections and answers nothing within ${limitMs / 1000} s`;
  for (let leftMs = limitMs; leftMs > 0 && !signal.aborted; leftMs = endMs - performance.now()) {
    // Not AbortSignal.timeout: of what it gives to AbortSignal.any nobody keeps hold in Node 20, and collected it never aborts.
    const limit = new AbortController();
    const late = setTimeout(() => {
      limit.abort();
    }, leftMs);
    try {
      const over = AbortSignal.any([signal, limit.signal]);
      const wrong = await whatIsWrong(instance, over);
      if (wrong !== undefined || prepared === undefined || instance.target.kind === 'engine') return wrong;
      await ask(instance, golden.model, prepared, over);
      return undefined;
    } catch (error) {
      const words = messageOf(error);
      if (performance.now() < endMs) why = `it answers with no prediction (${words})`;
    } finally {
      clearTimeout(late);
    }
    await delay(ASK_AGAIN_MS);
  }
  return why;
}

/** Long enough for most first runs. */
const ENGINE_MS = 200;

/**
 * Runs the model without a server for a moment: milliseconds of the first run, undefined where that took longer than the
 * moment. @throws Error when a prediction is another.
 */
export async function runEngineOnce(runner: EngineRunner, golden: GoldenSet): Promise<number | undefined> {
  const requests = golden.prepare({ batch: 1, payload: 'tensor-content' });
  const run = await runner.run({
    signature: golden.signature,
    concurrency: 1,
    warmupMs: 0,
    durationMs: ENGINE_MS,
    timeoutMs: TIMEOUT_MS,
    inputs: requests.map(({ inputs }) => inputs),
  });
  const wrong = wrongRuns(run, requests);
  if (wrong > 0) throw new Error(`${wrong} of its predictions differ from those of the model`);
  const [sentAtNs, doneAtNs] = [run.sentAtNs[0], run.doneAtNs[0]];
  return sentAtNs === undefined || doneAtNs === undefined ? undefined : (doneAtNs - sentAtNs) / 1e6;
}

/** Runs of the bare engine that gave another prediction than the right one. */
export function wrongRuns({ answers }: EngineMeasurement, requests: readonly PreparedRequest[]): number {
  return answers.reduce((sum, { input, runs, outputs }) => {
    const { difference } = compareAnswer(requests[input]?.outputs ?? [], answerOf(outputs));
    return sum + (difference === undefined ? 0 : runs);
  }, 0);
}

async function askGrpc(address: string, message: Buffer, signal: AbortSignal): Promise<Buffer> {
  signal.throwIfAborted();
  const client = new Client(address, credentials.createInsecure(), { 'grpc.max_receive_message_length': -1 });
  const bytes = (value: Buffer): Buffer => value;
  return await new Promise<Buffer>((resolve, reject) => {
    const call = client.makeUnaryRequest(PREDICT_METHOD, bytes, bytes, message, (error, answer) => {
      client.close();
      if (error === null) {
        resolve(answer ?? Buffer.alloc(0));
        return;
      }
      // grpc-js ends its text with a note that is empty more often than not.
      const message = error.message.replace(/ Resolution note: $/, '');
      reject(REFUSED_BY_GRPC.has(error.code) ? new RefusedError(message) : new Error(message, { cause: error }));
    });
    signal.addEventListener('abort', () => {
      call.cancel();
      reject(signal.reason as Error);
    });
  });
}
