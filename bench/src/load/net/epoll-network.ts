import { isIPv6 } from 'node:net';
import { clock } from './clock.js';
import { SocketError, type Endpoint, type Network, type Socket, type SocketEvents } from './network.js';
import { LINUX, type SystemCalls } from './system-calls.js';

/** struct epoll_event in words of 32 bits: packed on x86-64 only. */
const EVENT_WORDS = process.arch === 'x64' ? 3 : 4;
/** Where its data begins: a descriptor and a serial number. */
const DATA_WORD = EVENT_WORDS - 2;
const MOST_EVENTS = 256;
/** One buffer receives for all sockets: larger than most answers, so that one call reads them. */
const RECEIVE_BYTES = 256 * 1024;
const BACKLOG = 1024;
const LONGEST_ADDRESS_BYTES = 28;
const ON = Int32Array.of(1);
/** struct linger: on, for no time. */
const RESET_ON_CLOSE = Int32Array.of(1, 0);

/** What epoll knows by a descriptor. */
interface Watched {
  /** Tells an event of this one from an older one's that had the same descriptor. */
  readonly serial: number;
  /** `ready`: the events of epoll that hold. */
  onReady(ready: number): void;
  close(): void;
}

/**
 * Sockets on system calls. A request costs `send`, `epoll_wait` and `recv`, and nothing of an event loop. Instants come from a
 * timerfd in the same `epoll_wait`: it is exact where timeouts of epoll are whole milliseconds, and timer slack does not apply
 * to it.
 */
export class EpollNetwork implements Network {
  opened = 0;
  readonly calls: SystemCalls;
  /** Where all sockets receive. */
  readonly receiveBuffer = Buffer.allocUnsafeSlow(RECEIVE_BYTES);
  readonly #epoll: number;
  readonly #timer: number;
  readonly #events = new Int32Array(MOST_EVENTS * EVENT_WORDS);
  readonly #event = new Int32Array(EVENT_WORDS);
  /** By descriptor. */
  readonly #watched: (Watched | undefined)[] = [];
  readonly #failures: (() => void)[] = [];
  /** struct itimerspec: the interval, then the instant, each in seconds and nanoseconds. */
  readonly #instant = new BigInt64Array(4);
  readonly #expirations = Buffer.alloc(8);
  #armedForNs = Number.POSITIVE_INFINITY;
  #serial = 0;

  constructor(calls: SystemCalls) {
    this.calls = calls;
    this.#epoll = this.check('epoll_create1', calls.epollCreate(LINUX.SOCK_CLOEXEC));
    this.#timer = this.check(
      'timerfd_create',
      calls.timerCreate(LINUX.CLOCK_MONOTONIC, LINUX.SOCK_NONBLOCK | LINUX.SOCK_CLOEXEC),
    );
    this.watch(this.#timer, LINUX.EPOLLIN, {
      serial: 0,
      onReady: () => {
        this.#armedForNs = Number.POSITIVE_INFINITY;
        calls.read(this.#timer, this.#expirations, this.#expirations.length);
      },
      close: () => {
        this.closeWatched(this.#timer);
      },
    });
  }

