import { GenericContainer, Wait, getContainerRuntimeClient } from 'testcontainers';
import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { engineEnvironment } from '../engine-environment.js';
import type { Launch } from '../instance.js';
import type { Limits } from '../../process/index.js';
import { isAlive } from '../../resources/index.js';
import { limits } from '../limits.js';
import { METRICS_PATH, servingFlags, writeServingConfig } from './serving-config.js';
import type { RunningServing, Serving } from './serving-process.js';

const GRPC_PORT = 8500;
const REST_PORT = 8501;
const START_LIMIT_MS = 300_000;
/** Where the container finds the configuration files: nothing of an image lies there. */
const CONFIG = '/serving-study-config';
/** Label that the stand-in's image carries (Dockerfile). */
const TITLE_LABEL = 'org.opencontainers.image.title';

/** A container engine with the image, present or pulled; otherwise the reason why not. */
export async function findContainer(
  image: string,
  onProgress: (text: string) => void,
): Promise<{ readonly serving: Serving } | { readonly reason: string }> {
  let client;
  try {
    client = await getContainerRuntimeClient();
  } catch (cause) {
    return { reason: `no container engine (${firstLine(cause)})` };
  }
  const docker = client.container.dockerode;
  try {
    onProgress(`looking for the image ${image}`);
    let info = await docker
      .getImage(image)
      .inspect()
      .catch(() => undefined);
    if (info === undefined) {
      onProgress(`pulling ${image}`);
      const stream = await docker.pull(image);
      await new Promise<void>((resolve, reject) => {
        docker.modem.followProgress(stream, (error) => {
          if (error === null) resolve();
          else reject(error);
        });
      });
      info = await docker.getImage(image).inspect();
    }
    const title = info.Config.Labels[TITLE_LABEL] ?? '';
    return {
      serving: {
        source: {
          kind: title.includes('tfserving-standin') ? 'stand-in' : 'container',
          version: `${image} (${info.Id.replace('sha256:', '').slice(0, 12)})`,
          detail: `container of ${image}`,
        },
        start: (launch, logFile) => startContainer(image, launch, logFile),
      },
    };
  } catch (cause) {
    return { reason: `the image ${image} is not here and cannot be pulled (${firstLine(cause)})` };
  }
}

/** A container held to CPUs and memory as the servers are that are started without one. */
class LimitedContainer extends GenericContainer {
  withLimits({ cpus, memoryMb }: Limits): this {
    if (cpus !== undefined) this.hostConfig.CpusetCpus = cpus;
    if (memoryMb !== undefined) {
      this.hostConfig.Memory = memoryMb * 2 ** 20;
      // No swap beside it.
      this.hostConfig.MemorySwap = this.hostConfig.Memory;
    }
    return this;
  }
}

async function startContainer(image: string, launch: Launch, logFile: string): Promise<RunningServing> {
  const modelBasePath = `/models/${launch.model}`;
  const config = await writeServingConfig(launch, modelBasePath);
  const startedAt = performance.now();
  const started = await new LimitedContainer(image)
    .withLimits(limits(launch))
    .withExposedPorts(GRPC_PORT, REST_PORT)
    .withBindMounts([
      { source: launch.modelBasePath, target: modelBasePath, mode: 'ro' },
      { source: config, target: CONFIG, mode: 'ro' },
    ])
    .withEnvironment(engineEnvironment(launch))
    .withCommand(servingFlags(launch, CONFIG))
    .withWaitStrategy(
      Wait.forHttp(`/v1/models/${launch.model}`, REST_PORT, { abortOnContainerExit: true }).forStatusCode(200),
    )
    .withStartupTimeout(START_LIMIT_MS)
    .withLogConsumer((lines) => lines.pipe(createWriteStream(logFile, { flags: 'a' })))
    .start();
  const host = started.getHost() === 'localhost' ? '127.0.0.1' : started.getHost();
  const restUrl = `http://${host}:${started.getMappedPort(REST_PORT)}`;
  const { State } = await (await getContainerRuntimeClient()).container.getById(started.getId()).inspect();
  return {
    startedHere: true,
    restUrl,
    grpcAddress: `${host}:${started.getMappedPort(GRPC_PORT)}`,
    metricsUrl: `${restUrl}${METRICS_PATH}`,
    command: `docker run ${image} ${servingFlags(launch, CONFIG).join(' ')}`,
    // Visible in /proc when the engine runs on this machine's own kernel.
    processes: State.Pid > 0 && isAlive(State.Pid) ? [{ name: image, pid: State.Pid }] : [],
    readyMs: performance.now() - startedAt,
    stop: async () => {
      await started.stop();
      await rm(config, { recursive: true, force: true });
    },
  };
}

function firstLine(cause: unknown): string {
  return (cause instanceof Error ? cause.message : String(cause)).split('\n')[0] ?? '';
}
