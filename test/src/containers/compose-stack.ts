import assert from 'node:assert/strict';
import { docker, lines } from './docker.js';

/** A compose project of its own, from this checkout's files. */
export class ComposeStack implements AsyncDisposable {
  readonly project: string;
  readonly #environment: NodeJS.ProcessEnv;
  readonly #files: readonly string[];

  constructor(name: string, environment: NodeJS.ProcessEnv = {}, files: readonly string[] = []) {
    this.project = `study-test-${name}-${process.pid}`;
    this.#environment = environment;
    this.#files = ['docker-compose.yml', ...files].flatMap((file) => ['--file', file]);
  }

  /** The arguments of `docker` for a compose command. */
  args(...args: readonly string[]): string[] {
    return ['compose', '--project-name', this.project, ...this.#files, ...args];
  }

  compose(...args: readonly string[]): Promise<string> {
    return docker(this.args(...args), this.#environment);
  }

  /** Starts services, by default all without a profile, and waits until they are healthy. */
  up(...args: readonly string[]): Promise<string> {
    return this.compose('up', '--detach', '--wait', ...args);
  }

  /** Ids of a service's containers, running or not. */
  async ids(service: string): Promise<string[]> {
    return lines(await this.compose('ps', '--all', '--quiet', service));
  }

  /** The only container of a service. */
  async id(service: string): Promise<string> {
    const [id, ...others] = await this.ids(service);
    assert.ok(id !== undefined && others.length === 0, `${service} has ${others.length + 1} containers`);
    return id;
  }

  async url(service: string, port: number, index = 1): Promise<string> {
    return `http://${await this.compose('port', '--index', String(index), service, String(port))}`;
  }

  logs(service: string): Promise<string> {
    return this.compose('logs', '--no-color', service);
  }

  /** Removes everything, and asserts that nothing is left. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.compose('--profile', '*', 'down', '--volumes', '--timeout', '5');
    const ours = ['--quiet', '--filter', `label=com.docker.compose.project=${this.project}`];
    for (const kind of [
      ['ps', '--all'],
      ['network', 'ls'],
      ['volume', 'ls'],
    ])
      assert.equal(await docker([...kind, ...ours]), '', `left after down: ${kind.join(' ')}`);
  }
}
