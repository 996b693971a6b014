import { EngineError } from './errors.ts';

const hints: [RegExp, string][] = [
  [
    /failed to resolve source metadata for \S*docker\/dockerfile/i,
    'The `# syntax` line needs an image from Docker Hub: remove the line, or name a mirror with the build argument BUILDKIT_SYNTAX.',
  ],
  [
    /failed to resolve source metadata|pull access denied|manifest unknown|unable to find image|initializing source docker/i,
    'Check the name of the base image, and whether this engine can reach and is logged in to its registry.',
  ],
  [
    /no space left on device/i,
    'Free space: `docker system df` shows what takes it, `docker builder prune` clears the build cache.',
  ],
  [
    /failed to compute cache key|"[^"]+": not found|no such file or directory/i,
    'A file that is copied was not found: check the path relative to the build context, and that Dockerfile.dockerignore lets it in.',
  ],
  [
    /unknown instruction/i,
    'Older versions of docker, podman and buildah know no heredocs; docker 23 and newer with buildx does.',
  ],
  [
    /exec format error/i,
    'The image is for another processor: install emulation (binfmt) for it, or build it on such a machine.',
  ],
];

/** What buildx says when the daemon ends, or is ended, while it builds. */
const daemonGone =
  /error reading from server: EOF|cannot connect to the docker daemon|is the docker daemon running|failed to receive status|connection (?:refused|reset by peer)[^]*docker\.sock|docker\.sock[^]*connection refused|graceful.?stop|transport is closing/i;

/** A build that failed, in the engine's own last words. */
export function buildError(tag: string, exitCode: number | undefined, lines: string[]): EngineError {
  const words = lines.findLast((line) => /error|failed|denied/i.test(line)) ?? lines.at(-1) ?? '';
  const output = lines.join('\n');
  const code = exitCode === undefined ? 'it was killed' : `exit code ${exitCode}`;
  if (daemonGone.test(lastError(lines))) {
    return new EngineError('daemon', `${tag} was not built: the docker daemon went away meanwhile`, {
      hint: 'Start it again, see in its log why it ended (`journalctl -u docker`), and build again: what was finished is kept.',
      output,
    });
  }
  return new EngineError('build-failed', `${tag} was not built (${code}): ${words.replace(/^ERROR:\s*/i, '').trim()}`, {
    hint: hints.find(([pattern]) => pattern.test(output))?.[1],
    output,
  });
}

function lastError(lines: string[]): string {
  return lines.findLast((line) => line.startsWith('ERROR:')) ?? '';
}
