import { join } from 'node:path';
import { contestantById } from './catalogue.js';
import { launchKey, type Launch, type RunningInstance } from './instance.js';
import { servingLaunches } from './serving/replicas.js';
import type { RunningServing, Serving } from './serving/serving-process.js';
import { isWell } from './what-is-wrong.js';

/** The servers that are up at the moment: one per contestant and launch, one model server, or its replicas, per launch behind them. */
export interface Fleet {
  /** Starts the contestant for this launch unless it runs already. */
  instance(contestant: string, launch: Launch): Promise<RunningInstance>;
  /** Ends what is left of it, and of a model server behind it that has died, and restarts it. */
  restart(contestant: string, launch: Launch): Promise<RunningInstance>;
  /** Stops every server that is not for one of these launches: memory and idle threads would disturb the others. */
  keepOnly(launches: readonly Launch[]): Promise<void>;
  stop(): Promise<void>;
}

export function startFleet(serving: Serving, logFolder: string, onProgress: (text: string) => void): Fleet {
  const instances = new Map<string, Promise<RunningInstance>>();
  const servings = new Map<string, Promise<RunningServing>>();

  const servingFor = async (launch: Launch): Promise<RunningServing> => {
    // Who finds it running already has not seen it start.
    const isNew = !servings.has(launchKey(launch));
    const running = await once(servings, launchKey(launch), () => {
      onProgress(`starting the model server (${serving.source.kind}) with ${launch.model}`);
      return serving.start(launch, join(logFolder, `serving-${logName(launch)}.log`));
    });
    return { ...running, isNew: isNew && running.startedHere };
  };

  const stopKeys = async (keep: (key: string) => boolean): Promise<void> => {
    // Front ends first: a proxy without its model server would only log errors.
    await stopAll(instances, keep);
    await stopAll(servings, keep);
  };

  const instance = (contestant: string, launch: Launch): Promise<RunningInstance> =>
    once(instances, `${contestant} ${launchKey(launch)}`, () => {
      onProgress(`starting ${contestant} with ${launch.model}`);
      return contestantById(contestant).start(launch, {
        serving: servingFor,
        servingIsStandin: serving.source.kind === 'stand-in',
        logFile: join(logFolder, `${contestant}-${logName(launch)}.log`),
      });
    });

  return {
    instance,
    restart: async (contestant, launch) => {
      await stopAll(instances, (key) => key !== `${contestant} ${launchKey(launch)}`);
      for (const key of servingLaunches(launch).map(launchKey)) {
        const behind = await servings.get(key)?.catch(() => undefined);
        if (behind !== undefined && !(await isWell(behind))) await stopAll(servings, (other) => other !== key);
      }
      return await instance(contestant, launch);
    },
    keepOnly: async (launches) => {
      const wanted = launches.flatMap((launch) => [launch, ...servingLaunches(launch)]).map(launchKey);
      await stopKeys((key) => wanted.some((launch) => key.endsWith(launch)));
    },
    stop: () => stopKeys(() => false),
  };
}

/** A failed start is forgotten, so that the next call tries again and reports its own error. */
export function once<T>(running: Map<string, Promise<T>>, key: string, start: () => Promise<T>): Promise<T> {
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

function logName(launch: Launch): string {
  const factors = Object.entries(launch.factors).map(([key, value]) => `${key}-${value}`);
  return [launch.model, launch.modelVersion, ...factors].join('-').replaceAll(/[^\w.-]/g, '_');
}
