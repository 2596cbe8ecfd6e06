import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { join } from 'node:path';
import { temporaryFolder } from '../../process/index.js';
import type { TrialOrder } from '../generator-messages.js';
import { measureFloors } from '../floor/measure-floors.js';
import { keptRequests } from '../request-names.js';
import { loadSystemCalls } from '../net/index.js';
import { startGenerator } from '../start-generator.js';
import { Frames } from './frames.js';
import { admitBench, STRANGER_LIMIT_BYTES, type Credentials } from './handshake.js';
import { hearFrom, MESSAGE_LIMIT_BYTES, sayTo, type FromRemote, type ToRemote } from './remote-messages.js';
import { messageOf } from '../../words/message-of.js';

/** Benches, and strangers, that may be connected at a time. */
const MOST_CONNECTIONS = 16;
const LOOPBACK = '127.0.0.1';

export interface ServedGenerator extends AsyncDisposable {
  /** `host:port` */
  readonly address: string;
}

export interface GeneratorService extends Credentials {
  readonly host: string;
  readonly port: number;
  /** Hears what happens, a sentence each. */
  readonly say: (text: string) => void;
}

/** Offers a generator of this machine to one bench at a time. Without a secret it listens on loopback only. */
export async function serveGenerator({ host, port, say, ...own }: GeneratorService): Promise<ServedGenerator> {
  await loadSystemCalls();
  const isOpen = own.secret !== '' || isLoopback(host);
  if (!isOpen)
    say(`STUDY_GENERATOR_SECRET is not set: the generator listens on ${LOOPBACK} only; set it here and for the bench`);
  const sockets = new Set<Socket>();
  let isBusy = false;

  async function serve(socket: Socket): Promise<void> {
    const frames = new Frames(socket, STRANGER_LIMIT_BYTES);
    try {
      await admitBench(frames, own, () => (isBusy ? 'it works for another bench' : undefined));
    } catch (error) {
      say(`${socket.remoteAddress ?? 'somebody'} was refused: ${messageOf(error)}`);
      frames.close();
      return;
    }
    isBusy = true;
    say(`${socket.remoteAddress ?? 'a bench'} is served`);
    frames.limitBytes = MESSAGE_LIMIT_BYTES;
    try {
      await workFor(frames);
    } catch (error) {
      say(`it is served no more: ${messageOf(error)}`);
    } finally {
      frames.close();
      isBusy = false;
    }
  }

  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    void serve(socket);
  });
  server.maxConnections = MOST_CONNECTIONS;
  await once(server.listen(port, isOpen ? host : LOOPBACK), 'listening');
  const { address, family, port: bound } = server.address() as AddressInfo;
  return {
    address: family === 'IPv6' ? `[${address}]:${bound}` : `${address}:${bound}`,
    [Symbol.asyncDispose]: async () => {
      server.close();
      for (const socket of sockets) socket.destroy();
      await once(server, 'close');
    },
  };
}

/** Does what a bench says until it is gone; then rejects with why. What it had begun is cut. */
async function workFor(frames: Frames): Promise<never> {
  await using generator = await startGenerator();
  await using folder = await temporaryFolder('generator-');
  const requestsOf = keptRequests();
  const say = (message: FromRemote): Promise<void> => sayTo(frames, message);
  let cut = new AbortController();
  let start: () => void = () => undefined;
  let trials = 0;

  async function run({ spec, requests }: TrialOrder, waits: boolean): Promise<void> {
    const samplesFile = join(folder.path, String((trials += 1)));
    const waitForOthers = (): Promise<void> => {
      void say({ kind: 'warm' });
      return new Promise((resolve) => {
        start = resolve;
      });
    };
    const outcome = await generator.runTrial(
      { ...spec, requests: requestsOf(requests), samplesFile },
      {
        signal: cut.signal,
        ...(waits ? { waitForOthers } : {}),
        onWindowStart: (window) => void say({ kind: 'window-start', ...window }),
        onWindowEnd: () => void say({ kind: 'window-end' }),
      },
    );
    for await (const bytes of createReadStream(samplesFile)) await say({ kind: 'samples', bytes: bytes as Buffer });
    await rm(samplesFile);
    await say({ kind: 'done', outcome });
  }
  const orTellWhyNot = (work: Promise<void>): void => {
    work.catch((error: unknown) => say({ kind: 'failed', message: messageOf(error), stack: undefined }));
  };

  try {
    await say({ kind: 'ready' });
    for (;;) {
      const message = (await hearFrom(frames)) as ToRemote;
      switch (message.kind) {
        case 'run':
          cut = new AbortController();
          if (message.isCut) cut.abort();
          orTellWhyNot(run(message.order, message.waits));
          break;
        case 'start':
          start();
          break;
        case 'cut':
          cut.abort();
          break;
        case 'close-connections':
          generator.closeConnections();
          break;
        case 'measure-floors':
          orTellWhyNot(measureFloors(generator, message.kinds).then((floors) => say({ kind: 'floors', floors })));
      }
    }
  } finally {
    cut.abort();
  }
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host.startsWith('127.');
}
