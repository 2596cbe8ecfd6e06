import { Exchange, type Driver, type Ending } from '../drivers/driver.js';
import { clock } from '../net/index.js';
import type { Connections } from './connections.js';
import { Queue } from './queue.js';

/** How one request ended, before its answer has been judged. */
export type Finish = Ending | { readonly kind: 'never-sent'; readonly reason: string };

export interface TrafficOptions {
  readonly connections: Connections;
  readonly timeoutMs: number;
  readonly maxOutstanding: number;
  /** Called once for each request, after the loop has reacted to its end. */
  readonly onFinish: (exchange: Exchange, finish: Finish) => void;
  readonly onTrouble: (reason: string) => void;
}

/** Requests under way: sends them or lets them wait for a connection, and ends those whose time is over. */
export class Traffic {
  /** Called when a request has ended, before its answer is judged: the place where a closed loop sends the next. */
  onEnded: (exchange: Exchange, finish: Finish) => void = ignore;
  readonly #options: TrafficOptions;
  readonly #driver: Driver;
  readonly #timeoutNs: number;
  /** Requests that wait for a connection. */
  readonly #waiting = new Queue<Exchange>();
  /** All requests in the order of their intended instants: only the first that is not over can be over time. */
  readonly #underway = new Queue<Exchange>();
  #outstanding = 0;

  constructor(options: TrafficOptions) {
    this.#options = options;
    this.#timeoutNs = options.timeoutMs * 1e6;
    this.#driver = options.connections.driver;
    options.connections.listener = {
      onEnd: (exchange, ending) => {
        this.#finish(exchange, ending);
      },
      onTrouble: options.onTrouble,
    };
  }

  get isIdle(): boolean {
    return this.#outstanding === 0;
  }

  /** A request is due. It is sent now, waits for a connection, or is over the cap and never sent. */
  offer(intendedAtNs: number, input: number): void {
    const exchange = new Exchange(input, intendedAtNs, clock());
    if (this.#outstanding >= this.#options.maxOutstanding) {
      exchange.over = true;
      const reason = `${this.#outstanding} requests were outstanding already`;
      this.#options.onFinish(exchange, { kind: 'never-sent', reason });
      return;
    }
    this.#outstanding += 1;
    this.#underway.push(exchange);
    if (this.#waiting.first === undefined && this.#driver.hasRoom()) {
      exchange.prompt = true;
      this.#driver.send(exchange);
    } else {
      this.#waiting.push(exchange);
    }
  }

  /** Ends the requests whose time is over. Returns when the next one's will be. */
  expire(nowNs: number): number {
    for (let first = this.#underway.first; first !== undefined; first = this.#underway.first) {
      if (!first.over) {
        const overAtNs = first.intendedAtNs + this.#timeoutNs;
        if (overAtNs > nowNs) return overAtNs;
        this.#timeOut(first, nowNs);
      }
      this.#underway.shift();
    }
    return Number.POSITIVE_INFINITY;
  }

  /** Sends what waits while there is room. */
  sendWaiting(): void {
    for (let first = this.#waiting.first; first !== undefined && this.#driver.hasRoom(); first = this.#waiting.first) {
      this.#waiting.shift();
      if (!first.over) this.#driver.send(first);
    }
  }

  #timeOut(exchange: Exchange, nowNs: number): void {
    const where = Number.isNaN(exchange.sentAtNs) ? 'while it waited for a connection' : 'without a whole answer';
    exchange.doneAtNs = nowNs;
    exchange.carrier?.abandon(exchange);
    const reason = `timed out after ${this.#options.timeoutMs} ms ${where}`;
    this.#finish(exchange, { kind: 'failed', outcome: 'timeout', reason });
  }

  #finish(exchange: Exchange, finish: Finish): void {
    exchange.over = true;
    this.#outstanding -= 1;
    this.sendWaiting();
    this.onEnded(exchange, finish);
    this.#options.onFinish(exchange, finish);
  }
}

function ignore(): void {
  // the load has ended
}
