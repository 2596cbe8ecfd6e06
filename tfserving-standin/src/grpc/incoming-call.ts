import type { RequestMemory } from '../request-memory.js';
import type { Method, Methods } from './call.js';
import type { CallHeaders } from './call-headers.js';
import type { CallSlots } from './call-slots.js';
import type { Http2Stream } from './http2/index.js';

/** A call whose method is known, as it arrived. */
export interface IncomingCall<Kind extends Method['kind']> extends CallHeaders {
  readonly stream: Http2Stream;
  readonly method: Extract<Method, { kind: Kind }>;
  readonly context: CallServer;
}

/** What all calls of a listener share. */
export interface CallServer {
  readonly methods: Methods;
  readonly slots: CallSlots;
  readonly memory: RequestMemory;
  /** The headers of a call may be this large together. */
  readonly metadataLimitBytes: number;
  /**
   * Calls that wait for their client: for a first message, or for the next one of a stream. A server that closes ends
   * these at once, and waits for the others.
   */
  readonly waiting: Set<Http2Stream>;
}
