import { z } from 'zod';
import { ofProcess } from './definition.js';
import { engineEnvironment } from './engine-environment.js';
import { launchServer, type Command } from '../process/index.js';
import type { Launch } from './instance.js';
import { jsonIn } from '../words/json.js';

const START_LIMIT_MS = 120_000;

const listeningSchema = z.object({ msg: z.literal('listening'), url: z.string() });

/** Starts one of this project's Express services on a free port; it says its address in a log line when it is ready. */
export async function startOwnService(start: Omit<Command, 'command'>) {
  const { ready: url, ...started } = await launchServer(
    {
      ...start,
      command: process.execPath,
      env: { NODE_ENV: 'production', STUDY_PORT: '0', STUDY_LOG_LEVEL: 'info', ...start.env },
    },
    (server) => server.waitForLine(listeningUrl, START_LIMIT_MS),
  );
  return { ...ofProcess(start.name, started), target: { kind: 'rest', url }, ownMetricsUrl: `${url}/metrics` } as const;
}

/** The environment by which our services and the Flask control learn their model. */
export function modelEnvironment(launch: Launch): Record<string, string> {
  const { intraOpThreads, interOpThreads, port, followLatest } = launch.factors;
  return {
    STUDY_MODEL_NAME: launch.model,
    STUDY_MODEL_BASE_PATH: launch.modelBasePath,
    ...(followLatest === true ? {} : { STUDY_MODEL_VERSION: String(launch.modelVersion) }),
    ...(port === undefined ? {} : { STUDY_PORT: String(port) }),
    ...engineEnvironment(launch),
    ...(intraOpThreads === undefined ? {} : { STUDY_INTRA_OP_THREADS: String(intraOpThreads) }),
    ...(interOpThreads === undefined ? {} : { STUDY_INTER_OP_THREADS: String(interOpThreads) }),
  };
}

function listeningUrl(line: string): string | undefined {
  return line.startsWith('{') ? listeningSchema.safeParse(jsonIn(line)).data?.url : undefined;
}
