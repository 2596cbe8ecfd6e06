import { pythonServer } from './python-server.js';

/** The same model and the same work as Flask's under FastAPI: is Flask slow, or Python? */
export const fastapi = pythonServer({
  id: 'fastapi',
  label: 'FastAPI (uvicorn, 1 process)',
  role: 'variant',
  runner: 'uvicorn',
  args: (folder, port) => [
    ...['--app-dir', folder],
    ...['--host', '127.0.0.1', '--port', String(port)],
    // gunicorn writes no access log either; connections live as long as those of our own servers.
    ...['--no-access-log', '--timeout-keep-alive', '75'],
    'fastapi_app:app',
  ],
});
