import { Client, credentials } from '@grpc/grpc-js';
import { request } from 'undici';
import type { RunningInstance } from '../contestants/index.js';
import { readGrpcAnswer, readRestAnswer } from '../load/index.js';
import type { Condition } from '../record/index.js';
import { prepareRequests, type GoldenSet, type PreparedRequest } from '../requests/index.js';

/** A large model on a slow machine may take this long for its first answer. */
const TIMEOUT_MS = 60_000;

/** How requests to this contestant carry their numbers. */
export function payloadFor(instance: RunningInstance): Condition['payload'] {
  return instance.target.kind === 'rest' ? 'json' : 'tensor-content';
}

/** Asks for the first golden case alone; the answer is not looked at. */
export async function askOnce(instance: RunningInstance, golden: GoldenSet): Promise<void> {
  const [first] = prepareRequests(golden, { batch: 1, payload: payloadFor(instance) });
  if (first !== undefined) await ask(instance, golden.model, first);
}

/** One request outside any trial: the numbers of its answer. Throws with the server's own text when it refuses. */
export async function ask(
  instance: RunningInstance,
  model: string,
  prepared: PreparedRequest,
): Promise<ArrayLike<number>> {
  const { target } = instance;
  switch (target.kind) {
    case 'rest': {
      const { statusCode, body } = await request(`${target.url}/v1/models/${model}:predict`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...target.headers },
        body: prepared.body,
        headersTimeout: TIMEOUT_MS,
      });
      const bytes = Buffer.from(await body.arrayBuffer());
      if (statusCode !== 200) throw new Error(`it answered ${statusCode}: ${bytes.toString().slice(0, 200)}`);
      return readRestAnswer(bytes).values;
    }
    case 'grpc':
      return readGrpcAnswer(await askGrpc(target.address, prepared.body, TIMEOUT_MS)).values;
    case 'engine': {
      const { shape, values, expected } = prepared;
      const data = Buffer.from(values.buffer, values.byteOffset, values.byteLength);
      const { wrong } = await target.runner.run({
        concurrency: 1,
        warmupMs: 0,
        durationMs: 50,
        inputs: [{ shape, data, expected }],
      });
      if (wrong > 0) throw new Error('the bare engine gives another prediction');
      return expected;
    }
  }
}

export const PREDICT_METHOD = '/tensorflow.serving.PredictionService/Predict';

function askGrpc(address: string, message: Buffer, timeoutMs: number): Promise<Buffer> {
  const client = new Client(address, credentials.createInsecure(), { 'grpc.max_receive_message_length': -1 });
  const bytes = (value: Buffer): Buffer => value;
  return new Promise<Buffer>((resolve, reject) => {
    client.makeUnaryRequest(
      PREDICT_METHOD,
      bytes,
      bytes,
      message,
      { deadline: Date.now() + timeoutMs },
      (error, answer) => {
        client.close();
        if (error !== null) reject(error);
        else resolve(answer ?? Buffer.alloc(0));
      },
    );
  });
}
