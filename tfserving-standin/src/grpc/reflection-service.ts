import type { ServiceDefinition, UntypedServiceImplementation } from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import { ReflectionService } from '@grpc/reflection';
import { PROTO_ROOT, SERVICE_FILES } from '@serving-study/protos';
import { EventEmitter } from 'node:events';
import type { Method } from './call.js';

/** The part of grpc-js's server stream that @grpc/reflection uses. */
class ReflectionStream extends EventEmitter {
  readonly responses: unknown[] = [];

  write(response: unknown): void {
    this.responses.push(response);
  }

  end(): void {
    // the call ends with the client's last request
  }
}

/**
 * grpc.reflection.v1 and v1alpha over the services of this project's .proto files: @grpc/reflection answers, this server
 * carries the messages.
 */
export function reflectionService(): Map<string, Method> {
  const definition = loadSync([...SERVICE_FILES], { includeDirs: [PROTO_ROOT], keepCase: true });
  const methods = new Map<string, Method>();
  const collector = {
    addService: (service: ServiceDefinition, implementation: UntypedServiceImplementation) => {
      for (const [name, { path, requestDeserialize, responseSerialize }] of Object.entries(service)) {
        // Its type wants all of grpc-js's stream; @grpc/reflection uses these members only.
        const handle = implementation[name] as unknown as (stream: ReflectionStream) => void;
        methods.set(path, {
          kind: 'streaming',
          takesThread: true,
          isLarge: false,
          handler: async function* (requests) {
            const stream = new ReflectionStream();
            handle(stream);
            for await (const request of requests) {
              const message = decoded(() => requestDeserialize(request) as object);
              // gRPC's C++ service takes what it cannot read for the end of the requests.
              if (message === undefined) return;
              stream.emit('data', message);
              for (const response of stream.responses.splice(0)) yield responseSerialize(response);
            }
          },
        });
      }
    },
  };
  new ReflectionService(definition).addToServer(collector);
  return methods;
}

function decoded(decode: () => object): object | undefined {
  try {
    return decode();
  } catch {
    return undefined;
  }
}
