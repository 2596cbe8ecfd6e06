import { setTimeout as delay } from 'node:timers/promises';
import { EnvHttpProxyAgent, fetch, type Response } from 'undici';
import { z } from 'zod';
import type { ImageReference } from './image-reference.js';

/** Until a connection is there, and until the first answer of a host: a machine without a route is told so within 5 s. */
const FIRST_ANSWER_MS = 4000;
/** Later answers, up to their head, and each pause in a body. */
const ANSWER_MS = 30_000;
const LARGEST_TOKEN_BYTES = 2 ** 20;
/** A registry that asks for a longer pause is left alone. */
const LONGEST_PAUSE_MS = 120_000;
const ATTEMPTS = 5;

const tokenAnswer = z.union([
  z.object({ token: z.string() }).transform(({ token }) => token),
  z.object({ access_token: z.string() }).transform(({ access_token }) => access_token),
]);

export interface RegistryOptions {
  readonly signal: AbortSignal;
  /** Names the proxies. */
  readonly environment: NodeJS.ProcessEnv;
  /** Said when the registry asks for a pause. */
  readonly say: (text: string) => void;
}

/**
 * Reads from one repository of an OCI registry without credentials: https://github.com/opencontainers/distribution-spec.
 * Proxies are taken from http_proxy, https_proxy and no_proxy. A redirect to another host is followed without the token.
 */
export class RegistryClient implements AsyncDisposable {
  readonly #image: ImageReference;
  readonly #options: RegistryOptions;
  readonly #agent: EnvHttpProxyAgent;
  readonly #answered = new Set<string>();
  #token: string | undefined;

