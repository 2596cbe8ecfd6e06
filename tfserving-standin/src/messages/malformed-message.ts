/** Bytes that are not a serialized message of the type they should be. gRPC answers INTERNAL with an empty text to them. */
export class MalformedMessage extends Error {
  override readonly name = 'MalformedMessage';
}
