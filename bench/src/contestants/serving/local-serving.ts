import { rm } from 'node:fs/promises';
import { request } from 'undici';
import { engineEnvironment } from '../engine-environment.js';
import { freePort } from '../free-port.js';
import type { Launch } from '../instance.js';
import { limits } from '../limits.js';
import { launchServer } from '../../process/index.js';
import { METRICS_PATH, servingFlags, writeServingConfig } from './serving-config.js';
import type { RunningServing } from './serving-process.js';

/** A model loads in seconds, but a slow disk and a large model may take longer. */
const START_LIMIT_MS = 120_000;

export interface LocalProgram {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** Starts a program that takes TensorFlow Serving's flags, on this machine, on free ports. */
export async function startLocalServing(
  program: LocalProgram,
  launch: Launch,
  logFile: string,
): Promise<RunningServing> {
  const config = await writeServingConfig(launch, launch.modelBasePath);
  const [grpcPort, restPort] = [await freePort(), await freePort()];
  const restUrl = `http://127.0.0.1:${restPort}`;
  const removeConfig = (): Promise<void> => rm(config, { recursive: true, force: true });
  const { server, readyMs } = await launchServer(
    {
      name: program.name,
      command: program.command,
      args: [...program.args, `--port=${grpcPort}`, `--rest_api_port=${restPort}`, ...servingFlags(launch, config)],
      env: { ...engineEnvironment(launch), ...program.env },
      ...limits(launch),
      logFile,
    },
    (started) => started.waitUntil(() => modelIsAvailable(restUrl, launch.model), START_LIMIT_MS),
  ).catch(async (error: unknown) => {
    await removeConfig();
    throw error;
  });
  return {
    startedHere: true,
    restUrl,
    grpcAddress: `127.0.0.1:${grpcPort}`,
    metricsUrl: `${restUrl}${METRICS_PATH}`,
    command: server.commandLine,
    processes: [{ name: program.name, pid: server.pid }],
    readyMs,
    stop: async () => {
      await server.stop();
      await removeConfig();
    },
  };
}

/** Rejects until some version of the model is AVAILABLE: the status code alone is not enough after a reload. */
export async function modelIsAvailable(restUrl: string, model: string): Promise<void> {
  const { statusCode, body } = await request(`${restUrl}/v1/models/${encodeURIComponent(model)}`);
  const text = await body.text();
  if (statusCode !== 200) throw new Error(`${restUrl} answered ${statusCode}: ${text.slice(0, 200)}`);
  if (!text.includes('AVAILABLE')) throw new Error(`no version of ${model} is AVAILABLE yet`);
}
