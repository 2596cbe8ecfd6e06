import type { ContestantDefinition } from './definition.js';
import { pythonServer, type PythonServer } from './python-server.js';

/** The real Flask under gunicorn: shows how well Express stands in for it. */
export function flaskControl(
  id: string,
  label: string,
  role: PythonServer['role'],
  workers: number,
  threads: number,
): ContestantDefinition {
  return pythonServer({
    id,
    label,
    role,
    runner: 'gunicorn',
    args: (folder, port) => [
      ...['--chdir', folder],
      ...['--bind', `127.0.0.1:${port}`],
      ...['--workers', String(workers)],
      ...['--threads', String(threads)],
      ...['--timeout', '120'],
      'app:app',
    ],
  });
}
