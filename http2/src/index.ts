/** Frames (RFC 9113) and HPACK (RFC 7541), for whoever writes a side of HTTP/2 on sockets of its own. */
export { fieldBytes, type Field } from './field.js';
export {
  frameAt,
  frameHead,
  HeaderBlock,
  readSettings,
  settingsPayload,
  uint32,
  withoutPadding,
  writeFrameHead,
  type Frame,
} from './frame.js';
export { HpackDecoder, type DecodedBlock } from './hpack-decoder.js';
export { HpackEncoder, type OutgoingField } from './hpack-encoder.js';
export {
  CODE,
  ConnectionError,
  FLAG,
  FRAME,
  FRAME_HEAD_BYTES,
  INITIAL,
  MAX_UINT31,
  PREFACE,
  SETTING,
  SETTING_BYTES,
  type ErrorNumber,
} from './protocol.js';
export { ReceiveWindow } from './receive-window.js';