  connect(to: Endpoint, events: SocketEvents): Socket {
    const { calls } = this;
    this.opened += 1;
    const where = `${to.host}:${to.port}`;
    const address = this.#encodeAddress(to);
    const fd = this.check('socket', this.#open(to));
    const isConnected = calls.connect(fd, address, address.length) === 0;
    const errno = isConnected ? 0 : calls.errno();
    const socket = new EpollSocket(this, fd, where, isConnected);
    socket.events = events;
    if (!isConnected && errno !== LINUX.EINPROGRESS) socket.fail('connect', errno);
    return socket;
  }

  listen(at: Endpoint, accept: (socket: Socket) => SocketEvents): number {
    const { calls } = this;
    const address = this.#encodeAddress(at);
    const fd = this.check('socket', this.#open(at));
    const where = `${at.host}:${at.port}`;
    calls.setsockopt(fd, LINUX.SOL_SOCKET, LINUX.SO_REUSEADDR, ON, 4);
    try {
      this.check('bind', calls.bind(fd, address, address.length), where);
      this.check('listen', calls.listen(fd, BACKLOG), where);
    } catch (error) {
      calls.close(fd);
      throw error;
    }
    this.watch(fd, LINUX.EPOLLIN, {
      serial: this.nextSerial(),
      onReady: () => {
        this.#accept(fd, accept);
      },
      close: () => {
        this.closeWatched(fd);
      },
    });
    const bound = Buffer.alloc(LONGEST_ADDRESS_BYTES);
    this.check('getsockname', calls.getsockname(fd, bound, Int32Array.of(bound.length)));
    return bound.readUInt16BE(2);
  }

  wait(untilNs: number, atMostMs: number): void {
    if (this.#failures.length > 0) {
      for (const tell of this.#failures.splice(0)) tell();
      return;
    }
    let timeoutMs = atMostMs;
    if (untilNs !== Number.POSITIVE_INFINITY) {
      const leftNs = untilNs - clock();
      if (leftNs <= 0) timeoutMs = 0;
      else if (leftNs < atMostMs * 1e6) this.#arm(untilNs);
    }
    const events = this.#events;
    const count = this.calls.epollWait(this.#epoll, events, MOST_EVENTS, timeoutMs);
    for (let word = 0; word < count * EVENT_WORDS; word += EVENT_WORDS) {
      const watched = this.#watched[events[word + DATA_WORD] ?? -1];
      if (watched !== undefined && watched.serial === events[word + DATA_WORD + 1]) watched.onReady(events[word] ?? 0);
    }
  }

  close(): void {
    for (const watched of this.#watched) watched?.close();
    this.#failures.length = 0;
    this.calls.close(this.#epoll);
  }

  nextSerial(): number {
    this.#serial = (this.#serial + 1) | 0;
    return this.#serial;
  }

  watch(fd: number, interest: number, watched: Watched): void {
    this.#watched[fd] = watched;
    this.#control(LINUX.EPOLL_CTL_ADD, fd, interest, watched.serial);
  }

  changeInterest(fd: number, interest: number, serial: number): void {
    this.#control(LINUX.EPOLL_CTL_MOD, fd, interest, serial);
  }

  /** Closes a watched descriptor; closing also makes epoll forget it. */
  closeWatched(fd: number): void {
    this.#watched[fd] = undefined;
    this.calls.close(fd);
  }

  /** Not watched any more, and open. */
  unwatch(fd: number): void {
    this.calls.epollCtl(this.#epoll, LINUX.EPOLL_CTL_DEL, fd, null);
  }

  /** Calls `tell` in the next `wait`. */
  later(tell: () => void): void {
    this.#failures.push(tell);
  }

  /** @throws SocketError when the result of a call is -1. */
  check(call: string, result: number, where = ''): number {
    if (result < 0) throw SocketError.of(call, this.calls.errno(), where);
    return result;
  }

  #accept(fd: number, accept: (socket: Socket) => SocketEvents): void {
    const accepted = this.calls.accept4(fd, null, null, LINUX.SOCK_NONBLOCK | LINUX.SOCK_CLOEXEC);
    if (accepted < 0) {
      const errno = this.calls.errno();
      // Without a free descriptor every wait would end at once. Otherwise: a client may have given up by now.
      if (errno === LINUX.EMFILE || errno === LINUX.ENFILE) throw SocketError.of('accept', errno);
      return;
    }
    this.calls.setsockopt(accepted, LINUX.IPPROTO_TCP, LINUX.TCP_NODELAY, ON, 4);
    const socket = new EpollSocket(this, accepted, '', true);
    socket.events = accept(socket);
  }

  #control(operation: number, fd: number, interest: number, serial: number): void {
    this.#event[0] = interest;
    this.#event[DATA_WORD] = fd;
    this.#event[DATA_WORD + 1] = serial;
    this.check('epoll_ctl', this.calls.epollCtl(this.#epoll, operation, fd, this.#event));
  }

  #arm(instantNs: number): void {
    if (this.#armedForNs === instantNs) return;
    this.#armedForNs = instantNs;
    const atNs = Math.ceil(instantNs);
    const seconds = Math.floor(atNs / 1e9);
    this.#instant[2] = BigInt(seconds);
    this.#instant[3] = BigInt(atNs - seconds * 1e9);
    this.calls.timerSet(this.#timer, LINUX.TFD_TIMER_ABSTIME, this.#instant, null);
  }

  #open({ host }: Endpoint): number {
    const fd = this.calls.socket(
      isIPv6(host) ? LINUX.AF_INET6 : LINUX.AF_INET,
      LINUX.SOCK_STREAM | LINUX.SOCK_NONBLOCK | LINUX.SOCK_CLOEXEC,
      0,
    );
    if (fd >= 0) this.calls.setsockopt(fd, LINUX.IPPROTO_TCP, LINUX.TCP_NODELAY, ON, 4);
    return fd;
  }

  /** struct sockaddr_in or sockaddr_in6. @throws RangeError for what is no numeric address. */
  #encodeAddress({ host, port }: Endpoint): Buffer {
    const isV6 = isIPv6(host);
    const address = Buffer.alloc(isV6 ? LONGEST_ADDRESS_BYTES : 16);
    new Uint16Array(address.buffer, address.byteOffset, 1)[0] = isV6 ? LINUX.AF_INET6 : LINUX.AF_INET;
    address.writeUInt16BE(port, 2);
    const isAddress =
      this.calls.inetPton(isV6 ? LINUX.AF_INET6 : LINUX.AF_INET, host, address.subarray(isV6 ? 8 : 4)) === 1;
    if (!isAddress) throw new RangeError(`${host} is no numeric address`);
    return address;
  }
}

class EpollSocket implements Socket, Watched {
  readonly serial: number;
  /** Set before anything can happen. */
  events!: SocketEvents;
  unsentBytes = 0;
  readonly #network: EpollNetwork;
  readonly #calls: SystemCalls;
  readonly #fd: number;
  readonly #where: string;
  #unsent: Buffer[] = [];
  #interest: number;
  #isConnected: boolean;
  #isPaused = false;
  #isEnded = false;
  #endsWhenSent = false;
  #isClosed = false;
  /** Closed by its owner, who hears no more of it. */
  #isSilent = false;

  constructor(network: EpollNetwork, fd: number, where: string, isConnected: boolean) {
    this.#network = network;
    this.#calls = network.calls;
    this.#fd = fd;
    this.#where = where;
    this.#isConnected = isConnected;
    this.serial = network.nextSerial();
    this.#interest = isConnected ? LINUX.EPOLLIN : LINUX.EPOLLIN | LINUX.EPOLLOUT;
    network.watch(fd, this.#interest, this);
  }

  send(bytes: Buffer): void {
    if (this.#isClosed || bytes.length === 0) return;
    if (!this.#isConnected || this.#unsent.length > 0) {
      this.#keep(bytes);
      return;
    }
    const sent = this.#calls.send(this.#fd, bytes, bytes.length, LINUX.MSG_NOSIGNAL);
    if (sent === bytes.length) return;
    if (sent < 0) {
      const errno = this.#calls.errno();
      if (errno !== LINUX.EAGAIN && errno !== LINUX.EINTR) {
        this.fail('write', errno);
        return;
      }
    }
    this.#keep(bytes.subarray(Math.max(0, sent)));
    this.#updateInterest();
  }

  pause(): void {
    this.#isPaused = true;
    this.#updateInterest();
  }

  resume(): void {
    this.#isPaused = false;
    this.#updateInterest();
  }

  end(): void {
    this.#endsWhenSent = true;
    if (!this.#isClosed && this.#isConnected && this.#unsent.length === 0)
      this.#calls.shutdown(this.#fd, LINUX.SHUT_WR);
  }

  reset(): void {
    if (!this.#isClosed) this.#calls.setsockopt(this.#fd, LINUX.SOL_SOCKET, LINUX.SO_LINGER, RESET_ON_CLOSE, 8);
    this.close();
  }

  close(): void {
    this.#isSilent = true;
    this.#closeNow();
  }

  /** Closes now and tells why later: whoever called may be in the middle of something. */
  fail(call: string, errno: number): void {
    const error = SocketError.of(call, errno, call === 'connect' ? this.#where : '');
    this.#closeNow();
    this.#network.later(() => {
      if (!this.#isSilent) this.events.onError(error);
    });
  }

  onReady(ready: number): void {
    if (!this.#isConnected && !this.#finishConnecting(ready)) return;
    // Reads first: what the peer said before it broke the connection is passed on, even where sending fails by now.
    if ((ready & (LINUX.EPOLLIN | LINUX.EPOLLHUP | LINUX.EPOLLERR)) !== 0) this.#receive(ready);
    if ((ready & LINUX.EPOLLOUT) !== 0 && this.#unsent.length > 0) this.#sendUnsent();
  }

  #receive(ready: number): void {
    if (this.#isEnded) {
      // Both sides have ended, or the connection broke while only sending was left: epoll reports it whatever is asked of it.
      this.#network.unwatch(this.#fd);
      if ((ready & LINUX.EPOLLERR) !== 0) this.fail('read', this.#pendingError());
      return;
    }
    const buffer = this.#network.receiveBuffer;
    const received = this.#calls.recv(this.#fd, buffer, buffer.length, 0);
    if (received > 0) {
      this.events.onBytes(buffer.subarray(0, received));
    } else if (received === 0) {
      this.#isEnded = true;
      this.#updateInterest();
      this.events.onEnd();
    } else {
      const errno = this.#calls.errno();
      if (errno !== LINUX.EAGAIN && errno !== LINUX.EINTR) this.fail('read', errno);
    }
  }

  #finishConnecting(ready: number): boolean {
    if ((ready & (LINUX.EPOLLOUT | LINUX.EPOLLERR | LINUX.EPOLLHUP)) === 0) return false;
    const errno = this.#pendingError();
    if (errno !== 0) {
      this.fail('connect', errno);
      return false;
    }
    this.#isConnected = true;
    if (this.#unsent.length === 0) {
      this.#updateInterest();
      if (this.#endsWhenSent) this.end();
    }
    return true;
  }

  #closeNow(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#unsent = [];
    this.unsentBytes = 0;
    this.#network.closeWatched(this.#fd);
  }

  #pendingError(): number {
    const value = Int32Array.of(0);
    this.#calls.getsockopt(this.#fd, LINUX.SOL_SOCKET, LINUX.SO_ERROR, value, Int32Array.of(4));
    return value[0] ?? 0;
  }

  #keep(bytes: Buffer): void {
    this.#unsent.push(bytes);
    this.unsentBytes += bytes.length;
  }

  #sendUnsent(): void {
    for (let [bytes] = this.#unsent; bytes !== undefined; [bytes] = this.#unsent) {
      const sent = this.#calls.send(this.#fd, bytes, bytes.length, LINUX.MSG_NOSIGNAL);
      if (sent < 0) {
        const errno = this.#calls.errno();
        if (errno !== LINUX.EAGAIN && errno !== LINUX.EINTR) this.fail('write', errno);
        return;
      }
      this.unsentBytes -= sent;
      if (sent < bytes.length) {
        this.#unsent[0] = bytes.subarray(sent);
        return;
      }
      this.#unsent.shift();
    }
    this.#updateInterest();
    if (this.#endsWhenSent) this.end();
    this.events.onDrain?.();
  }

  #updateInterest(): void {
    if (this.#isClosed) return;
    const reads = this.#isPaused || this.#isEnded ? 0 : LINUX.EPOLLIN;
    const interest = reads | (this.#isConnected && this.#unsent.length === 0 ? 0 : LINUX.EPOLLOUT);
    if (interest === this.#interest) return;
    this.#interest = interest;
    this.#network.changeInterest(this.#fd, interest, this.serial);
  }
}
