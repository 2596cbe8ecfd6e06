import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { after, before, describe, it } from 'node:test';
import fc from 'fast-check';
import { grpcCaller, type GrpcCaller } from './grpc-call.js';
import { OWN_RECORDINGS } from './own-recordings.js';
import { loadRecordings, type GrpcVector, type Recordings, type RestVector } from './recordings.js';
import { requestBytes } from './rest-call.js';
import { startServer, type ServerProcess } from './server-process.js';
import { STANDIN } from './standin-program.js';
import { makeWorkspace, type Workspace } from './workspace.js';

/** The configuration of the recordings that serves most models. */
const CONFIGURATION = 'main';
const LIMIT_MS = 20_000;
const RUNS = { seed: 20_261_128, numRuns: 700, endOnFailure: true } as const;

/** Statuses of a server that refuses what it cannot take: whatever comes is the client's fault, never the server's. */
const STATUSES = [100, 200, 400, 404, 413, 417, 501];
const CODES = [
  'OK',
  'INVALID_ARGUMENT',
  'NOT_FOUND',
  'FAILED_PRECONDITION',
  'UNIMPLEMENTED',
  'OUT_OF_RANGE',
  'RESOURCE_EXHAUSTED',
  'INTERNAL',
];

interface Mutation {
  readonly kind: 'overwrite' | 'insert' | 'remove' | 'repeat' | 'cut';
  /** Where, as a share of the length. */
  readonly at: number;
  readonly bytes: Uint8Array;
}

const mutations: fc.Arbitrary<readonly Mutation[]> = fc.array(
  fc.record({
    kind: fc.constantFrom('overwrite', 'insert', 'remove', 'repeat', 'cut'),
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    bytes: fc.uint8Array({ minLength: 1, maxLength: 8 }),
  }),
  { minLength: 1, maxLength: 4 },
);

function mutated(original: Buffer, all: readonly Mutation[]): Buffer {
  return all.reduce((bytes, mutation) => {
    const at = Math.floor(mutation.at * bytes.length);
    const [before, behind] = [bytes.subarray(0, at), bytes.subarray(at)];
    const { length } = mutation.bytes;
    switch (mutation.kind) {
      case 'overwrite':
        return Buffer.concat([before, mutation.bytes, behind.subarray(length)]);
      case 'insert':
        return Buffer.concat([before, mutation.bytes, behind]);
      case 'remove':
        return Buffer.concat([before, behind.subarray(length)]);
      case 'repeat':
        return Buffer.concat([before, behind.subarray(0, length * length), behind]);
      case 'cut':
        return before;
    }
  }, original);
}

describe('whatever bytes come, the stand-in', () => {
  let recordings: Recordings;
  let workspace: Workspace;
  let server: ServerProcess;
  let grpc: GrpcCaller;
  let rest: readonly RestVector[];
  let calls: readonly GrpcVector[];

  before(async () => {
    recordings = await loadRecordings(OWN_RECORDINGS);
    const own = recordings.vectors.filter((vector) => vector.server.id === CONFIGURATION);
    rest = own.filter((vector) => vector.kind === 'rest');
    // Without those that ask the model to take its time.
    calls = own.filter((vector) => vector.kind === 'grpc').filter(({ group }) => group !== 'grpc.deadline');
    const [first] = rest;
    assert.ok(first !== undefined && calls.length > 0);
    workspace = await makeWorkspace(recordings, first.server);
    server = await startServer(STANDIN, workspace.flags);
    await server.ready();
    grpc = grpcCaller(`${server.host}:${server.grpcPort}`);
  });
  after(async () => {
    grpc.close();
    await server.stop();
    await workspace.remove();
  });

  /** Everything that comes back until the server closes the connection, which it does once the client has ended its side. */
  async function exchange(port: number, bytes: Buffer): Promise<string> {
    const socket = connect(port, server.host);
    socket.setTimeout(LIMIT_MS, () => socket.destroy(new Error(`no end of the connection within ${LIMIT_MS} ms`)));
    let received = '';
    socket.setEncoding('latin1').on('data', (text: string) => {
      received += text;
    });
    // The server may refuse the rest of a request that it has answered already.
    socket.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE' && error.code !== 'ECONNRESET') received = `failed: ${error.message}`;
    });
    await once(socket, 'connect');
    socket.end(bytes);
    await once(socket, 'close');
    return received;
  }

  async function isAlive(): Promise<boolean> {
    const answer = await exchange(server.restPort, Buffer.from('GET /v1/models/nothing HTTP/1.1\r\n\r\n'));
    return server.exitCode() === null && answer.startsWith('HTTP/1.1 404 ');
  }

  it('answers over REST with a status that names the client’s fault, or closes the connection', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(), mutations, async (choice, changes) => {
        const original = rest[choice % rest.length];
        if (original === undefined) return;
        const answer = await exchange(server.restPort, mutated(requestBytes(original.request), changes));
        const [, status] = /^HTTP\/\d\.\d+ (\d+) /.exec(answer) ?? [];
        assert.ok(answer === '' || STATUSES.includes(Number(status)), `${original.id}: ${answer.slice(0, 300)}`);
      }),
      RUNS,
    );
    assert.ok(await isAlive());
  });

  it('answers over gRPC with a code that says so', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(), mutations, async (choice, changes) => {
        const original = calls[choice % calls.length]?.request;
        if (original === undefined) return;
        const bytes = mutated(Buffer.from(original.bytes_base64, 'base64'), changes);
        const { code, message } = await grpc.call(
          { ...original, placeholders: false, timeout_ms: LIMIT_MS, bytes_base64: bytes.toString('base64') },
          workspace.places,
        );
        assert.ok(CODES.includes(code), `${original.method}: ${code} ${message}`);
      }),
      RUNS,
    );
    assert.ok(await isAlive());
  });

  it('ends HTTP/2 connections that are none', async () => {
    const preface = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
    const settings = Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0]);
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), mutations, async (frames, changes) => {
        const bytes = Buffer.concat([mutated(Buffer.concat([preface, settings]), changes), frames]);
        assert.doesNotMatch(await exchange(server.grpcPort, bytes), /^failed/);
      }),
      { ...RUNS, numRuns: 200 },
    );
    assert.ok(await isAlive());
  });
});
