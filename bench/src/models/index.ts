export { ensureModel } from './ensure-model.js';
export { fileDigest, folderDigest } from './folder-digest.js';
export { asFloats, heldoutImages, type HeldoutImages } from './heldout-images.js';
export type { Manifest, ManifestModel } from './manifest.js';
export { modelsTable } from './models-table.js';
export { readGolden } from './read-golden.js';
export { PROJECT_ROOT, PYTHON } from './project-root.js';
export { findModel, modelBasePath, modelPath, readManifest, versionOf } from './read-manifest.js';
