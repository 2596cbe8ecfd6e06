import type { Manifest, ManifestModel } from './manifest.js';

const HEAD = ['Model', 'What it is', 'Parameters', 'MFLOPs', 'Weights', 'Bytes', 'gzip', 'Accuracy', 'Where'] as const;

/** The manifest as a Markdown table, a row per version: what docs/models.md shows. */
export function modelsTable(manifest: Manifest): string {
  const rows = manifest.models.flatMap(modelRows);
  return [HEAD, HEAD.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

function modelRows(model: ManifestModel): string[][] {
  return model.versions.map((version) => [
    `\`${model.name}\`${model.versions.length > 1 ? ` v${version.version}` : ''}`,
    model.title,
    parameters(model),
    (model.flopsPerInstance / 1e6).toPrecision(3),
    model.storage,
    kilobytes(version.bytes),
    kilobytes(version.gzipBytes),
    version.accuracy === null ? 'none: seeded' : `${(version.accuracy.heldout.top1 * 100).toFixed(2)}%`,
    model.location,
  ]);
}

function parameters({ parameters: all, nonZeroParameters: nonZero }: ManifestModel): string {
  const group = (value: number): string => value.toLocaleString('en-US');
  // Trained models have a stray zero here and there; only pruned ones have many.
  return nonZero < all / 2 ? `${group(all)} (${group(nonZero)} not zero)` : group(all);
}

function kilobytes(bytes: number): string {
  return bytes < 1e6 ? `${Math.round(bytes / 1000)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}
