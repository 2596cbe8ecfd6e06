import type { Command } from '../../process/index.js';
import { engineEnvironment } from '../engine-environment.js';
import { limits } from '../limits.js';
import { servingFlags } from './serving-config.js';
import type { ServingProgram } from './start-serving.js';

/** A program of this machine. */
export function localProgram({
  name,
  command,
  args,
  env,
}: Pick<Command, 'name' | 'command' | 'args' | 'env'>): ServingProgram {
  return {
    name,
    modelBasePath: ({ modelBasePath }) => modelBasePath,
    command: (launch, ports, config) => ({
      command,
      args: [...args, `--port=${ports.grpc}`, `--rest_api_port=${ports.rest}`, ...servingFlags(launch, config)],
      env: { ...engineEnvironment(launch), ...env },
      ...limits(launch),
    }),
  };
}
