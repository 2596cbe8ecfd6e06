import { join } from 'node:path';
import { contestantById } from './catalogue.js';
import type { Launch, RunningInstance } from './instance.js';
import { servingLaunches } from './serving/replicas.js';
import type { RunningServing, Serving } from './serving/serving-process.js';

/** The servers that are up at the moment: one per contestant and launch, one model server, or its replicas, per launch behind them. */
export interface Fleet {
  /** Starts the contestant for this launch unless it runs already. */
  instance(contestant: string, launch: Launch): Promise<RunningInstance>;
  /** Forgets an instance that was stopped by hand, so that the next call starts it anew. */
  forget(contestant: string, launch: Launch): void;
  /** Stops every server that is not for one of these launches: memory and idle threads would disturb the others. */
  keepOnly(launches: readonly Launch[]): Promise<void>;
  stop(): Promise<void>;
}

export function startFleet(serving: Serving, logFolder: string, onProgress: (text: string) => void): Fleet {
  const instances = new Map<string, Promise<RunningInstance>>();
  const servings = new Map<string, Promise<RunningServing>>();

  const servingFor = (launch: Launch): Promise<RunningServing> =>
    once(servings, launchKey(launch), () => {
      onProgress(`starting the model server (${serving.source.kind}) with ${launch.model}`);
      return serving.start(launch, join(logFolder, `serving-${logName(launch)}.log`));
    });

  const stopKeys = async (keep: (key: string) => boolean): Promise<void> => {
    // Front ends first: a proxy without its model server would only log errors.
    await stopAll(instances, keep);
    await stopAll(servings, keep);
  };

  return {
    instance: (contestant, launch) =>
      once(instances, `${contestant} ${launchKey(launch)}`, () => {
        onProgress(`starting ${contestant} with ${launch.model}`);
        return contestantById(contestant).start(launch, {
          serving: servingFor,
          servingIsStandin: serving.source.kind === 'stand-in',
          logFile: join(logFolder, `${contestant}-${logName(launch)}.log`),
        });
      }),
    forget: (contestant, launch) => {
      instances.delete(`${contestant} ${launchKey(launch)}`);
    },
    keepOnly: async (launches) => {
      const wanted = launches.flatMap((launch) => [launch, ...servingLaunches(launch)]).map(launchKey);
      await stopKeys((key) => wanted.some((launch) => key.endsWith(launch)));
    },
    stop: () => stopKeys(() => false),
  };
}

/** A failed start is forgotten, so that the next call tries again and reports its own error. */
function once<T>(running: Map<string, Promise<T>>, key: string, start: () => Promise<T>): Promise<T> {
  const known = running.get(key);
  if (known !== undefined) return known;
  const started = start();
  running.set(key, started);
  started.catch(() => running.delete(key));
  return started;
}

async function stopAll(
  running: Map<string, Promise<{ stop(): Promise<void> }>>,
  keep: (key: string) => boolean,
): Promise<void> {
  const leaving = [...running].filter(([key]) => !keep(key));
  for (const [key] of leaving) running.delete(key);
  await Promise.all(leaving.map(async ([, started]) => (await started.catch(() => undefined))?.stop()));
}

function launchKey(launch: Launch): string {
  const factors = Object.entries(launch.factors).sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([launch.model, launch.modelVersion, factors]);
}

function logName(launch: Launch): string {
  const factors = Object.entries(launch.factors).map(([key, value]) => `${key}-${value}`);
  return [launch.model, launch.modelVersion, ...factors].join('-').replaceAll(/[^\w.-]/g, '_');
}
