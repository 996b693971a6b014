import { execFileSync } from 'node:child_process';
import { renderRunTag } from '@nx-image-matrix/manifest';

/** Tags with the date (UTC) and the commit of this run put in where they ask for them. */
export function filledTags(tags: readonly string[]): string[] {
  if (!tags.some((tag) => tag.includes('{{'))) return [...tags];
  const run = { date: new Date().toISOString().slice(0, 10).replaceAll('-', ''), sha: commit() };
  return tags.map((tag) => renderRunTag(tag, run));
}

function commit(): string {
  return execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim();
}
