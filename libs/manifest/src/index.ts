export { CUDA_ARCHITECTURES } from './expand/cuda-variables.ts';
export { findDuplicateProjects } from './expand/duplicate-projects.ts';
export { findDuplicateReferences } from './expand/duplicate-references.ts';
export { findPushedStaging } from './expand/pushed-staging.ts';
export { expandImages, type Expansion } from './expand/expand-images.ts';
export { branchForTag, formatDate, renderRunTag, type Run } from './expand/run-tag.ts';
export type { ExpandOptions } from './expand/context.ts';
export {
  scannerNames,
  thresholds,
  type AcceptedFinding,
  type AttestationSettings,
  type AxisValue,
  type CudaVariables,
  type Distro,
  type Image,
  type ManifestArguments,
  type ReproducibleSettings,
  type ScannerName,
  type ScanSettings,
  type Secret,
  type TemplateVariables,
  type TestFile,
  type Threshold,
} from './image.ts';
export type { FileReader, ReadText } from './parts/file-reader.ts';
export { isImageMatrix, isPart } from './is-image-matrix.ts';
export { repositoryOf } from './references/owner.ts';
export type { Manifest, RegistryLogin, RepositoryEntry, Retention, Signing, Staging } from './manifest.ts';
export { editBaseLock } from './base-lock/edit-base-lock.ts';
export { formatBaseLock } from './base-lock/format-base-lock.ts';
export { isImageReference } from './references/grammar.ts';
export { lockedDigest, readBaseLock, type BaseLock, type LockedBase } from './base-lock/read-base-lock.ts';
export { parseManifest, type ParsedManifest } from './parse-manifest.ts';
export { addCuda, type NewCuda } from './edit/add-cuda.ts';
export { addDistro, type NewDistro } from './edit/add-distro.ts';
export { addPackage, type NewPackage } from './edit/add-package.ts';
export { addTest, type NewTest } from './edit/add-test.ts';
export { readManifestTexts, type ManifestTexts } from './edit/manifest-texts.ts';
export { decodeManifest } from './yaml/decode.ts';
