/** The signature a request means when it names none. */
export const DEFAULT_SIGNATURE = 'serving_default';

/** What a model URL names: always a model, sometimes a version (a decimal number, kept as text: it may exceed 2^53). */
export interface ModelAddress {
  readonly model: string;
  readonly version?: string;
}

/** `POST .../models/NAME[/versions/VERSION]:predict` */
export const PREDICT_ROUTE = /^\/v1\/models\/(?<name>[^/:]+)(?:\/versions\/(?<version>\d+))?:predict$/;
/** `GET .../models/NAME[/versions/VERSION]` */
export const STATUS_ROUTE = /^\/v1\/models\/(?<name>[^/:]+)(?:\/versions\/(?<version>\d+))?$/;
/** `GET .../models/NAME[/versions/VERSION]/metadata` */
export const METADATA_ROUTE = /^\/v1\/models\/(?<name>[^/:]+)(?:\/versions\/(?<version>\d+))?\/metadata$/;

export function predictPath(address: ModelAddress): string {
  return `${statusPath(address)}:predict`;
}

export function statusPath({ model, version }: ModelAddress): string {
  return `/v1/models/${encodeURIComponent(model)}${version === undefined ? '' : `/versions/${version}`}`;
}

export function metadataPath(address: ModelAddress): string {
  return `${statusPath(address)}/metadata`;
}
