import {
  Long,
  loadSync,
  type MessageTypeDefinition,
  type MethodDefinition,
  type ServiceDefinition,
} from '@grpc/proto-loader';
import { PROTO_ROOT, SERVICE_FILES } from '@serving-study/protos';
import type { ProxyConfig } from './config.js';
import { GrpcJsChannel, GrpcLine, type Answered, type Channel } from './replicas/grpc-line.js';
import { Replicas, type ReplicaAddress } from './replicas/replicas.js';
import type { CallLimits } from './upstream.js';

const PACKAGE = loadSync([...SERVICE_FILES], {
  includeDirs: [PROTO_ROOT],
  keepCase: true,
  enums: String,
  defaults: true,
});
const METHODS = {
  ...(PACKAGE['tensorflow.serving.PredictionService'] as ServiceDefinition),
  ...(PACKAGE['tensorflow.serving.ModelService'] as ServiceDefinition),
};

/** A message as an object with the field names of the .proto files; 64-bit integers are Longs. */
export function messageFromBytes(type: string, bytes: Uint8Array): Record<string, object> {
  return (PACKAGE[type] as MessageTypeDefinition<object, Record<string, object>>).deserialize(bytes as Buffer);
}

/** Its JSON, in which 64-bit integers are text. */
export function jsonFromMessage(message: object): string {
  return JSON.stringify(message, (_, value: unknown) => (Long.isLong(value) ? value.toString() : value));
}

export type MethodName = 'Predict' | 'Classify' | 'Regress' | 'GetModelMetadata' | 'GetModelStatus';

/** Calls to PredictionService and ModelService. */
export class GrpcClient {
  readonly #replicas: Replicas<GrpcLine>;

  /** `open` connects at the first call, and again after a loss. */
  constructor(config: ProxyConfig, open: (address: ReplicaAddress) => Channel = (to) => new GrpcJsChannel(to, config)) {
    const origins = config.STUDY_TFSERVING_GRPC.map((address) => `http://${address}`);
    this.#replicas = new Replicas(origins, (address) => new GrpcLine(open(address)));
  }

  /** Request and answer as objects with the field names of the .proto files. Throws as `send` does. */
  async call<Response>(method: MethodName, request: object, limits: CallLimits): Promise<Answered<Response>> {
    const { requestSerialize, responseDeserialize } = definitionOf(method);
    const { value, timing } = await this.send(method, requestSerialize(request), limits);
    return { value: responseDeserialize(value as Buffer) as Response, timing };
  }

  /**
   * Request and answer as serialized messages. A replica whose threads are all busy refuses calls instead of queueing them:
   * such a call waits for its turn here. Throws CallRefused, Unanswered, or the reason of the signal.
   */
  async send(method: MethodName, request: Uint8Array, limits: CallLimits): Promise<Answered<Uint8Array>> {
    const { path } = definitionOf(method);
    const { deadlineAtMs } = limits;
    return await this.#replicas.send(
      (line, signal) => line.send(path, request, { deadlineAtMs, signal }),
      limits.signal,
    );
  }

  /** Any answer shows that a server is there. Throws as `send` does. */
  ping({ signal }: CallLimits): Promise<void> {
    return this.#replicas.ping(signal);
  }

  close(): Promise<void> {
    return this.#replicas.close();
  }
}

function definitionOf(method: MethodName): MethodDefinition<object, object> {
  const definition = METHODS[method];
  if (definition === undefined) throw new Error(`the message definitions have no method ${method}`);
  return definition;
}
