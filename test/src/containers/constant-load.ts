import { setTimeout as sleep } from 'node:timers/promises';

/** One grey image. */
export const BODY = JSON.stringify({
  instances: [Array.from({ length: 28 }, () => Array.from({ length: 28 }, () => [0.5]))],
});

export interface Counts {
  /** By HTTP status, with the reason of a failure, or by the code of the error where no answer came. */
  readonly by: Readonly<Record<string, number>>;
  readonly right: number;
  readonly failed: number;
  /** From the send to the answer, at most. */
  readonly longestMs: number;
}

const PAUSE_MS = 5;

/** Clients that predict again and again, each after its answer, until they are stopped. */
export class ConstantLoad {
  readonly #by = new Map<string, number>();
  #longestMs = 0;
  #stopped = false;
  readonly #workers: readonly Promise<void>[];

  constructor(url: string, clients = 8) {
    this.#workers = Array.from({ length: clients }, () => this.#work(`${url}/v1/models/fashion-cnn:predict`));
  }

  /** So far. */
  get counts(): Counts {
    const by = Object.fromEntries(this.#by);
    const right = by['200'] ?? 0;
    const all = [...this.#by.values()].reduce((sum, count) => sum + count, 0);
    return { by, right, failed: all - right, longestMs: Math.round(this.#longestMs) };
  }

  /** Ends it once each client has its last answer. */
  async stop(): Promise<Counts> {
    this.#stopped = true;
    await Promise.all(this.#workers);
    return this.counts;
  }

  async #work(url: string): Promise<void> {
    while (!this.#stopped) {
      const startedAtMs = performance.now();
      const outcome = await predict(url);
      this.#longestMs = Math.max(this.#longestMs, performance.now() - startedAtMs);
      this.#by.set(outcome, (this.#by.get(outcome) ?? 0) + 1);
      await sleep(PAUSE_MS);
    }
  }
}

async function predict(url: string): Promise<string> {
  try {
    const answer = await fetch(url, { method: 'POST', body: BODY });
    const text = await answer.text();
    return answer.ok ? String(answer.status) : `${answer.status} ${text}`;
  } catch (error) {
    const { cause } = error as { cause?: { code?: string } };
    return cause?.code ?? String(error);
  }
}
