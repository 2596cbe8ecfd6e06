/** What an instant server is to answer: the JSON of a REST answer, or an encoded message. */
export interface InstantService {
  readonly protocol: 'rest' | 'grpc';
  readonly answer: Uint8Array;
}

export interface ToInstantServer {
  readonly services: readonly InstantService[];
}

/** The ports of the services, in their order. */
export interface FromInstantServer {
  readonly ports: readonly number[];
}
