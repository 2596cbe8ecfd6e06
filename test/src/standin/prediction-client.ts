import { Client, credentials, Metadata, type ServiceError } from '@grpc/grpc-js';
import { loadMessages } from '@serving-study/protos';

export interface Prediction {
  readonly values: readonly number[];
  /** The version that says it answered; REST answers do not say. */
  readonly version?: number;
}

/** Asks a model with one vector of floats `x` for one vector `y`. */
export interface PredictionClient {
  predict(model: string, x: readonly number[], options?: { signature?: string; version?: number }): Promise<Prediction>;
  close(): void;
}

const PREDICT = '/tensorflow.serving.PredictionService/Predict';
const FLOAT = 1;
const DOUBLE = 2;

export function grpcClient(target: string): PredictionClient {
  const request = loadMessages().lookupType('tensorflow.serving.PredictRequest');
  const response = loadMessages().lookupType('tensorflow.serving.PredictResponse');
  const client = new Client(target, credentials.createInsecure());
  const same = (bytes: Buffer): Buffer => bytes;
  return {
    predict: async (name, x, { signature = '', version } = {}) => {
      const tensor_shape = { dim: [{ size: x.length }] };
      const inputs =
        signature === 'sleep_ms'
          ? { ms: { dtype: DOUBLE, tensor_shape, double_val: x } }
          : { x: { dtype: FLOAT, tensor_shape, float_val: x } };
      const model_spec = {
        name,
        signature_name: signature,
        ...(version === undefined ? {} : { version: { value: version } }),
      };
      const bytes = Buffer.from(request.encode(request.fromObject({ model_spec, inputs })).finish());
      const answer = await new Promise<Buffer>((resolve, reject) => {
        client.makeUnaryRequest(PREDICT, same, same, bytes, new Metadata(), {}, (error: ServiceError | null, value) => {
          if (error === null && value !== undefined) resolve(value);
          else reject(error ?? new Error('no answer'));
        });
      });
      const { outputs, model_spec: answered } = response.toObject(response.decode(answer), { longs: Number }) as {
        outputs: Record<string, { float_val?: number[]; double_val?: number[] }>;
        model_spec: { version: { value: number } };
      };
      const [output] = Object.values(outputs);
      return { values: output?.float_val ?? output?.double_val ?? [], version: answered.version.value };
    },
    close: () => {
      client.close();
    },
  };
}

export function restClient(url: string): PredictionClient {
  return {
    predict: async (name, x, { signature = '', version } = {}) => {
      const place = version === undefined ? '' : `/versions/${version}`;
      const response = await fetch(`${url}/v1/models/${name}${place}:predict`, {
        method: 'POST',
        body: JSON.stringify({ signature_name: signature, instances: x }),
      });
      const body = (await response.json()) as { predictions?: number[]; error?: string };
      if (body.predictions === undefined) throw new Error(`${response.status} ${body.error ?? ''}`);
      return { values: body.predictions };
    },
    close: () => undefined,
  };
}
