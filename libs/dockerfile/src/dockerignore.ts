import type { DockerfileFacts } from './facts.ts';

/**
 * The text of a `Dockerfile.dockerignore` that lets in what the Dockerfile takes from its context and nothing else,
 * followed by the context's own rules. The last line that matches a path decides, and a rule for a folder holds for
 * all below it: https://docs.docker.com/build/concepts/context/#dockerignore-files
 */
export function dockerignore(facts: DockerfileFacts, contextDockerignore = ''): string {
  const paths = [...new Set(facts.sources.map(({ path }) => path))].sort();
  const own = contextDockerignore.replace(/^\uFEFF/, '').split(/\r?\n/);
  while (own.at(-1)?.trim() === '') own.pop();
  const lines = [
    ...(copiesEverything(facts) ? [] : ['*', ...paths.flatMap((path) => [`!${path}`, `!${path}/**`])]),
    ...own,
  ];
  return lines.map((line) => `${line}\n`).join('');
}

/** Whether the Dockerfile takes in its whole context (`COPY .`). */
export function copiesEverything(facts: DockerfileFacts): boolean {
  return facts.sources.some(({ path }) => path === '');
}
