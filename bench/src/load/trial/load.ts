import type { Finish, Traffic } from './traffic.js';
import type { Exchange } from '../drivers/driver.js';

/** A worker whose connection was refused asks again after this long: a server that is gone would be asked without a pause. */
const REFUSED_PAUSE_NS = 10e6;

/** What offers requests to the traffic. */
export interface Load {
  /** Offers what is due. Returns when the next request will be: infinity when an answer has to come first, or none will. */
  offerDue(nowNs: number): number;
}

/**
 * `concurrency` workers, each of which sends its next request the moment its last one has ended, answered or not (method
 * rule 1). The intended instant of a request is the end of the one before it: what the generator takes in between is its lag.
 */
export class ClosedLoop implements Load {
  /** No request is intended at or after this instant. */
  endNs = Number.POSITIVE_INFINITY;
  readonly #traffic: Traffic;
  readonly #nextInput: (intendedAtNs: number) => number;
  /** When workers go on whose connection was refused, in order. */
  readonly #paused: number[] = [];

  /** Starts at once. */
  constructor(traffic: Traffic, concurrency: number, nextInput: (intendedAtNs: number) => number, nowNs: number) {
    this.#traffic = traffic;
    this.#nextInput = nextInput;
    traffic.onEnded = (exchange, finish) => {
      this.#goOn(exchange, finish);
    };
    for (let worker = 0; worker < concurrency; worker++) traffic.offer(nowNs, nextInput(nowNs));
  }

  offerDue(nowNs: number): number {
    for (let [dueNs] = this.#paused; dueNs !== undefined && dueNs <= nowNs; [dueNs] = this.#paused) {
      this.#paused.shift();
      this.#offer(dueNs);
    }
    return this.#paused[0] ?? Number.POSITIVE_INFINITY;
  }

  #goOn({ doneAtNs }: Exchange, finish: Finish): void {
    if (finish.kind === 'failed' && finish.outcome === 'refused') this.#paused.push(doneAtNs + REFUSED_PAUSE_NS);
    else this.#offer(doneAtNs);
  }

  #offer(intendedAtNs: number): void {
    if (intendedAtNs < this.endNs) this.#traffic.offer(intendedAtNs, this.#nextInput(intendedAtNs));
  }
}

/** Request i is offered at `zeroNs + schedule[i]`, whatever became of the ones before (method rules 1 to 3). */
export class OpenLoop implements Load {
  readonly #traffic: Traffic;
  readonly #schedule: Float64Array;
  readonly #zeroNs: number;
  readonly #nextInput: () => number;
  #next = 0;

  constructor(traffic: Traffic, schedule: Float64Array, zeroNs: number, nextInput: () => number) {
    this.#traffic = traffic;
    this.#schedule = schedule;
    this.#zeroNs = zeroNs;
    this.#nextInput = nextInput;
    traffic.onEnded = () => undefined;
  }

  get isOver(): boolean {
    return this.#next >= this.#schedule.length;
  }

  offerDue(nowNs: number): number {
    for (;;) {
      const at = this.#schedule[this.#next];
      if (at === undefined) return Number.POSITIVE_INFINITY;
      const dueNs = this.#zeroNs + at;
      if (dueNs > nowNs) return dueNs;
      this.#next += 1;
      this.#traffic.offer(dueNs, this.#nextInput());
    }
  }
}
