import type { Condition } from '../record/index.js';
import { prepareRequests, type GoldenSet } from '../requests/index.js';

/** Bytes of one request body or message with one instance, mean over the inputs. */
export function requestBytes(golden: GoldenSet, condition: Condition): number {
  const requests = prepareRequests(golden, { batch: 1, payload: condition.payload });
  return Math.round(requests.reduce((sum, { body }) => sum + body.length, 0) / requests.length);
}
