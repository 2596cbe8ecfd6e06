/** What an instant server is to answer: the JSON of a REST answer, or an encoded message. It says the ports in their order. */
export interface InstantService {
  readonly protocol: 'rest' | 'grpc';
  readonly answer: Uint8Array;
}
