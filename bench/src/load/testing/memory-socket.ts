import assert from 'node:assert/strict';
import type { Socket } from '../net/index.js';

/** A socket without a network: keeps what it is given. The test says what is unsent. */
export class MemorySocket implements Socket {
  readonly sent: Buffer[] = [];
  isClosed = false;
  unsentBytes = 0;
  send(bytes: Buffer): void {
    assert.equal(this.isClosed, false);
    this.sent.push(Buffer.from(bytes));
  }
  close(): void {
    this.isClosed = true;
  }
  reset(): void {
    this.isClosed = true;
  }
  pause(): void {
    assert.fail('a connection reads at all times');
  }
  resume(): void {
    assert.fail('a connection reads at all times');
  }
  end(): void {
    assert.fail('a connection has no half');
  }
}
