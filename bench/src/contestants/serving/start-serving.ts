import { request } from 'undici';
import type { Launch } from '../instance.js';
import { freePort, launchServer, type Command } from '../../process/index.js';
import { METRICS_PATH, writeServingConfig } from './serving-config.js';
import type { RunningServing } from './serving-process.js';

/** A model loads in seconds, but a slow disk and a large model may take longer. */
const START_LIMIT_MS = 120_000;
/** What takes a connection and says nothing for so long is not serving. */
const ANSWER_LIMIT_MS = 10_000;

export interface Ports {
  readonly grpc: number;
  readonly rest: number;
}

/** One way to run a program that takes TensorFlow Serving's flags on this machine. */
export interface ServingProgram {
  readonly name: string;
  /** Where it sees the launch's model. */
  modelBasePath(launch: Launch): string;
  /** @param configFolder on this machine: has what `writeServingConfig` writes */
  command(launch: Launch, ports: Ports, configFolder: string): Omit<Command, 'name'>;
  /** Its process where that is not the one which `command` starts; undefined where it cannot be seen from here. */
  readonly pid?: () => Promise<number | undefined>;
  /** Ends what may be left when the command has ended. */
  readonly cleanUp?: () => Promise<void>;
}

/** Starts it on free ports of this machine alone; its configuration stays beside its log. */
export async function startServing(program: ServingProgram, launch: Launch, logFile: string): Promise<RunningServing> {
  const config = await writeServingConfig(launch, program.modelBasePath(launch), logFile);
  const ports = { grpc: await freePort(), rest: await freePort() };
  const restUrl = `http://127.0.0.1:${ports.rest}`;
  const command = { name: program.name, logFile, ...program.command(launch, ports, config) };
  const { server, readyMs } = await launchServer(command, (started) =>
    started.waitUntil(() => modelIsAvailable(restUrl, launch.model), START_LIMIT_MS),
  ).catch(async (error: unknown) => {
    await program.cleanUp?.();
    throw error;
  });
  const pid = program.pid === undefined ? server.pid : await program.pid();
  return {
    startedHere: true,
    restUrl,
    grpcAddress: `127.0.0.1:${ports.grpc}`,
    metricsUrl: `${restUrl}${METRICS_PATH}`,
    command: server.commandLine,
    processes: pid === undefined ? [] : [{ name: program.name, pid }],
    readyMs,
    stop: async () => {
      await server.stop();
      await program.cleanUp?.();
    },
  };
}

/** Rejects until some version of the model is AVAILABLE: the status code alone is not enough after a reload. */
export async function modelIsAvailable(restUrl: string, model: string): Promise<void> {
  const { status, text } = await getText(`${restUrl}/v1/models/${encodeURIComponent(model)}`);
  if (status !== 200) throw new Error(`${restUrl} answered ${status}: ${text.slice(0, 200).replaceAll(/\s+/g, ' ')}`);
  if (!text.includes('AVAILABLE')) throw new Error(`no version of ${model} is AVAILABLE yet`);
}

/** @throws Error also for an answer that has no end. */
export async function getText(
  url: string,
  limitMs = ANSWER_LIMIT_MS,
): Promise<{ readonly status: number; readonly text: string }> {
  try {
    const { statusCode, body } = await request(url, { signal: AbortSignal.timeout(limitMs) });
    return { status: statusCode, text: await body.text() };
  } catch (cause) {
    if (!(cause instanceof Error) || cause.name !== 'TimeoutError') throw cause;
    throw new Error(`${new URL(url).origin} did not answer within ${limitMs / 1000} s`, { cause });
  }
}
