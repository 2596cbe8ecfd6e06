import type { ModelManager, ModelSpec, Servable } from '../core.js';
import { invalidArgument } from './invalid-argument.js';

/** The version a request asks for, held until the caller releases it. Throws StatusError. */
export function acquire(manager: ModelManager, spec: ModelSpec): Servable {
  if (spec.name === '') throw invalidArgument('ModelSpec has no name specified.');
  return manager.acquire(spec);
}
