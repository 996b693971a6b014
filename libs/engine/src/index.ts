export type {
  BuildCache,
  Builder,
  BuildRequest,
  BuildSecret,
  BuildTarget,
  BuiltImage,
  Engine,
  EngineImage,
  Pin,
  PushedImage,
  PushOptions,
  RemoteParent,
} from './engine.ts';
export { readArchive } from './image-content/archive.ts';
export type { ImageArchive } from './image-content/archive.ts';
export { compareImages } from './image-content/compare-images.ts';
export type { ImageDifference } from './image-content/compare-images.ts';
export type { FileDifference } from './image-content/compare-layers.ts';
export { variableOf } from './environment.ts';
export { EngineError } from './errors.ts';
export type { EngineName } from './engines.ts';
export { findEngine, type EngineChoice } from './find-engine.ts';
export { csvField } from './process/csv.ts';
export { retry, retryNote, withTries } from './process/retry.ts';
export { run } from './process/run.ts';
export { plainLine, plainText } from './registry/words.ts';
export { registryError } from './registry/failure.ts';
export { mapLimited } from './process/map-limited.ts';
export { formatMark, hasEnded, isSameProcess, ownMark, startOf, type ProcessMark } from './process/identity.ts';
export { removeStaleFolders } from './process/private-folder.ts';
export { dockerMirrors } from './docker/mirrors.ts';
export { attestSbom } from './attest-sbom.ts';
export { attestationsOf } from './registry/attestations.ts';
export { currentDigests } from './registry/current-digests.ts';
export type { CurrentDigest, DigestOptions } from './registry/current-digests.ts';
export { referrers, subjectOf } from './registry/referrers.ts';
export type { Referrers } from './registry/referrers.ts';
export { registryClient } from './registry/client.ts';
export { registryTags, type RegistryTags } from './registry/tags.ts';
export type { ImageConfiguration, RegistryClient } from './registry/client.ts';
export { findCredentials } from './registry/credentials.ts';
export type { Credentials } from './registry/run-memory.ts';
export { runMemory } from './registry/reachability.ts';
export type { RunMemory } from './registry/run-memory.ts';
export { platformsOf } from './registry/platforms-of.ts';
export { joinedIndex, type ImagePart } from './registry/join.ts';
export { copyImage, copyJoined, type CopyOptions } from './registry/copy.ts';
export { BadContent, configOf, imagesOf, isDigest, referencesIn, type Manifest } from './registry/manifest.ts';
export type { ClientOptions } from './registry/transport.ts';
export { openRegistrySession } from './registry/session.ts';
export type { RegistrySession } from './registry/registry-session.ts';
export { isSourceFailure } from './registry/side-failure.ts';
export { transientFailure } from './registry/transient.ts';
export { likelyPlatforms, normalizePlatform, normalizePlatforms } from './platform.ts';
export { BUILD_ID_LABEL, buildId } from './build-id/build-id.ts';
export type { BuildInputs, ContextFile } from './build-id/build-id.ts';
export { resolveBuildSecrets } from './secrets/build-secrets.ts';
export type { ResolvedSecret } from './secrets/build-secrets.ts';
export { checkBuildSecrets, isBelowHome, secretPath } from './secrets/limits.ts';
export type { SecretLimits } from './secrets/limits.ts';
export { findSecret } from './secrets/find-secret.ts';
export { tokensOf as credentialsIn } from './secrets/tokens.ts';
export { hide, masked } from './secrets/mask.ts';
export { hasWeakValue } from './secrets/secret.ts';
export type { Secret } from './secrets/secret.ts';
