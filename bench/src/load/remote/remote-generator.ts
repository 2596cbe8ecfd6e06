import { once } from 'node:events';
import { closeSync, openSync, writeSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { connect } from 'node:net';
import type { Floor } from '../../record/index.js';
import type { FloorKind, Generator, TrialHooks } from '../generator.js';
import { clock, endpointOf } from '../net/index.js';
import { trialRunner, within, type GeneratorPort } from '../trial-runner.js';
import type { TrialOutcome } from '../trial-outcome.js';
import type { TrialSpec } from '../trial-spec.js';
import { Frames } from './frames.js';
import { meetGenerator, STRANGER_LIMIT_BYTES, type Credentials } from './handshake.js';
import { hearFrom, MESSAGE_LIMIT_BYTES, sayTo, type FromRemote, type ToRemote } from './remote-messages.js';
import { messageOf } from '../../words/message-of.js';

const CONNECT_LIMIT_MS = 5000;
/** Its process starts. */
const READY_LIMIT_MS = 30_000;
const FLOORS_LIMIT_MS = 600_000;

/** A generator on another machine. */
export interface RemoteGenerator extends Generator {
  /** `host:port` */
  readonly address: string;
  readonly measureFloors: (kinds: readonly FloorKind[]) => Promise<Floor[]>;
}

/** Connects to a generator that is served at `host:port`. Throws Error, with the address, when there is none to work with. */
export async function connectGenerator(address: string, own: Credentials): Promise<RemoteGenerator> {
  const socket = connect(endpointOf(address));
  const frames = new Frames(socket, STRANGER_LIMIT_BYTES);
  const asIts = (error: unknown): Error => {
    frames.close();
    return new Error(`the load generator at ${address}: ${messageOf(error)}`);
  };
  try {
    await once(socket, 'connect', { signal: AbortSignal.timeout(CONNECT_LIMIT_MS) }).catch((error: unknown) => {
      throw (error as Error).name === 'AbortError' ? new Error('it takes no connection') : error;
    });
    await meetGenerator(frames, own);
    frames.limitBytes = MESSAGE_LIMIT_BYTES;
    await hearFrom(frames, READY_LIMIT_MS);
  } catch (error) {
    throw asIts(error);
  }

  const listeners = new Set<(message: FromRemote) => void>();
  const listen = (listener: (message: FromRemote) => void): (() => void) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  };
  const say = (message: ToRemote): void => {
    void sayTo(frames, message);
  };
  const end = (async (): Promise<never> => {
    for (;;) {
      const message = (await hearFrom(frames)) as FromRemote;
      for (const listener of [...listeners]) listener(message);
    }
  })().catch((error: unknown): never => {
    throw asIts(error);
  });
  end.catch(() => undefined); // told to whoever waits for something

  const port: GeneratorPort = {
    say,
    listen: (listener) =>
      listen((message) => {
        if (message.kind !== 'samples' && message.kind !== 'floors') listener(message);
      }),
    unlessItEnds: (wanted) => Promise.race([wanted, end]),
    giveUp: (silentMs) => {
      frames.close(`it said nothing more for ${silentMs / 1e3} s`);
    },
  };
  const runner = trialRunner(port);

  async function runTrial(spec: TrialSpec, hooks: TrialHooks = {}): Promise<TrialOutcome> {
    const file = openSync(spec.samplesFile, 'ax');
    let began: { startedAt: string; startedAtNs: number } | undefined;
    const stop = listen((message) => {
      if (message.kind === 'samples') writeSync(file, message.bytes);
    });
    try {
      const outcome = await runner.runTrial(spec, {
        ...hooks,
        // clocks of two machines are not compared: the window begins when this one hears of it
        onWindowStart: () => {
          began = { startedAt: new Date().toISOString(), startedAtNs: clock() };
          hooks.onWindowStart?.(began);
        },
      });
      return { ...outcome, ...began };
    } catch (error) {
      await rm(spec.samplesFile, { force: true });
      throw error;
    } finally {
      stop();
      closeSync(file);
    }
  }

  async function measureFloors(kinds: readonly FloorKind[]): Promise<Floor[]> {
    const answer = new Promise<Floor[]>((resolve, reject) => {
      const stop = listen((message) => {
        if (message.kind !== 'floors' && message.kind !== 'failed') return;
        stop();
        if (message.kind === 'floors') resolve(message.floors.map((floor) => ({ ...floor, generator: address })));
        else reject(new Error(`the load generator at ${address}: ${message.message}`));
      });
    });
    say({ kind: 'measure-floors', kinds });
    return await within(FLOORS_LIMIT_MS, port, answer);
  }

  return {
    address,
    runTrial,
    closeConnections: runner.closeConnections,
    measureFloors,
    [Symbol.asyncDispose]: () => {
      frames.close();
      return Promise.resolve();
    },
  };
}
