// Numbers of HTTP/2 (RFC 9113).

export const FRAME = {
  data: 0x0,
  headers: 0x1,
  priority: 0x2,
  rstStream: 0x3,
  settings: 0x4,
  pushPromise: 0x5,
  ping: 0x6,
  goaway: 0x7,
  windowUpdate: 0x8,
  continuation: 0x9,
} as const;

export const FLAG = { endStream: 0x1, ack: 0x1, endHeaders: 0x4, padded: 0x8, priority: 0x20 } as const;

export const SETTING = {
  headerTableSize: 0x1,
  enablePush: 0x2,
  maxConcurrentStreams: 0x3,
  initialWindowSize: 0x4,
  maxFrameSize: 0x5,
  maxHeaderListSize: 0x6,
} as const;

/** Error codes (section 7). */
export const CODE = {
  noError: 0x0,
  protocolError: 0x1,
  flowControlError: 0x3,
  streamClosed: 0x5,
  frameSizeError: 0x6,
  refusedStream: 0x7,
  cancel: 0x8,
  compressionError: 0x9,
  enhanceYourCalm: 0xb,
} as const;

export type ErrorNumber = (typeof CODE)[keyof typeof CODE];

/** What a client sends first (section 3.4). */
export const PREFACE = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');

export const FRAME_HEAD_BYTES = 9;
export const SETTING_BYTES = 6;
export const MAX_UINT31 = 2 ** 31 - 1;

/** Values of settings that hold until the peer says otherwise (section 6.5.2). */
export const INITIAL = { windowSize: 65_535, maxFrameSize: 16_384, headerTableSize: 4096 } as const;

/** The connection cannot go on: a GOAWAY with this code ends it (section 5.4.1). */
export class ConnectionError extends Error {
  readonly code: ErrorNumber;

  constructor(code: ErrorNumber, message: string) {
    super(message);
    this.name = 'ConnectionError';
    this.code = code;
  }
}
