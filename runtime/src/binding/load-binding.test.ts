import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { after, before, describe, it } from 'node:test';
import { runInProcess } from '../testing/run-in-process.js';
import { halfPlusTwo } from '../testing/tiny-models.js';
import { bindingPackage } from './binding-package.js';
import { loadBinding } from './load-binding.js';

describe('loadBinding', () => {
  let directory: string;
  before(async () => {
    directory = await halfPlusTwo();
  });
  after(() => rm(directory, { recursive: true }));

  it('says what to run when the binding is not built', () => {
    assert.throws(
      () => loadBinding({}, { ...bindingPackage(), lookedUpIn: '/nowhere' }),
      /not built \(nothing in \/nowhere\); run: npm run setup/,
    );
  });

  it('predicts, in one process with a session, on one and the same library file', () => {
    const bothWays = (first: string, second: string): string => `
      const { BoundModel, requireEngine, SavedModel } = await import(here + 'index.js');
      const { library } = await requireEngine();
      const directory = ${JSON.stringify(directory)};
      const x = { dtype: 'float', shape: [1], data: new Uint8Array(Float32Array.of(3).buffer) };
      const session = async () => {
        const model = await SavedModel.load(directory, { library });
        const [y] = await model.run(new Map([['x:0', x]]), ['y:0']);
        console.log('session', new Float32Array(y.data.buffer)[0]);
        return () => model.close();
      };
      const binding = async () => {
        const model = await BoundModel.load(directory);
        const y = model.run('serving_default', new Map([['x', x]])).get('y');
        console.log('binding', new Float32Array(y.data.buffer, y.data.byteOffset)[0]);
        return () => model[Symbol.dispose]();
      };
      const closeFirst = await ${first}();
      const closeSecond = await ${second}();
      const { readFileSync, realpathSync } = await import('node:fs');
      const mapped = readFileSync('/proc/self/maps', 'utf8').match(/\\S*libtensorflow_cc.so.2$/gm);
      console.log(new Set(mapped).size, mapped[0] === realpathSync(library.tensorflow));
      await closeFirst();
      await closeSecond();`;
    for (const [first, second] of [
      ['session', 'binding'],
      ['binding', 'session'],
    ] as const) {
      const { code, stdout, stderr } = runInProcess(bothWays(first, second));
      assert.equal(code, 0, stderr);
      assert.equal(stdout.replaceAll(/^\s*\n/gm, ''), `${first} 3.5\n${second} 3.5\n1 true\n`);
    }
  });

  it('loads in several worker threads of one process', () => {
    const { code, stdout, stderr } = runInProcess(`
      const { Worker } = await import('node:worker_threads');
      const source = \`
        const { parentPort } = await import('node:worker_threads');
        const { BoundModel } = await import('\${here}index.js');
        const model = await BoundModel.load(${JSON.stringify(directory)});
        const half = (n) => {
          const x = { dtype: 'float', shape: [1], data: new Uint8Array(Float32Array.of(n).buffer) };
          const { data } = model.run('serving_default', new Map([['x', x]])).get('y');
          return new Float32Array(data.buffer, data.byteOffset)[0];
        };
        for (let n = 0; n < 100; n += 1) half(n);
        parentPort.postMessage(half(3));\`;
      const answers = await Promise.all([0, 1, 2].map(() => new Promise((resolve, reject) => {
        const thread = new Worker(new URL('data:text/javascript,' + encodeURIComponent(source)));
        thread.once('message', resolve);
        thread.once('error', reject);
      })));
      console.log('answers ' + answers.join(' '));`);
    assert.equal(code, 0, stderr);
    assert.match(stdout, /^answers 3.5 3.5 3.5$/m);
  });
});
