import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { errorResponseSchema } from '@serving-study/serving-kit';
import { ATTACKS, HALF, LONGEST_ANSWER_BYTES, MOST_GROWTH_MB, peakMb, post } from './attacks.js';
import { startStandin } from './contestants.js';
import { PROGRAMS } from './programs.js';
import { startService, type ServiceProcess } from './service-process.js';

for (const variant of ['flask-style', 'flask-style session', 'flask-style threads', 'proxy', 'tuned proxy'] as const)
  describe(`${variant} under attack`, () => {
    let service: ServiceProcess;
    let server: Awaited<ReturnType<typeof startStandin>> | undefined;
    let url: string;
    before(async () => {
      const isProxy = variant.endsWith('proxy');
      server = isProxy ? await startStandin(HALF) : undefined;
      service = await startService(
        PROGRAMS[variant],
        server === undefined
          ? { STUDY_MODEL_NAME: HALF.name, STUDY_MODEL_BASE_PATH: HALF.basePath }
          : { STUDY_TFSERVING_GRPC: `${server.host}:${server.grpcPort}` },
      );
      url = `${service.url}/v1/models/half_plus_two:predict`;
    });
    after(async () => {
      await service[Symbol.asyncDispose]();
      await server?.stop();
    });

    for (const { what, status, text, bytes, gzip } of ATTACKS)
      it(what, async () => {
        const earlierMb = peakMb(service.pid);
        const answer = await post(url, bytes(), gzip);
        assert.equal(answer.status, status);
        assert.match(errorResponseSchema.parse(JSON.parse(answer.text)).error, text);
        assert.ok(answer.text.length < LONGEST_ANSWER_BYTES);
        const growthMb = peakMb(service.pid) - earlierMb;
        assert.ok(growthMb < MOST_GROWTH_MB, `${growthMb} MB`);
        assert.equal((await post(url, '{"instances":[1]}')).status, 200);
      });

    it('requests of one connection that are sent on and on, and no answer read', async () => {
      const { port, hostname } = new URL(service.url);
      const socket = connect(Number(port), hostname).on('error', () => undefined);
      const closed = new Promise((resolve) => socket.once('close', resolve));
      socket.pause().write('GET /v1/models/half_plus_two HTTP/1.1\r\nHost: a\r\n\r\n'.repeat(200_000));
      await closed;
      assert.equal((await post(url, '{"instances":[1]}')).status, 200);
    });
  });
