import type { SslConfig } from '../config/index.js';
import type { RequestMemory } from '../request-memory.js';
import type { Methods } from './call.js';
import { CallSlots } from './call-slots.js';
import { channelArguments } from './channel-arguments.js';
import { healthService } from './health-service.js';
import { listen, type Listener, type ListenAddress } from './http2-listener.js';
import { modelService, type Reload } from './model-service.js';
import { predictionService, type PredictionServiceOptions } from './prediction-service.js';
import { reflectionService } from './reflection-service.js';

export interface GrpcOptions extends PredictionServiceOptions {
  readonly reload: Reload;
  readonly memory: RequestMemory;
  /** TCP port, 0 for any free one; undefined for none. */
  readonly port: number | undefined;
  /** Address for it; the real server listens on IPv4 only. */
  readonly host?: string;
  /** --grpc_socket_path; undefined or '' for none. */
  readonly socketPath?: string;
  /** --grpc_max_threads. */
  readonly maxThreads: number;
  /** --enable_grpc_healthcheck_service. */
  readonly health: boolean;
  /** --grpc_channel_arguments. */
  readonly channelArguments: string;
  /** Contents of --ssl_config_file; plain text without it. */
  readonly tls?: SslConfig;
}

export interface GrpcServer {
  /** The TCP port; 0 when there is none. */
  readonly port: number;
  /** Takes no new calls, waits for those under way. */
  close(): Promise<void>;
}

/** Opens the gRPC port and socket. Rejects with StatusError when the arguments are wrong or an address is taken. */
export async function startGrpc(options: GrpcOptions): Promise<GrpcServer> {
  const rules = channelArguments(options.channelArguments);
  const methods: Methods = new Map([
    ...predictionService(options),
    ...modelService(options.manager, options.reload),
    ...reflectionService(),
    ...(options.health ? healthService() : []),
  ]);
  const addresses: ListenAddress[] = [];
  if (options.port !== undefined) addresses.push({ host: options.host ?? '0.0.0.0', port: options.port });
  if (options.socketPath !== undefined && options.socketPath !== '') addresses.push({ path: options.socketPath });
  const slots = new CallSlots(options.maxThreads);
  const listeners: Listener[] = [];
  const close = async (): Promise<void> => {
    await Promise.all(listeners.map((listener) => listener.close()));
  };
  try {
    for (const address of addresses)
      listeners.push(await listen(address, { methods, slots, memory: options.memory, rules, tls: options.tls }));
  } catch (error) {
    await close();
    throw error;
  }
  return { port: listeners.find(({ port }) => port !== 0)?.port ?? 0, close };
}
