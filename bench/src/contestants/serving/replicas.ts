import type { Launch } from '../instance.js';

/** The model servers behind a proxy's launch: one, or as many as its factor `replicas` says, each with a launch of its own. */
export function servingLaunches(launch: Launch): Launch[] {
  const { replicas } = launch.factors;
  if (typeof replicas !== 'number' || replicas === 1) return [launch];
  return Array.from({ length: replicas }, (_, at) => ({ ...launch, factors: { ...launch.factors, replica: at + 1 } }));
}
