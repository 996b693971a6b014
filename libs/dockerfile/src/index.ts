export { DockerfileReader } from './dockerfile-reader.ts';
export { copiesEverything, dockerignore } from './dockerignore.ts';
export type { ContextSource, DockerfileFacts, DockerfileReading, ImageReference, Stage } from './facts.ts';
export { contextInputs, hasWildcard } from './inputs.ts';
export { readDockerfile } from './read-dockerfile.ts';
