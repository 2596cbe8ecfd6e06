/** The signature a request means when it names none. */
export const DEFAULT_SIGNATURE = 'serving_default';

/** What a model URL names: always a model, sometimes a version (a decimal number, kept as text: it may exceed 2^53). */
export interface ModelAddress {
  readonly model: string;
  readonly version?: string;
}

/** `POST .../models/M[/versions/V]:predict`; groups: model, version. */
export const PREDICT_ROUTE = /^\/v1\/models\/([^/:]+)(?:\/versions\/(\d+))?:predict$/;
/** `GET .../models/M[/versions/V][/metadata]`; groups: model, version, `/metadata`. */
export const MODEL_ROUTE = /^\/v1\/models\/([^/:]+)(?:\/versions\/(\d+))?(\/metadata)?$/;

export function predictPath(address: ModelAddress): string {
  return `${statusPath(address)}:predict`;
}

export function statusPath({ model, version }: ModelAddress): string {
  return `/v1/models/${encodeURIComponent(model)}${version === undefined ? '' : `/versions/${version}`}`;
}

export function metadataPath(address: ModelAddress): string {
  return `${statusPath(address)}/metadata`;
}
