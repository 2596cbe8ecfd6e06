import { tmpdir } from 'node:os';
import { grpcCaller } from './grpc-call.js';
import type { Recordings } from './recordings.js';
import { replayVectors, type Outcome } from './replay-vectors.js';
import type { Endpoint } from './rest-call.js';

export interface RunningServer {
  readonly rest?: Endpoint;
  /** `host:port`. */
  readonly grpc?: string;
  /** Which configuration of the recordings it was started with. */
  readonly configuration: string;
}

/**
 * Replays the vectors of one configuration against a server that runs already. Vectors of a port that is not given are
 * left out, and so are those that need a fresh server or start one themselves.
 */
export async function replayAgainst(
  recordings: Recordings,
  server: RunningServer,
  idPrefix: string,
): Promise<Outcome[]> {
  const { rest, grpc: address, configuration } = server;
  const vectors = recordings.vectors.filter(
    (vector) =>
      vector.server.id === configuration &&
      vector.id.startsWith(idPrefix) &&
      [vector, ...vector.background].every(({ kind }) => (kind === 'rest' ? rest : address) !== undefined),
  );
  const grpc = grpcCaller(address ?? '127.0.0.1:0');
  const places = { MODELS: recordings.models, CONFIGS: recordings.configs, STORE: tmpdir(), SERVER: tmpdir() };
  try {
    return await replayVectors(vectors, {
      rest: rest ?? { host: '127.0.0.1', port: 0 },
      grpc,
      places,
      strictness: 'everything',
    });
  } finally {
    grpc.close();
  }
}
