import type { Floor } from '../../record/index.js';
import type { PreparedRequest } from '../../requests/index.js';

/** A kind of request whose floor is wanted. */
export interface FloorKind extends Pick<Floor, 'protocol' | 'payload' | 'model' | 'batch'> {
  readonly request: PreparedRequest;
}
