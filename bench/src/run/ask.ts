import { Client, credentials } from '@grpc/grpc-js';
import { request } from 'undici';
import type { EngineRunner, RunningInstance } from '../contestants/index.js';
import { readGrpcAnswer, readRestAnswer } from '../load/index.js';
import { prepareRequests, type GoldenSet, type PreparedRequest } from '../requests/index.js';
import { engineInputs } from './engine-trial.js';

/** A large model on a slow machine may take this long for its first answer. */
const TIMEOUT_MS = 60_000;

export const PREDICT_METHOD = '/tensorflow.serving.PredictionService/Predict';

export interface Answer {
  readonly values: ArrayLike<number>;
  /** Whether the server ended the connection with its answer. */
  readonly closes: boolean;
}

/** One request outside any trial. @throws Error with the server's own text when it refuses. */
export async function ask({ target }: RunningInstance, model: string, { body }: PreparedRequest): Promise<Answer> {
  switch (target.kind) {
    case 'rest': {
      const answer = await request(`${target.url}/v1/models/${model}:predict`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...target.headers },
        body,
        headersTimeout: TIMEOUT_MS,
      });
      const bytes = Buffer.from(await answer.body.arrayBuffer());
      if (answer.statusCode !== 200)
        throw new Error(`it answered ${answer.statusCode}: ${bytes.toString().slice(0, 200)}`);
      return { values: readRestAnswer(bytes).values, closes: answer.headers['connection'] === 'close' };
    }
    case 'grpc':
      return { values: readGrpcAnswer(await askGrpc(target.address, body)).values, closes: false };
    case 'engine':
      throw new Error('the bare engine takes no requests');
  }
}

/** Long enough for most first runs. */
const ENGINE_MS = 200;

/**
 * Runs the model without a server for a moment: milliseconds of the first run, undefined where that took longer than the
 * moment. @throws Error when a prediction is another.
 */
export async function runEngineOnce(runner: EngineRunner, golden: GoldenSet): Promise<number | undefined> {
  const inputs = engineInputs(prepareRequests(golden, { batch: 1, payload: 'tensor-content' }));
  const run = await runner.run({ concurrency: 1, warmupMs: 0, durationMs: ENGINE_MS, inputs });
  if (run.wrong > 0) throw new Error(`${run.wrong} of its predictions differ from Python's`);
  const [sentAtNs, doneAtNs] = [run.sentAtNs[0], run.doneAtNs[0]];
  return sentAtNs === undefined || doneAtNs === undefined ? undefined : (doneAtNs - sentAtNs) / 1e6;
}

function askGrpc(address: string, message: Buffer): Promise<Buffer> {
  const client = new Client(address, credentials.createInsecure(), { 'grpc.max_receive_message_length': -1 });
  const bytes = (value: Buffer): Buffer => value;
  const deadline = Date.now() + TIMEOUT_MS;
  return new Promise<Buffer>((resolve, reject) => {
    client.makeUnaryRequest(PREDICT_METHOD, bytes, bytes, message, { deadline }, (error, answer) => {
      client.close();
      if (error !== null) reject(error);
      else resolve(answer ?? Buffer.alloc(0));
    });
  });
}
