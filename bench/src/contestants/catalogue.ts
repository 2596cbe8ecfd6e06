import { bareEngine } from './bare-engine.js';
import type { ContestantDefinition } from './definition.js';
import { direct } from './direct.js';
import { flaskControl } from './flask-control.js';
import { flaskStyle } from './flask-style.js';
import { proxy } from './proxy.js';

/** Every contestant the study can start, the two subjects first. */
export const CATALOGUE: readonly ContestantDefinition[] = [
  flaskStyle,
  proxy('grpc'),
  proxy('rest'),
  flaskControl('flask-control', 'Flask (gunicorn, 1 worker)', 'control', 1, 1),
  direct('rest'),
  direct('grpc'),
  bareEngine,
];

/** Throws for an id that is not in the catalogue, naming those that are. */
export function contestantById(id: string): ContestantDefinition {
  const found = CATALOGUE.find((definition) => definition.id === id);
  if (found === undefined)
    throw new Error(`no contestant is called ${id}; there are: ${CATALOGUE.map((each) => each.id).join(', ')}`);
  return found;
}
