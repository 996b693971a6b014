import { shortened } from './build-log.ts';
import { EngineError } from './errors.ts';

interface Explanation {
  pattern: RegExp;
  /** A better description of the error than the engine's last lines. */
  says?: (match: RegExpExecArray) => string;
  hint: string;
  /** Whether it also applies to a failed RUN, whose own output may contain the patterns of other errors. */
  ofRun?: true;
}

/** The first one that matches the output counts. */
const explanations: Explanation[] = [
  {
    pattern: /failed to resolve source metadata for \S*docker\/dockerfile/i,
    hint: 'the `# syntax` line needs an image from Docker Hub: remove the line, or name a mirror with the build argument BUILDKIT_SYNTAX',
  },
  {
    pattern: /failed to resolve source metadata for ([^\s:]+(?::\d+)?[^\s:]*(?::[\w.-]+)?)/i,
    says: ([, reference]) => `the engine does not get its base image ${reference}`,
    hint: 'check the name of the base image, and whether this engine can reach and is logged in to its registry',
  },
  {
    pattern:
      /failed to resolve source metadata|pull access denied|manifest unknown|unable to find image|initializing source docker/i,
    hint: 'check the name of the base image, and whether this engine can reach and is logged in to its registry',
  },
  {
    pattern: /short-name "([^"]+)" did not resolve/i,
    says: ([, reference]) => `it is not said in which registry its base image ${reference} is`,
    hint: 'name the registry in the base image (docker.io/library/debian:13), or give podman and buildah a list: `unqualified-search-registries` in registries.conf',
  },
  {
    pattern: /no space left on device/i,
    says: () => 'a disk of the engine is full',
    ofRun: true,
    hint: 'free space: `docker system df` shows what takes it, `docker builder prune` clears the build cache',
  },
  {
    pattern: /failed to compute cache key|"[^"]+": not found|no such file or directory/i,
    hint: 'a file that is copied was not found: check the path relative to the build context, and that Dockerfile.dockerignore lets it in',
  },
  {
    pattern: /unknown instruction/i,
    hint: 'this version of the engine does not know heredocs; docker 23 and newer with buildx does',
  },
  {
    pattern: /exec format error/i,
    ofRun: true,
    hint: 'the image is for another processor: install emulation (binfmt) for it, or build it on such a machine',
  },
];

/** buildx's message if the daemon stops during a build. */
const daemonGone =
  /error reading from server: EOF|cannot connect to the docker daemon|is the docker daemon running|failed to receive status|connection (?:refused|reset by peer)[^]*docker\.sock|docker\.sock[^]*connection refused|graceful.?stop|transport is closing/i;

/** How BuildKit, and then the library of podman and buildah, report a failed RUN. */
const failedRun = /did not complete successfully: exit code|while running runtime: exit status/;

/** The error of a failed build: a known cause, else the engine's last lines. */
export function buildError(tag: string, exitCode: number | undefined, lines: string[]): EngineError {
  const output = lines.join('\n');
  if (daemonGone.test(lastError(lines))) {
    return new EngineError('daemon-failed', `${tag} was not built: the docker daemon went away meanwhile`, {
      hint: 'start it again, see in its log why it ended (`journalctl -u docker`), and build again: what was finished is kept',
      output,
    });
  }
  const ofRun = failedRun.test(output);
  for (const { pattern, says, hint } of explanations.filter((explanation) => !ofRun || explanation.ofRun)) {
    const match = pattern.exec(output);
    if (!match) continue;
    const message = says ? `${tag} was not built: ${says(match)}` : plainMessage(tag, exitCode, lines);
    return new EngineError('build-failed', message, { hint, output });
  }
  return new EngineError('build-failed', plainMessage(tag, exitCode, lines), { output });
}

function plainMessage(tag: string, exitCode: number | undefined, lines: string[]): string {
  const words = lines.findLast((line) => /error|failed|denied/i.test(line)) ?? lines.at(-1) ?? '';
  const code = exitCode === undefined ? 'it was killed' : `exit code ${exitCode}`;
  return `${tag} was not built (${code}): ${shortened(words.replace(/^ERROR:\s*/i, '').trim())}`;
}

function lastError(lines: string[]): string {
  return lines.findLast((line) => line.startsWith('ERROR:')) ?? '';
}
