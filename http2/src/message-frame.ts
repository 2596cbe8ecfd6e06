/** Compressed-flag and length (grpc/doc/PROTOCOL-HTTP2.md, "Length-Prefixed-Message"). */
const PREFIX_BYTES = 5;

/** A message as it goes on the wire, uncompressed. */
export function frameMessage(message: Uint8Array): Buffer {
  const framed = Buffer.allocUnsafe(PREFIX_BYTES + message.length);
  framed.writeUInt8(0, 0);
  framed.writeUInt32BE(message.length, 1);
  framed.set(message, PREFIX_BYTES);
  return framed;
}

/** How long a framed message says that it is, prefix and all, by its first piece; the piece's length where that is too short. */
export function announcedBytes(piece: Buffer): number {
  return piece.length < PREFIX_BYTES ? piece.length : PREFIX_BYTES + piece.readUInt32BE(1);
}

/** The one message of a unary answer. @throws Error when there is not exactly one, uncompressed. */
export function unframeMessage(framed: Buffer): Buffer {
  if (framed.length < PREFIX_BYTES) throw new Error('the answer holds no message');
  if (framed.readUInt8(0) !== 0) throw new Error('the answer is compressed, which was not asked for');
  const length = framed.readUInt32BE(1);
  if (framed.length !== PREFIX_BYTES + length) {
    throw new Error(`the answer holds ${framed.length - PREFIX_BYTES} bytes for a message of ${length}`);
  }
  return framed.subarray(PREFIX_BYTES);
}
