import { createExchange, type Driver, type DriverEvents, type Ending, type Exchange } from '../drivers/driver.js';

/** How one request ended, before its answer has been judged. */
export type Finish = Ending | { readonly kind: 'never-sent'; readonly reason: string };

export interface TrafficOptions {
  readonly createDriver: (events: DriverEvents) => Driver;
  /** By input. */
  readonly bodies: readonly Buffer[];
  readonly timeoutMs: number;
  readonly maxOutstanding: number;
  readonly clock: () => number;
  /** Called once for each request, after the loop has reacted to its end. */
  readonly onFinish: (exchange: Exchange, finish: Finish) => void;
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
  /** Requests that wait for a connection, from `firstWaiting` on. */
  let waiting: Exchange[] = [];
  let firstWaiting = 0;
  /** All requests in the order of their intended instants, so that only the first that is not over can be over time. */
  let underway: Exchange[] = [];
  let outstanding = 0;
  let onDrained: (() => void)[] = [];

  const driver = options.createDriver({ onEnd: finish, onRoom: sendWaiting });
  const sweep = setInterval(expire, Math.min(50, Math.max(5, options.timeoutMs / 50)));
  const traffic: Traffic = { offer, onEnded: () => undefined, drained, abandon, close };

  function offer(intendedAtNs: number, input: number): void {
    const exchange = createExchange(input, bodies[input] ?? Buffer.alloc(0), intendedAtNs, clock());
    if (outstanding >= options.maxOutstanding) {
      exchange.over = true;
      options.onFinish(exchange, { kind: 'never-sent', reason: `${outstanding} requests were outstanding already` });
      return;
    }
    outstanding++;
    underway.push(exchange);
    if (firstWaiting === waiting.length && driver.hasRoom()) {
      exchange.prompt = true;
      driver.send(exchange);
    } else {
      waiting.push(exchange);
    }
  }

  function sendWaiting(): void {
    while (driver.hasRoom()) {
      const exchange = waiting[firstWaiting];
      if (exchange === undefined) break;
      firstWaiting++;
      if (!exchange.over) driver.send(exchange);
    }
    if (firstWaiting < waiting.length && firstWaiting < 1024) return;
    waiting = waiting.slice(firstWaiting);
    firstWaiting = 0;
  }

  function finish(exchange: Exchange, ending: Ending): void {
    exchange.over = true;
    outstanding--;
    if (waiting.length > 0) sendWaiting();
    traffic.onEnded(exchange.doneAtNs);
    options.onFinish(exchange, ending);
    if (outstanding === 0) settle();
  }

  function expire(): void {
    const nowNs = clock();
    for (const exchange of underway) {
      if (exchange.over) continue;
      if (nowNs - exchange.intendedAtNs < timeoutNs) break;
      const where = Number.isNaN(exchange.sentAtNs) ? 'while it waited for a connection' : 'without a whole answer';
      exchange.doneAtNs = nowNs;
      finish(exchange, {
        kind: 'failed',
        outcome: 'timeout',
        reason: `timed out after ${options.timeoutMs} ms ${where}`,
      });
      exchange.abort?.();
    }
    const first = underway.findIndex(({ over }) => !over);
    underway = first === -1 ? [] : underway.slice(first);
  }

  function drained(): Promise<void> {
    return outstanding === 0 ? Promise.resolve() : new Promise((resolve) => onDrained.push(resolve));
  }

  function settle(): void {
    const settled = onDrained;
    onDrained = [];
    for (const resolve of settled) resolve();
  }

  function abandon(): void {
    traffic.onEnded = () => undefined;
    for (const exchange of underway) {
      if (exchange.over) continue;
      exchange.over = true;
      exchange.abort?.();
    }
    underway = [];
    outstanding = 0;
    settle();
  }

  async function close(): Promise<void> {
    clearInterval(sweep);
    await driver.close();
  }

  return traffic;
}
