import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { loadMessages } from '@serving-study/protos';
import type { Signature } from '@serving-study/runtime';
import type { Servable } from '../core.js';
import { Metrics } from '../metrics/index.js';
import { StatusError } from '../status-error.js';
import { maskedCrc32c } from './crc32c.js';
import { warmUp } from './warm-up.js';

const FLOAT = 1;
const tensor = (tensorName: string) => ({ tensorName, dtype: 'float', shape: undefined }) as const;
const SIGNATURE: Signature = {
  methodName: 'tensorflow/serving/predict',
  inputs: new Map([['x', tensor('x:0')]]),
  outputs: new Map([['y', tensor('y:0')]]),
};

function record(log: object): Buffer {
  const type = loadMessages().lookupType('tensorflow.serving.PredictionLog');
  return Buffer.from(type.encode(type.fromObject(log)).finish());
}

function framed(data: Buffer): Buffer {
  const header = Buffer.alloc(12);
  header.writeBigUInt64LE(BigInt(data.length));
  header.writeUInt32LE(maskedCrc32c(header.subarray(0, 8)), 8);
  const footer = Buffer.alloc(4);
  footer.writeUInt32LE(maskedCrc32c(data));
  return Buffer.concat([header, data, footer]);
}

function predictLog(name: string, signature = ''): Buffer {
  const request = {
    model_spec: { name, signature_name: signature },
    inputs: { x: { dtype: FLOAT, tensor_shape: {}, float_val: [1] } },
  };
  return record({ predict_log: { request } });
}

describe('warm-up', () => {
  let folder: string;
  /** The model names that runs were counted under. */
  let runs: string[] = [];
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'standin-warmup-'));
  });
  after(() => rm(folder, { recursive: true }));

  function target(name: string): Servable {
    return {
      name,
      version: 1n,
      signatures: new Map([['serving_default', SIGNATURE]]),
      signatureDefMap: new Uint8Array(),
      run: (feeds) => {
        runs.push(name);
        return name === 'bad' ? Promise.reject(new StatusError('ABORTED', 'no')) : Promise.resolve([...feeds.values()]);
      },
      release: () => undefined,
    };
  }

  async function warm(records: readonly Buffer[], iterations = 1): Promise<Metrics> {
    const version = await mkdtemp(join(folder, 'v'));
    await mkdir(join(version, 'assets.extra'));
    await writeFile(join(version, 'assets.extra', 'tf_serving_warmup_requests'), Buffer.concat(records.map(framed)));
    const metrics = new Metrics();
    runs = [];
    await warmUp(version, { target, iterations, metrics });
    return metrics;
  }

  it('replays every record as often as told, whatever model it names', async () => {
    const page = (await warm([predictLog('a'), predictLog(''), record({})], 2)).page();
    assert.deepEqual(runs, ['a', 'a', 'unnamed', 'unnamed']);
    assert.match(page, /:tensorflow:serving:model_warmup_records_read\{model_path="[^"]*",status="OK"\} 3\n/);
    assert.match(page, /:tensorflow:serving:model_warmup_latency_count\{model_path="[^"]*",status="OK"\} 1\n/);
  });

  it('does nothing without a file', async () => {
    await warmUp(folder, { target, iterations: 1, metrics: new Metrics() });
  });

  it('fails the load with the first record that fails', async () => {
    await assert.rejects(warm([predictLog('a'), predictLog('bad')]), { code: 'ABORTED', message: 'no' });
    await assert.rejects(warm([predictLog('a', 'nosuch')]), {
      code: 'FAILED_PRECONDITION',
      message: 'Serving signature key "nosuch" not found.',
    });
    await assert.rejects(warm([record({ session_run_log: Buffer.from([0x0a, 0]) })]), {
      code: 'UNIMPLEMENTED',
      message: 'Unsupported log_type for warmup: 5',
    });
    await assert.rejects(warm([record({ predict_streamed_log: Buffer.alloc(0) })]), {
      code: 'UNIMPLEMENTED',
      message: 'Unsupported log_type for warmup: 7',
    });
    await assert.rejects(warm([Buffer.from([0x32, 0x7f, 0x61])]), {
      code: 'INVALID_ARGUMENT',
      message: /^Failed to parse warmup record: .* from .*tf_serving_warmup_requests$/,
    });
  });

  it('takes a thousand records and no more', async () => {
    await warm(new Array<Buffer>(1000).fill(record({})));
    await assert.rejects(warm(new Array<Buffer>(1001).fill(record({}))), {
      code: 'INVALID_ARGUMENT',
      message: /^Number of warmup records exceeds the maximum \(1000\) at /,
    });
  });
});
