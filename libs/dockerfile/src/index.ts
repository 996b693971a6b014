export { DockerfileReader } from './dockerfile-reader.ts';
export { Family } from './family.ts';
export type { Member } from './family.ts';
export type { ContextSource, DockerfileFacts, DockerfileReading, ImageReference, RunMount, Stage } from './facts.ts';
export { literalGlob, sourceGlob } from './globs.ts';
export { instructionAt } from './instruction-at.ts';
export { pinReferences, type PinnedDockerfile } from './pin-references.ts';
export { readDockerfile } from './read-dockerfile.ts';
export { matchesWildcard } from './wildcard.ts';
