import { loadMessages } from '@serving-study/protos';
import type protobuf from 'protobufjs';
import { modelServerConfigFromMessage, type ModelServerConfig } from '../config/index.js';
import type { ModelManager } from '../core.js';
import { MalformedMessage } from '../messages/malformed-message.js';
import { readStatusRequest, writeReloadResponse, writeStatusResponse } from '../messages/model-messages.js';
import { StatusError } from '../status-error.js';
import type { Method } from './call.js';

/** Makes a config the one to serve; answers by how much each named metric grew meanwhile. */
export type Reload = (
  config: ModelServerConfig,
  metricNames: readonly string[],
) => Promise<readonly { readonly name: string; readonly increase: number }[]>;

/** tensorflow.serving.ModelService. */
export function modelService(manager: ModelManager, reload: Reload): Map<string, Method> {
  return new Map<string, Method>([
    [
      '/tensorflow.serving.ModelService/GetModelStatus',
      {
        kind: 'unary',
        handler: (bytes) => Promise.resolve(modelStatus(manager, bytes)),
        takesThread: true,
        isLarge: false,
      },
    ],
    [
      '/tensorflow.serving.ModelService/HandleReloadConfigRequest',
      {
        kind: 'unary',
        handler: async (bytes) => {
          const { config, metricNames } = readReloadRequest(bytes);
          return writeReloadResponse(await reload(config, metricNames));
        },
        takesThread: true,
        isLarge: false,
      },
    ],
  ]);
}

function modelStatus(manager: ModelManager, bytes: Buffer): Buffer {
  const model = readStatusRequest(bytes);
  if (model === undefined) throw new StatusError('INVALID_ARGUMENT', 'Missing ModelSpec');
  // A label is ignored here: all versions are answered.
  return writeStatusResponse(
    manager.status(model.name, model.choice.kind === 'version' ? model.choice.version : undefined),
  );
}

function readReloadRequest(bytes: Buffer): { config: ModelServerConfig; metricNames: readonly string[] } {
  let message: { config?: protobuf.Message | null; metric_names: string[] };
  try {
    message = loadMessages()
      .lookupType('tensorflow.serving.ReloadConfigRequest')
      .decode(bytes) as unknown as typeof message;
  } catch (cause) {
    throw new MalformedMessage('not a ReloadConfigRequest', { cause });
  }
  const config =
    message.config === null || message.config === undefined
      ? { kind: 'none' as const }
      : modelServerConfigFromMessage(message.config);
  return { config, metricNames: message.metric_names };
}
