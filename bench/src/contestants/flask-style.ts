import { fileURLToPath } from 'node:url';
import { contestantRecord, type ContestantDefinition } from './definition.js';
import { affinity, modelEnvironment, startOwnService } from './own-service.js';

const MAIN = fileURLToPath(new URL('../../../flask-style-server/dist/main.js', import.meta.url));

/** The model loaded by hand in an Express process, as a Flask app does. */
export const flaskStyle: ContestantDefinition = {
  id: 'flask-style',
  label: 'Flask style (Express, model in process)',
  role: 'subject',
  family: 'flask-style',
  protocol: 'rest',
  onServing: false,
  missing: () => undefined,
  async start(launch, context) {
    const { server, url, readyMs } = await startOwnService({
      name: this.id,
      args: [MAIN],
      env: modelEnvironment(launch),
      ...affinity(launch),
      logFile: context.logFile,
    });
    return {
      contestant: contestantRecord(this, context, server.commandLine),
      launch,
      target: { kind: 'rest', url, headers: {} },
      processes: [{ name: this.id, pid: server.pid }],
      readyMs,
      stop: () => server.stop(),
    };
  },
};
