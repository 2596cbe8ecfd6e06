import assert from 'node:assert/strict';
import { it } from 'node:test';
import { messageOf } from './message-of.js';

it('an error of several addresses says what each of them said', () => {
  const refused = ['::1', '127.0.0.1'].map((host) => new Error(`connect ECONNREFUSED ${host}:1`));
  assert.equal(messageOf(new AggregateError(refused)), 'connect ECONNREFUSED ::1:1; connect ECONNREFUSED 127.0.0.1:1');
  assert.equal(messageOf(new AggregateError(refused, 'none answered')), 'none answered');
  assert.equal(messageOf('text'), 'text');
});
