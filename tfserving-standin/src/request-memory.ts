import { StatusError } from './status-error.js';

/** What requests may hold and take, on both ports. */
export interface RequestLimits {
  /** Bytes of one REST body or gRPC message, inflated. */
  readonly requestBytes: number;
  /** Bytes of all requests that are held at a time. */
  readonly totalBytes: number;
  /** How long a head may take to come, and a body, beside a second for each 64 KiB that have come. */
  readonly timeoutMs: number;
  /** Connections of one port at a time. */
  readonly connections: number;
}

export const DEFAULT_LIMITS: RequestLimits = {
  requestBytes: 100 * 2 ** 20,
  totalBytes: 512 * 2 ** 20,
  timeoutMs: 60_000,
  connections: 4096,
};

/** What a request takes beside its bytes. */
const OVERHEAD_BYTES = 4096;
const SLOWEST_BYTES_PER_SECOND = 64 * 1024;
/** How exact the time limit is. */
const SWEEP_MS = 500;

/**
 * Counts the bytes of requests from their arrival to the end of their answers, for those that do not come in one piece. When
 * there is no room, the largest of the requests that are still on their way is given up, so that small ones are served
 * beside any number of large ones; those that take too long to come are given up as well.
 */
export class RequestMemory {
  readonly limits: RequestLimits;
  readonly #arriving = new Set<HeldRequest>();
  #bytes = 0;
  #sweep: NodeJS.Timeout | undefined;

  constructor(limits: RequestLimits = DEFAULT_LIMITS) {
    this.limits = limits;
  }

  /** Bytes that are held now. */
  get bytes(): number {
    return this.#bytes;
  }

  /** A request that begins to arrive. `giveUp` is called when it has to end; its memory is free then. */
  begin(giveUp: (reason: StatusError) => void): HeldRequest {
    const request = new HeldRequest(this, giveUp);
    this.#arriving.add(request);
    this.#sweep ??= setInterval(() => {
      this.#giveUpLate();
    }, SWEEP_MS).unref();
    return request;
  }

  /** For HeldRequest: makes room. Throws RESOURCE_EXHAUSTED when there is none. */
  take(bytes: number, by: HeldRequest): void {
    const { totalBytes } = this.limits;
    while (this.#bytes + bytes > totalBytes) {
      let largest = by;
      for (const other of this.#arriving) if (other.bytes > largest.bytes + bytes) largest = other;
      const reason = new StatusError(
        'RESOURCE_EXHAUSTED',
        `the requests in memory would hold more than ${totalBytes} bytes together; try again later`,
      );
      if (largest === by) throw reason;
      largest.release();
      largest.giveUp(reason);
    }
    this.#bytes += bytes;
  }

  /** For HeldRequest: it can no longer be given up. */
  arrived(request: HeldRequest): void {
    this.#arriving.delete(request);
    if (this.#arriving.size > 0) return;
    clearInterval(this.#sweep);
    this.#sweep = undefined;
  }

  /** For HeldRequest. */
  free(bytes: number): void {
    this.#bytes -= bytes;
  }

  #giveUpLate(): void {
    const now = performance.now();
    for (const request of this.#arriving) {
      const limitMs = this.limits.timeoutMs + (request.bytes / SLOWEST_BYTES_PER_SECOND) * 1000;
      if (now - request.beganAt <= limitMs) continue;
      request.release();
      request.giveUp(
        new StatusError('DEADLINE_EXCEEDED', `the request did not come within ${Math.ceil(limitMs / 1000)} s`),
      );
    }
  }
}

/** One request's part of the memory. Only RequestMemory.begin makes one. */
export class HeldRequest {
  readonly beganAt = performance.now();
  readonly giveUp: (reason: StatusError) => void;
  readonly #memory: RequestMemory;
  #bytes = 0;

  constructor(memory: RequestMemory, giveUp: (reason: StatusError) => void) {
    this.#memory = memory;
    this.giveUp = giveUp;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Throws RESOURCE_EXHAUSTED when there is no room for so many bytes more. */
  add(bytes: number): void {
    const wanted = this.#bytes === 0 ? OVERHEAD_BYTES + bytes : bytes;
    this.#memory.take(wanted, this);
    this.#bytes += wanted;
  }

  /** It is complete: no longer limited in time, and not given up for others. */
  arrived(): void {
    this.#memory.arrived(this);
  }

  /** It is answered, or over. Safe to call twice. */
  release(): void {
    this.#memory.arrived(this);
    this.#memory.free(this.#bytes);
    this.#bytes = 0;
  }
}
