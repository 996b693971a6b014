export { DockerfileReader } from './dockerfile-reader.ts';
export { copiesEverything, dockerignore } from './dockerignore.ts';
export { Family } from './family.ts';
export type { Member } from './family.ts';
export type { ContextSource, DockerfileFacts, DockerfileReading, ImageReference, RunMount, Stage } from './facts.ts';
export { literalGlob } from './globs.ts';
export { contextInputs, hasWildcard } from './inputs.ts';
export { readDockerfile } from './read-dockerfile.ts';
export { matchesWildcard } from './wildcard.ts';
