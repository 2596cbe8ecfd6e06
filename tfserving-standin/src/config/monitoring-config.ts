import { loadMessages } from '@serving-study/protos';
import type protobuf from 'protobufjs';

const DEFAULT_METRICS_PATH = '/monitoring/prometheus/metrics';

/** Path of the Prometheus page on the REST port; undefined when the config does not enable it. */
export function metricsPathFromMessage(message: protobuf.Message): string | undefined {
  const type = loadMessages().lookupType('tensorflow.serving.MonitoringConfig');
  const { prometheus_config: prometheus } = type.toObject(message) as {
    prometheus_config?: { enable?: boolean; path?: string };
  };
  if (prometheus?.enable !== true) return undefined;
  return prometheus.path === undefined || prometheus.path === '' ? DEFAULT_METRICS_PATH : prometheus.path;
}
