/** `2 AVAILABLE, 1 END`: what GET /v1/models/{model} says. */
export async function versionStates(url: string, model: string): Promise<string> {
  const response = await fetch(`${url}/v1/models/${model}`);
  const { model_version_status: versions = [] } = (await response.json()) as {
    model_version_status?: { version: string; state: string }[];
  };
  return versions.map(({ version, state }) => `${version} ${state}`).join(', ');
}
