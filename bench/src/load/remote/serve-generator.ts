import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { join } from 'node:path';
import { temporaryFolder } from '../../process/index.js';
import type { FromGenerator } from '../generator-messages.js';
import { measureFloors } from '../floor/measure-floors.js';
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
  const open = new Set<Frames>();
  let isBusy = false;

  async function serve(socket: Socket, frames: Frames): Promise<void> {
    try {
      await admitBench(frames, own, () => (isBusy ? 'it works for another bench' : undefined));
    } catch (error) {
      say(`${socket.remoteAddress ?? 'somebody'} was refused: ${messageOf(error)}`);
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
      isBusy = false;
    }
  }

  const server = createServer((socket) => {
    const frames = new Frames(socket, STRANGER_LIMIT_BYTES);
    open.add(frames);
    void serve(socket, frames).finally(() => {
      frames.close();
      open.delete(frames);
    });
  });
  server.maxConnections = MOST_CONNECTIONS;
  await once(server.listen(port, isOpen ? host : LOOPBACK), 'listening');
  const { address, family, port: bound } = server.address() as AddressInfo;
  return {
    address: family === 'IPv6' ? `[${address}]:${bound}` : `${address}:${bound}`,
    [Symbol.asyncDispose]: async () => {
      server.close();
      for (const frames of open) frames.close();
      await once(server, 'close');
    },
  };
}

/**
 * Passes on what a bench says to a generator's process, and what that says to the bench, until one of them is gone; then rejects
 * with why. What the bench had begun ends with the process.
 */
async function workFor(frames: Frames): Promise<never> {
  await using generator = await startGenerator();
  await using folder = await temporaryFolder('generator-');
  const { port } = generator;
  const say = (message: FromRemote): Promise<void> => sayTo(frames, message);
  const sayWhyNot = (error: unknown): Promise<void> =>
    say({ kind: 'failed', message: messageOf(error), stack: undefined });
  let trials = 0;
  /** Of the bench's trial under way: what the process says of floors is not the bench's to hear. */
  let samplesFile: string | undefined;

  async function passOn(message: FromGenerator, file: string): Promise<void> {
    if (message.kind === 'done' || message.kind === 'failed') samplesFile = undefined;
    if (message.kind === 'done') {
      for await (const bytes of createReadStream(file)) await say({ kind: 'samples', bytes: bytes as Buffer });
      await rm(file);
    }
    await say(message);
  }
  port.listen((message) => {
    if (samplesFile !== undefined) passOn(message, samplesFile).catch(sayWhyNot);
  });

  try {
    await say({ kind: 'ready' });
    for (;;) {
      const message = (await port.unlessItEnds(hearFrom(frames))) as ToRemote;
      if (message.kind === 'measure-floors')
        measureFloors(generator, message.kinds).then((floors) => say({ kind: 'floors', floors }), sayWhyNot);
      else if (message.kind === 'run') {
        const { spec, requests } = message.order;
        samplesFile = join(folder.path, String((trials += 1)));
        port.say({ ...message, order: { spec: { ...spec, samplesFile }, requests } });
      } else port.say(message);
    }
  } catch (error) {
    await sayWhyNot(error);
    throw error;
  }
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host.startsWith('127.');
}
