/** A mistake in a text-format protobuf: `message` reads `<line>:<column>: <what>`, both counted from 1, as protobuf prints it. */
export class TextFormatError extends Error {
  override readonly name = 'TextFormatError';

  constructor(line: number, column: number, what: string) {
    super(`${line}:${column}: ${what}`);
  }
}
