import { messageJson } from './message-json.js';

export interface VersionState {
  readonly version: bigint | string;
  /** START, LOADING, AVAILABLE, UNLOADING or END. */
  readonly state: string;
  /** Canonical name; OK when nothing failed. */
  readonly errorCode: string;
  readonly errorMessage: string;
}

/** The body that answers `GET /v1/models/{model}`: GetModelStatusResponse in JSON. */
export function statusResponseBody(versions: readonly VersionState[]): Buffer {
  const message = {
    model_version_status: versions.map(({ version, state, errorCode, errorMessage }) => ({
      version: String(version),
      state,
      status: { error_code: errorCode, error_message: errorMessage },
    })),
  };
  return Buffer.from(`${messageJson(message)}\n`);
}
