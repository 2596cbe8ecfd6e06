/** `model_name="m",status="OK"`: backslashes and quotes in values are escaped; newlines are not, as on the real page. */
export function labelsText(names: readonly string[], values: readonly string[]): string {
  return names.map((name, at) => `${name}="${(values[at] ?? '').replace(/[\\"]/g, '\\$&')}"`).join(',');
}
