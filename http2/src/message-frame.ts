/** Compressed-flag and length (grpc/doc/PROTOCOL-HTTP2.md, "Length-Prefixed-Message"). */
const PREFIX_BYTES = 5;

/** A message as it goes on the wire, uncompressed. */
export function frameMessage(message: Buffer): Buffer {
  const framed = Buffer.allocUnsafe(PREFIX_BYTES + message.length);
  framed.writeUInt8(0, 0);
  framed.writeUInt32BE(message.length, 1);
  message.copy(framed, PREFIX_BYTES);
  return framed;
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
