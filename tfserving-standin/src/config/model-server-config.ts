import { loadMessages } from '@serving-study/protos';
import type protobuf from 'protobufjs';

/** Which of the versions found under a base path should be served. */
export type VersionPolicy =
  | { readonly kind: 'latest'; readonly count: number }
  | { readonly kind: 'all' }
  | { readonly kind: 'specific'; readonly versions: readonly bigint[] };

export interface ModelConfig {
  readonly name: string;
  readonly basePath: string;
  /** `tensorflow` for every model that can be served; empty when the config names none. */
  readonly platform: string;
  readonly policy: VersionPolicy;
  readonly labels: ReadonlyMap<string, bigint>;
  readonly hasLogging: boolean;
}

/** tensorflow.serving.ModelServerConfig: the models a server should serve, all of them. */
export type ModelServerConfig =
  | { readonly kind: 'list'; readonly models: readonly ModelConfig[] }
  | { readonly kind: 'custom' }
  | { readonly kind: 'none' };

/** As protobufjs writes it with 64-bit integers as text and every field present. */
interface ModelMessage {
  name: string;
  base_path: string;
  model_type: number;
  model_platform: string;
  logging_config: object | null;
  model_version_policy: { latest?: { num_versions: number }; all?: object; specific?: { versions: string[] } } | null;
  version_labels: Record<string, string>;
}
interface ConfigMessage {
  model_config_list?: { config: ModelMessage[] };
  custom_model_config?: object;
}

const MODEL_TYPE_TENSORFLOW = 1;

/** Reads the message `tensorflow.serving.ModelServerConfig` as protobufjs decodes or parses it. */
export function modelServerConfigFromMessage(message: protobuf.Message): ModelServerConfig {
  const type = loadMessages().lookupType('tensorflow.serving.ModelServerConfig');
  const config: ConfigMessage = type.toObject(message, { longs: String, defaults: true });
  if (config.model_config_list !== undefined)
    return { kind: 'list', models: config.model_config_list.config.map(modelFromMessage) };
  return config.custom_model_config === undefined ? { kind: 'none' } : { kind: 'custom' };
}

function modelFromMessage(model: ModelMessage): ModelConfig {
  return {
    name: model.name,
    basePath: model.base_path,
    // the deprecated way to name the platform
    platform: model.model_type === MODEL_TYPE_TENSORFLOW ? 'tensorflow' : model.model_platform,
    policy: policyFromMessage(model.model_version_policy ?? {}),
    labels: new Map(Object.entries(model.version_labels).map(([label, version]) => [label, BigInt(version)])),
    hasLogging: model.logging_config !== null,
  };
}

function policyFromMessage(policy: NonNullable<ModelMessage['model_version_policy']>): VersionPolicy {
  if (policy.all !== undefined) return { kind: 'all' };
  if (policy.specific !== undefined) return { kind: 'specific', versions: policy.specific.versions.map(BigInt) };
  return { kind: 'latest', count: Math.max(1, policy.latest?.num_versions ?? 1) };
}
