import { Long, loadSync, type MessageTypeDefinition, type ServiceDefinition } from '@grpc/proto-loader';
import { PROTO_ROOT, SERVICE_FILES } from '@serving-study/protos';
import type { CancelSignal } from './cancel-signal.js';
import type { ProxyConfig } from './config.js';
import { GrpcConnection, type Channel } from './replicas/grpc-connection.js';
import { GrpcJsChannel } from './replicas/grpc-js-channel.js';
import { Replicas, type ReplicaAddress } from './replicas/replicas.js';
import type { TimedAnswer } from './upstream.js';

const PACKAGE = loadSync([...SERVICE_FILES], {
  includeDirs: [PROTO_ROOT],
  keepCase: true,
  enums: String,
  defaults: true,
});

export type MethodName = 'Predict' | 'Classify' | 'Regress' | 'GetModelMetadata' | 'GetModelStatus';
type Methods = Readonly<Record<MethodName, ServiceDefinition[string]>>;
const METHODS = {
  ...(PACKAGE['tensorflow.serving.PredictionService'] as object),
  ...(PACKAGE['tensorflow.serving.ModelService'] as object),
} as Methods;

/** A message as an object with the field names of the .proto files; 64-bit integers are Longs. */
export function messageFromBytes(type: string, bytes: Uint8Array): object {
  return (PACKAGE[type] as MessageTypeDefinition<object, object>).deserialize(bytes as Buffer);
}

/** Its JSON, in which 64-bit integers are text. */
export function jsonFromMessage(message: object): string {
  return JSON.stringify(message, (_, value: unknown) => (Long.isLong(value) ? value.toString() : value));
}

/** Calls to PredictionService and ModelService. */
export class GrpcClient {
  readonly #replicas: Replicas<GrpcConnection>;

  /** `open` connects at the first call, and again after a loss; `tuned/` has its own. */
  constructor(config: ProxyConfig, open: (address: ReplicaAddress) => Channel = (to) => new GrpcJsChannel(to, config)) {
    const origins = config.STUDY_TFSERVING_GRPC.map((address) => `http://${address}`);
    this.#replicas = new Replicas(origins, (address) => new GrpcConnection(open(address)));
  }

  /** Request and answer as objects with the field names of the .proto files. Throws as `callWithBytes` does. */
  async call<Response>(method: MethodName, request: object, signal: CancelSignal): Promise<TimedAnswer<Response>> {
    const { requestSerialize, responseDeserialize } = METHODS[method];
    const { value, timing } = await this.callWithBytes(method, requestSerialize(request), signal);
    return { value: responseDeserialize(value as Buffer) as Response, timing };
  }

  /** Request and answer as serialized messages. Throws CallRefused, Unanswered, or the reason of the signal. */
  callWithBytes(method: MethodName, request: Uint8Array, signal: CancelSignal): Promise<TimedAnswer<Uint8Array>> {
    const { path } = METHODS[method];
    return this.#replicas.send((connection, attemptSignal) => connection.call(path, request, attemptSignal), signal);
  }

  /** Any answer shows that a server is there. Throws as `callWithBytes` does. */
  ping(signal: CancelSignal): Promise<void> {
    return this.#replicas.ping(signal);
  }

  close(): Promise<void> {
    return this.#replicas.close();
  }
}