  constructor(image: ImageReference, options: RegistryOptions) {
    this.#image = image;
    this.#options = options;
    this.#agent = new EnvHttpProxyAgent({
      bodyTimeout: ANSWER_MS,
      connect: { timeout: FIRST_ANSWER_MS },
      ...proxies(options.environment),
    });
  }

  /**
   * An answer with status 200, 206 or 416 for a path below the repository, e.g. `manifests/2.20.0`. Gets a token where one is
   * asked for, waits where a pause is asked for, tries again after a failure of the server or of a connection to a host that
   * has answered before. Throws with one sentence otherwise.
   */
  async get(path: string, headers: Record<string, string> = {}): Promise<Response> {
    const url = `${this.#image.registry}/v2/${this.#image.repository}/${path}`;
    let challenged = false;
    for (let attempt = 1; ; attempt += 1) {
      const token = this.#token === undefined ? {} : { authorization: `Bearer ${this.#token}` };
      // A body is checked by its digest as it was stored.
      const response = await this.#fetch(url, { ...headers, ...token, 'accept-encoding': 'identity' }).catch(
        async (error: unknown) => {
          if (attempt === ATTEMPTS || !this.#answered.has(new URL(url).host)) throw error;
          await this.#pause(reasonOf(error), 500 * 2 ** attempt);
        },
      );
      if (response === undefined) continue;
      if ([200, 206, 416].includes(response.status)) return response;
      await response.body?.cancel();
      if (response.status === 401 && !challenged) {
        challenged = true;
        this.#token = await this.#anonymousToken(response);
      } else if ((response.status === 429 || response.status >= 500) && attempt < ATTEMPTS) {
        const asked = response.headers.get('retry-after');
        await this.#pause(`status ${response.status}`, asked === null ? 500 * 2 ** attempt : retryAfterMs(asked));
      } else throw new Error(this.#refusal(response));
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#agent.destroy();
  }

  async #fetch(url: string, headers: Record<string, string>): Promise<Response> {
    const { host } = new URL(url);
    const limitMs = this.#answered.has(host) ? ANSWER_MS : FIRST_ANSWER_MS;
    const late = new AbortController();
    const timer = setTimeout(() => {
      late.abort(new Error(`no answer within ${limitMs / 1000} s`));
    }, limitMs);
    try {
      const signal = AbortSignal.any([this.#options.signal, late.signal]);
      const response = await fetch(url, { headers, dispatcher: this.#agent, signal });
      this.#answered.add(host);
      return response;
    } catch (error) {
      this.#options.signal.throwIfAborted();
      throw new Error(`${host} cannot be reached (${reasonOf(error)})`, { cause: error });
    } finally {
      clearTimeout(timer);
    }
  }

  /** Follows the challenge of a 401: https://distribution.github.io/distribution/spec/auth/token/ */
  async #anonymousToken(response: Response): Promise<string> {
    const challenge = response.headers.get('www-authenticate') ?? '';
    const said = new Map([...challenge.matchAll(/(\w+)="([^"]*)"/g)].map(([, key, value]) => [key, value]));
    const realm = said.get('realm');
    if (!/^bearer /i.test(challenge) || realm === undefined || !URL.canParse(realm))
      throw new Error(`${this.#where()} wants a login; only images that anyone may read can be fetched`);
    const url = new URL(realm);
    const { repository } = this.#image;
    url.searchParams.set('scope', said.get('scope') ?? `repository:${repository}:pull`);
    const service = said.get('service');
    if (service !== undefined) url.searchParams.set('service', service);
    const answer = await this.#fetch(url.href, {});
    const token = tokenAnswer.safeParse(parseJson(await readBody(answer, LARGEST_TOKEN_BYTES)));
    if (!answer.ok || !token.success) throw new Error(`${url.host} gives no token for ${repository} without a login`);
    return token.data;
  }

  async #pause(why: string, ms: number): Promise<void> {
    if (ms > LONGEST_PAUSE_MS)
      throw new Error(`${this.#where()} is busy and asks for a pause of ${Math.round(ms / 1000)} s; try again later`);
    this.#options.say(`${this.#where()} is not ready (${why}): trying again in ${Math.ceil(ms / 1000)} s`);
    const { signal } = this.#options;
    await delay(ms, undefined, { signal }).catch(() => {
      signal.throwIfAborted();
    });
  }

  #refusal({ status }: Response): string {
    const { repository, tag, digest } = this.#image;
    if (status === 404)
      return `${this.#where()} has no ${repository}${digest === undefined ? `:${tag}` : `@${digest}`}`;
    if (status === 401 || status === 403) return `${this.#where()} does not let anyone read ${repository}`;
    return `${this.#where()} answered ${status} for ${repository}`;
  }

  #where(): string {
    return new URL(this.#image.registry).host;
  }
}

/** Seconds or a date: https://www.rfc-editor.org/rfc/rfc9110#field.retry-after. What reads as neither is one second. */
function retryAfterMs(text: string): number {
  const seconds = Number(text);
  const ms = Number.isNaN(seconds) ? Date.parse(text) - Date.now() : seconds * 1000;
  return Number.isNaN(ms) ? 1000 : Math.max(0, ms);
}

/** Proxies by the usual variables, in small letters or capitals; without a scheme they are taken for `http://`, as curl does. */
function proxies(environment: NodeJS.ProcessEnv): EnvHttpProxyAgent.Options {
  const of = (name: string): string => environment[name] ?? environment[name.toUpperCase()] ?? '';
  const urlOf = (name: string): string => {
    const url = of(name).replace(/^(?!.*:\/\/)(?=.)/, 'http://');
    if (url === '' || URL.canParse(url)) return url;
    throw new Error(`the variable ${name} is no address of a proxy: "${of(name)}"`);
  };
  return { httpProxy: urlOf('http_proxy'), httpsProxy: urlOf('https_proxy'), noProxy: of('no_proxy') };
}

/** The body of an answer; undefined when it is longer than `largestBytes`. Throws with one sentence when it is cut. */
export async function readBody(response: Response, largestBytes: number): Promise<Buffer | undefined> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  try {
    for await (const chunk of response.body ?? []) {
      chunks.push(chunk as Uint8Array);
      bytes += (chunk as Uint8Array).length;
      if (bytes > largestBytes) return undefined;
    }
  } catch (cause) {
    throw new Error(`the answer of ${new URL(response.url).host} was cut (${reasonOf(cause)})`, { cause });
  }
  return Buffer.concat(chunks);
}

function parseJson(body: Buffer | undefined): unknown {
  try {
    return JSON.parse(String(body));
  } catch {
    return undefined; // as good as another shape
  }
}

/** The innermost message, its first line: undici's own says "fetch failed" only. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error instanceof AggregateError && error.errors.length > 0) return reasonOf(error.errors[0]);
  return error.cause === undefined ? (error.message.split('\n')[0] ?? '').trim() : reasonOf(error.cause);
}
