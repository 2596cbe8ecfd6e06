import { engineEnvironment } from '../engine-environment.js';
import { limits } from '../limits.js';
import { servingFlags } from './serving-config.js';
import type { ServingProgram } from './start-serving.js';

export interface LocalProgram {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** A program of this machine. */
export function localProgram({ name, command, args, env }: LocalProgram): ServingProgram {
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
