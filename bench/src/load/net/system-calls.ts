/** The calls of Linux that sockets need. All are synchronous, and -1 means that `errno` says why. */
export interface SystemCalls {
  socket(domain: number, type: number, protocol: number): number;
  connect(fd: number, address: Buffer, length: number): number;
  bind(fd: number, address: Buffer, length: number): number;
  listen(fd: number, backlog: number): number;
  accept4(fd: number, address: null, length: null, flags: number): number;
  getsockname(fd: number, address: Buffer, length: Int32Array): number;
  getsockopt(fd: number, level: number, name: number, value: Int32Array, length: Int32Array): number;
  setsockopt(fd: number, level: number, name: number, value: Int32Array, length: number): number;
  send(fd: number, bytes: Buffer, length: number, flags: number): number;
  recv(fd: number, bytes: Buffer, length: number, flags: number): number;
  shutdown(fd: number, how: number): number;
  close(fd: number): number;
  read(fd: number, bytes: Buffer, length: number): number;
  epollCreate(flags: number): number;
  epollCtl(epoll: number, operation: number, fd: number, event: Int32Array | null): number;
  epollWait(epoll: number, events: Int32Array, most: number, timeoutMs: number): number;
  timerCreate(clock: number, flags: number): number;
  timerSet(fd: number, flags: number, at: BigInt64Array, before: null): number;
  /** Writes the bytes of a numeric address; 1 when it is one. */
  inetPton(family: number, text: string, bytes: Buffer): number;
  errno(): number;
}

/** @throws Error, with what to do, on another system than Linux, and where koffi has no binary for the machine. */
export async function loadSystemCalls(platform = process.platform): Promise<SystemCalls> {
  try {
    if (platform !== 'linux') throw new Error(`this is ${platform}`);
    const { default: koffi } = await import('koffi');
    const libc = koffi.load(null);
    const call = (declaration: string): never => libc.func(declaration) as never;
    return {
      socket: call('int socket(int, int, int)'),
      connect: call('int connect(int, void *, int)'),
      bind: call('int bind(int, void *, int)'),
      listen: call('int listen(int, int)'),
      accept4: call('int accept4(int, void *, void *, int)'),
      getsockname: call('int getsockname(int, void *, void *)'),
      getsockopt: call('int getsockopt(int, int, int, void *, void *)'),
      setsockopt: call('int setsockopt(int, int, int, void *, int)'),
      send: call('long send(int, void *, long, int)'),
      recv: call('long recv(int, void *, long, int)'),
      shutdown: call('int shutdown(int, int)'),
      close: call('int close(int)'),
      read: call('long read(int, void *, long)'),
      epollCreate: call('int epoll_create1(int)'),
      epollCtl: call('int epoll_ctl(int, int, int, void *)'),
      epollWait: call('int epoll_wait(int, void *, int, int)'),
      timerCreate: call('int timerfd_create(int, int)'),
      timerSet: call('int timerfd_settime(int, int, void *, void *)'),
      inetPton: call('int inet_pton(int, const char *, void *)'),
      errno: () => koffi.errno(),
    };
  } catch (cause) {
    const remedy = 'measure on such a machine, or have one generate the load (npm run bench -- --generators)';
    throw new Error(`the load generator needs Linux, and koffi's binary from npm ci: ${remedy}`, { cause });
  }
}

/** Numbers of Linux, the same on x86-64 and arm64. */
export const LINUX = {
  AF_INET: 2,
  AF_INET6: 10,
  SOCK_STREAM: 1,
  SOCK_NONBLOCK: 0x800,
  SOCK_CLOEXEC: 0x80000,
  SOL_SOCKET: 1,
  SO_REUSEADDR: 2,
  SO_ERROR: 4,
  SO_LINGER: 13,
  IPPROTO_TCP: 6,
  TCP_NODELAY: 1,
  MSG_NOSIGNAL: 0x4000,
  SHUT_WR: 1,
  EPOLL_CTL_ADD: 1,
  EPOLL_CTL_DEL: 2,
  EPOLL_CTL_MOD: 3,
  EPOLLIN: 0x1,
  EPOLLOUT: 0x4,
  EPOLLERR: 0x8,
  EPOLLHUP: 0x10,
  CLOCK_MONOTONIC: 1,
  TFD_TIMER_ABSTIME: 1,
  EINTR: 4,
  EAGAIN: 11,
  ENFILE: 23,
  EMFILE: 24,
  EINPROGRESS: 115,
} as const;
