import { once } from 'node:events';
import { connect } from 'node:net';

const PINGS = 11;

/** Median round trip of single bytes to an echo, one after another on one open connection, in milliseconds. */
export async function measureRttMs(port: number): Promise<number> {
  const socket = connect({ host: '127.0.0.1', port, noDelay: true });
  try {
    await once(socket, 'connect');
    const times: number[] = [];
    // The first carries the connection's set-up and is not counted.
    for (let ping = 0; ping <= PINGS; ping++) {
      const sentAt = performance.now();
      const answered = once(socket, 'data');
      socket.write('.');
      await answered;
      if (ping > 0) times.push(performance.now() - sentAt);
    }
    times.sort((a, b) => a - b);
    return times[Math.floor(times.length / 2)] ?? Number.NaN;
  } finally {
    socket.destroy();
  }
}
