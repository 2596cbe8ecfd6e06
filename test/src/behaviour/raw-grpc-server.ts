import { once } from 'node:events';
import { constants, createServer, type ServerHttp2Session, type ServerHttp2Stream } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { loadMessages } from '@serving-study/protos';

/** A gRPC server of which a test says, call by call, what it does. */
export interface RawGrpcServer extends AsyncDisposable {
  readonly address: string;
  /** Names of the methods called, in their order; without the calls for no model, by which proxies ask for a sign of life. */
  readonly calls: readonly string[];
}

/** What becomes of a call: an answer, a status other than OK, or what a server does that ends. */
export type RawAnswer =
  | { readonly message: Uint8Array }
  | { readonly code: number; readonly text: string }
  | 'close the connection'
  | 'refuse the stream'
  | 'say nothing';

/** Of a message without fields: its prefix. */
const EMPTY_BYTES = 5;

export async function startRawGrpcServer(answer: (method: string, nth: number) => RawAnswer): Promise<RawGrpcServer> {
  const calls: string[] = [];
  const sessions = new Set<ServerHttp2Session>();
  const server = createServer();
  server.on('session', (session) => {
    sessions.add(session);
    session.on('error', () => undefined);
  });
  server.on('stream', (stream: ServerHttp2Stream, { ':path': path = '' }) => {
    const method = path.slice(path.lastIndexOf('/') + 1);
    let bytes = 0;
    stream.on('error', () => undefined);
    stream.on('data', (piece: Buffer) => (bytes += piece.length));
    stream.on('end', () => {
      if (bytes > EMPTY_BYTES) calls.push(method);
      send(stream, bytes > EMPTY_BYTES ? answer(method, calls.length) : { code: 3, text: 'Missing ModelSpec' });
    });
  });
  await once(server.listen(0, '127.0.0.1').unref(), 'listening');
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    [Symbol.asyncDispose]: async () => {
      for (const session of sessions) session.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

function send(stream: ServerHttp2Stream, answer: RawAnswer): void {
  const headers = { ':status': 200, 'content-type': 'application/grpc' };
  if (answer === 'close the connection') stream.session?.destroy();
  else if (answer === 'refuse the stream') stream.close(constants.NGHTTP2_REFUSED_STREAM);
  else if (answer === 'say nothing') return;
  else if ('code' in answer)
    stream.respond({ ...headers, 'grpc-status': answer.code, 'grpc-message': answer.text }, { endStream: true });
  else {
    stream.respond(headers, { waitForTrailers: true });
    stream.on('wantTrailers', () => {
      stream.sendTrailers({ 'grpc-status': '0' });
    });
    const prefix = Buffer.alloc(5);
    prefix.writeUInt32BE(answer.message.length, 1);
    stream.end(Buffer.concat([prefix, answer.message]));
  }
}

/** The answer to GetModelMetadata for a model that takes floats under the name `x`. */
export function metadataMessage(version = '1'): Uint8Array {
  const messages = loadMessages();
  const encode = (type: string, value: object): Uint8Array => {
    const message = messages.lookupType(type);
    return message.encode(message.fromObject(value)).finish();
  };
  const signature = { inputs: { x: { name: 'x:0', dtype: 'DT_FLOAT' } }, method_name: 'tensorflow/serving/predict' };
  const signatures = encode('tensorflow.serving.SignatureDefMap', { signature_def: { serving_default: signature } });
  return encode('tensorflow.serving.GetModelMetadataResponse', {
    model_spec: { name: 'm', version: { value: version } },
    metadata: {
      signature_def: { type_url: 'type.googleapis.com/tensorflow.serving.SignatureDefMap', value: signatures },
    },
  });
}
