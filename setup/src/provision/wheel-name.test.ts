import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { describe, it } from 'node:test';
import { runCommand } from './run-command.js';
import { defaultRelease, parseRelease, TENSORFLOW_VERSION } from './tensorflow-release.js';
import { fitsThisMachine, releaseFromWheelName } from './wheel-name.js';

describe('releases and wheel names', () => {
  it('reads what a person asks for as pip spells it', () => {
    assert.deepEqual(parseRelease('tensorflow==2.21.0'), { distribution: 'tensorflow', version: '2.21.0' });
    assert.deepEqual(parseRelease('TensorFlow_CPU'), { distribution: 'tensorflow-cpu', version: '2.21.0' });
    for (const wrong of ['', 'tensorflow>=2', 'tensorflow==', '../x', 'tensorflow==2 x'])
      assert.throws(() => parseRelease(wrong), /is not a distribution/);
  });

  it('takes the CPU build for the processor', () => {
    assert.equal(defaultRelease('x64').distribution, 'tensorflow-cpu');
    assert.equal(defaultRelease('arm64').distribution, 'tensorflow');
  });

  it('is what the Dockerfile takes for the processor it builds for', async () => {
    const dockerfile = await readFile(new URL('../../../Dockerfile', import.meta.url), 'utf8');
    const command = /^RUN (?:--mount=\S+ \\\n *)*(case (?:.*\\\n)*.*)/m.exec(dockerfile)?.[1] ?? 'exit 1';
    const version = /TENSORFLOW_VERSION=(\S+)/.exec(dockerfile)?.[1] ?? '';
    const downloads = async (variables: NodeJS.ProcessEnv): Promise<string> => {
      const environment = { ...process.env, TENSORFLOW_VERSION: version, ...variables };
      const result = await runCommand('sh', ['-c', `pip() { echo "$*"; }; ${command}`], { environment });
      return result.started ? result.stdout.trim() : result.reason;
    };
    for (const [docker, node] of [
      ['amd64', 'x64'],
      ['arm64', 'arm64'],
    ] as const) {
      const { distribution } = defaultRelease(node);
      const wanted = `download --no-deps --dest /wheel ${distribution}==${TENSORFLOW_VERSION}`;
      assert.equal(await downloads({ TARGETARCH: docker }), wanted);
    }
    assert.match(await downloads({ TARGETARCH: 'amd64', TENSORFLOW_DISTRIBUTION: 'tensorflow' }), / tensorflow==/);
  });

  it('reads distribution and release from the name of a wheel', () => {
    const name = '/somewhere/tensorflow_cpu-2.21.0-cp311-cp311-manylinux_2_27_x86_64.whl';
    assert.deepEqual(releaseFromWheelName(name, 'x64'), { distribution: 'tensorflow-cpu', version: '2.21.0' });
    assert.throws(() => releaseFromWheelName(name, 'arm64'), /is not for Linux on aarch64/);
    const arm = 'tensorflow-2.21.0-cp311-cp311-manylinux_2_27_aarch64.whl';
    assert.deepEqual(releaseFromWheelName(arm, 'arm64'), defaultRelease('arm64'));
    assert.throws(() => releaseFromWheelName('tensorflow.whl', 'x64'), /is not the name of a wheel/);
  });

  it('knows which platforms fit', () => {
    const fits = (platform: string, arch: NodeJS.Architecture): boolean =>
      fitsThisMachine(`tensorflow-2.21.0-cp312-cp312-${platform}.whl`, arch);
    assert.ok(fits('manylinux_2_27_x86_64', 'x64'));
    assert.ok(fits('manylinux_2_17_x86_64.manylinux2014_x86_64', 'x64'));
    assert.ok(fits('linux_aarch64', 'arm64'));
    assert.ok(!fits('musllinux_1_2_x86_64', 'x64'), 'another C library');
    assert.ok(!fits('macosx_12_0_arm64', 'arm64'));
    assert.ok(!fits('win_amd64', 'x64'));
    assert.ok(!fits('manylinux_2_27_x86_64', 's390x'));
  });
});
