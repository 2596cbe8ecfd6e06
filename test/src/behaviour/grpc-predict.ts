import { once } from 'node:events';
import type { ClientHttp2Session, IncomingHttpHeaders } from 'node:http2';

/** A message with gRPC's prefix. */
export function framed(message: Buffer, { compressed = false, announced = message.length } = {}): Buffer {
  const prefix = Buffer.from([Number(compressed), 0, 0, 0, 0]);
  prefix.writeUInt32BE(announced, 1);
  return Buffer.concat([prefix, message]);
}

/** grpc-status of a Predict call whose body is these bytes; undefined when it ends without one. The answer is not kept. */
export async function grpcStatusOf(client: ClientHttp2Session, body: Buffer, headers = {}): Promise<unknown> {
  const path = '/tensorflow.serving.PredictionService/Predict';
  const stream = client.request({ ':method': 'POST', ':path': path, te: 'trailers', ...headers });
  let status: unknown;
  const read = (given: IncomingHttpHeaders): void => {
    status ??= given['grpc-status'];
  };
  stream
    .on('response', read)
    .on('trailers', read)
    .on('error', () => undefined);
  stream.end(body);
  await once(stream.resume(), 'close');
  return status;
}
