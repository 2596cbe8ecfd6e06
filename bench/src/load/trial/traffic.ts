import type { Outcome } from '../../record/index.js';
import { createExchange, type Driver, type DriverEvents, type Ending, type Exchange } from '../drivers/driver.js';

/** How one request ended, before its answer has been judged. */
export type Finish = Ending | { readonly kind: 'never-sent'; readonly reason: string };

export interface TrafficOptions {
  readonly createDriver: (events: DriverEvents) => Driver;
  readonly bodies: readonly Buffer[];
  readonly timeoutMs: number;
  readonly maxOutstanding: number;
  readonly clock: () => number;
  /** Called once for each request, after the loop has reacted to its end. */
  readonly onFinish: (exchange: Exchange, finish: Finish) => void;
  /** How late the generator turned to a request. */
  readonly onTaken: (lagNs: number) => void;
}

/** Requests under way: sends them or lets them wait for a connection, and ends those whose time is over. */
export interface Traffic {
  /** A request is due. It is sent now, waits for a connection, or is over the cap and never sent. */
  offer(intendedAtNs: number, input: number): void;
  /** Called when a request has ended, before its answer is judged: the place where a closed loop sends the next. */
  onEnded: (doneAtNs: number) => void;
  /** Resolves when nothing is under way; at the latest one timeout after the last offer. */
  drained(): Promise<void>;
  /** Gives up everything that is under way without recording it. */
  abandon(): void;
  close(): Promise<void>;
}

export function createTraffic(options: TrafficOptions): Traffic {
  const { clock, bodies } = options;
  const timeoutNs = options.timeoutMs * 1e6;
  const waiting: Exchange[] = [];
  let firstWaiting = 0;
  /** All exchanges in the order of their intended instants, so that only the head can be over time. */
  const underway: Exchange[] = [];
  let oldest = 0;
  let outstanding = 0;
  let drains: (() => void)[] = [];

  const driver = options.createDriver({ onEnd, onRoom: sendWaiting });
  const traffic: Traffic = { offer, onEnded: () => undefined, drained, abandon, close };
  const sweep = setInterval(expire, Math.min(50, Math.max(5, options.timeoutMs / 50)));

  function offer(intendedAtNs: number, input: number): void {
    options.onTaken(clock() - intendedAtNs);
    const exchange = createExchange(input, bodies[input] as Buffer, intendedAtNs);
    if (outstanding >= options.maxOutstanding) {
      exchange.over = true;
      options.onFinish(exchange, { kind: 'never-sent', reason: `${outstanding} requests were outstanding already` });
      return;
    }
    outstanding++;
    underway.push(exchange);
    if (firstWaiting === waiting.length && driver.hasRoom()) driver.send(exchange);
    else waiting.push(exchange);
  }

  function sendWaiting(): void {
    while (firstWaiting < waiting.length && driver.hasRoom()) {
      const exchange = waiting[firstWaiting++] as Exchange;
      if (!exchange.over) driver.send(exchange);
    }
    if (firstWaiting > 1024 || firstWaiting === waiting.length) {
      waiting.splice(0, firstWaiting);
      firstWaiting = 0;
    }
  }

  function onEnd(exchange: Exchange, ending: Ending): void {
    finish(exchange, ending);
  }

  function finish(exchange: Exchange, ending: Ending): void {
    exchange.over = true;
    outstanding--;
    if (firstWaiting < waiting.length) sendWaiting();
    traffic.onEnded(exchange.doneAtNs);
    options.onFinish(exchange, ending);
    if (outstanding === 0) settleDrains();
  }

  function expire(): void {
    const nowNs = clock();
    for (; oldest < underway.length; oldest++) {
      const exchange = underway[oldest] as Exchange;
      if (exchange.over) continue;
      if (nowNs - exchange.intendedAtNs < timeoutNs) break;
      exchange.doneAtNs = nowNs;
      const where = Number.isNaN(exchange.sentAtNs) ? 'while it waited for a connection' : 'without a whole answer';
      finish(exchange, {
        kind: 'failed',
        outcome: 'timeout',
        reason: `timed out after ${options.timeoutMs} ms ${where}`,
      });
      exchange.abort?.();
    }
    underway.splice(0, oldest);
    oldest = 0;
  }

  function drained(): Promise<void> {
    if (outstanding === 0) return Promise.resolve();
    return new Promise((resolve) => drains.push(resolve));
  }

  function settleDrains(): void {
    const settled = drains;
    drains = [];
    for (const settle of settled) settle();
  }

  function abandon(): void {
    traffic.onEnded = () => undefined;
    for (const exchange of underway) {
      if (exchange.over) continue;
      exchange.over = true;
      exchange.abort?.();
    }
    outstanding = 0;
    settleDrains();
  }

  async function close(): Promise<void> {
    clearInterval(sweep);
    await driver.close();
  }

  return traffic;
}

/** The outcome that a finish has before its answer is judged. */
export function outcomeOf(finish: Finish): Outcome {
  switch (finish.kind) {
    case 'answer':
      return 'ok';
    case 'failed':
      return finish.outcome;
    case 'never-sent':
      return 'never-sent';
  }
}
