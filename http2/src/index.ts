/** Frames (RFC 9113), HPACK (RFC 7541), a client's connection and gRPC's unary call on it, for whoever has sockets of its own. */
export { ClientConnection, type ClientSocket } from './client-connection.js';
export { ConnectionLost, type StreamEnd } from './client-stream.js';
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
export { GatheredBytes } from './gathered-bytes.js';
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
export { frameMessage } from './message-frame.js';
export { ReceiveWindow } from './receive-window.js';
export { GRPC, UnaryCall, type CallEnd, type GrpcStatus } from './unary-call.js';
