import { loadMessages } from '@serving-study/protos';
import type protobuf from 'protobufjs';
import { StatusError } from '../status-error.js';

/** What serving gRPC over TLS needs; PEM texts, not paths. */
export interface SslConfig {
  readonly serverKey: string;
  readonly serverCert: string;
  /** Certificate authority for client certificates; empty = the system's. */
  readonly customCa: string;
  /** Clients must show a certificate. */
  readonly clientVerify: boolean;
}

/**
 * Reads the message `tensorflow.serving.SSLConfig`. Throws StatusError INVALID_ARGUMENT without a key or a certificate: no
 * client could ever connect.
 */
export function sslConfigFromMessage(message: protobuf.Message): SslConfig {
  const type = loadMessages().lookupType('tensorflow.serving.SSLConfig');
  const config = type.toObject(message, { defaults: true }) as {
    server_key: string;
    server_cert: string;
    custom_ca: string;
    client_verify: boolean;
  };
  for (const field of ['server_key', 'server_cert'] as const) {
    if (config[field] === '')
      throw new StatusError(
        'INVALID_ARGUMENT',
        `SSLConfig has no ${field}: it must hold the PEM text itself, not a path`,
      );
  }
  return {
    serverKey: config.server_key,
    serverCert: config.server_cert,
    customCa: config.custom_ca,
    clientVerify: config.client_verify,
  };
}
