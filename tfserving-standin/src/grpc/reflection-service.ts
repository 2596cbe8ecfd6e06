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

const PATHS = ['v1', 'v1alpha'].map((version) => `/grpc.reflection.${version}.ServerReflection/ServerReflectionInfo`);

/** What @grpc/reflection gives for one path. */
interface Reflector {
  readonly handle: (stream: ReflectionStream) => void;
  readonly decode: (request: Buffer) => object;
  readonly encode: (response: unknown) => Buffer;
}

/**
 * grpc.reflection.v1 and v1alpha over the services of this project's .proto files: @grpc/reflection answers, this server
 * carries the messages. The .proto files are read at the first call: most servers never get one, and it takes 0.2 s.
 */
export function reflectionService(): Map<string, Method> {
  let opened: ReadonlyMap<string, Reflector> | undefined;
  return new Map(
    PATHS.map((path): [string, Method] => [
      path,
      {
        kind: 'streaming',
        takesThread: true,
        isLarge: false,
        handler: async function* (requests) {
          opened ??= openReflection();
          const reflector = opened.get(path);
          if (reflector === undefined) throw new Error(`@grpc/reflection has no ${path}`);
          const stream = new ReflectionStream();
          reflector.handle(stream);
          for await (const request of requests) {
            const message = decoded(() => reflector.decode(request));
            // gRPC's C++ service takes what it cannot read for the end of the requests.
            if (message === undefined) return;
            stream.emit('data', message);
            for (const response of stream.responses.splice(0)) yield reflector.encode(response);
          }
        },
      },
    ]),
  );
}

function openReflection(): ReadonlyMap<string, Reflector> {
  const reflectors = new Map<string, Reflector>();
  const collector = {
    addService: (service: ServiceDefinition, implementation: UntypedServiceImplementation) => {
      for (const [name, { path, requestDeserialize, responseSerialize }] of Object.entries(service)) {
        // Its type wants all of grpc-js's stream; @grpc/reflection uses these members only.
        const handle = implementation[name] as unknown as Reflector['handle'];
        reflectors.set(path, {
          handle,
          decode: (request) => requestDeserialize(request) as object,
          encode: (response) => responseSerialize(response),
        });
      }
    },
  };
  const definition = loadSync([...SERVICE_FILES], { includeDirs: [PROTO_ROOT], keepCase: true });
  new ReflectionService(definition).addToServer(collector);
  return reflectors;
}

function decoded(decode: () => object): object | undefined {
  try {
    return decode();
  } catch {
    return undefined;
  }
}
