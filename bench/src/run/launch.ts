import type { Launch } from '../contestants/index.js';
import type { Condition } from '../record/index.js';

/** What a server must be started for to answer under this condition: load, batch size and network need no other server. */
export function launchOf(condition: Condition, modelBasePath: string): Launch {
  return {
    model: condition.model,
    modelVersion: condition.modelVersion,
    modelBasePath,
    factors: condition.factors ?? {},
  };
}
