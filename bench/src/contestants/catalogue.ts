import { bareEngine } from './bare-engine.js';
import type { ContestantDefinition } from './definition.js';
import { direct } from './direct.js';
import { FLASK_STYLES } from './flask-style.js';
import { nginx } from './nginx.js';
import { proxy } from './proxy.js';
import { PYTHON_SERVERS } from './python-server.js';

/** Every contestant the study can start, the two subjects first. */
export const CATALOGUE: readonly ContestantDefinition[] = [
  ...FLASK_STYLES,
  proxy('grpc'),
  proxy('rest'),
  proxy('grpc', 'tuned'),
  proxy('rest', 'tuned'),
  ...PYTHON_SERVERS,
  nginx('rest'),
  nginx('grpc'),
  direct('rest'),
  direct('grpc'),
  bareEngine,
];

/** Throws for an id that is not in the catalogue, naming those that are; `option`: where it was typed. */
export function contestantById(id: string, option?: string): ContestantDefinition {
  const found = CATALOGUE.find((definition) => definition.id === id);
  const where = option === undefined ? '' : `${option}: `;
  if (found === undefined)
    throw new Error(`${where}no contestant is called ${id}; there are: ${CATALOGUE.map((each) => each.id).join(', ')}`);
  return found;
}
