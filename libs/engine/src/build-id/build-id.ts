import { createHash } from 'node:crypto';
import { replaceParents } from './replace-parents.ts';

/** The image label that contains the build ID. */
export const BUILD_ID_LABEL = 'io.github.nx-image-matrix.build-id';

/** A file or symbolic link of a build context. */
export interface ContextFile {
  /** Relative to the context, with `/`. */
  path: string;
  /** The permissions that git keeps: 0o755 for executables, else 0o644; 0 for a link. */
  mode: number;
  /** `sha256:` of the content; for a link, of its target as text. */
  digest: string;
  /** The target of a symbolic link, as written. */
  link?: string;
}

/** Everything that determines the content of an image; tags and repositories do not. */
export interface BuildInputs {
  /** Rendered files that the build uses, the Dockerfile first; not `image.json`. */
  files: { path: string; content: Buffer | string }[];
  context: ContextFile[];
  buildArgs: Record<string, string>;
  platforms: string[];
  /** Static labels, without the build ID itself. */
  labels: Record<string, string>;
  /** Reference of each own image that the Dockerfile names -> its build ID. */
  parents: Record<string, string>;
  engineOptions?: Record<string, string>;
}

/** Raise it when the same inputs result in a different image. */
const format = 1;

/**
 * The build ID, `sha256:<hex>`: the same for the same inputs on any machine, whatever the order of maps and platforms.
 * Own images count by their build IDs, so new tags of a parent change nothing.
 */
export function buildId(inputs: BuildInputs): string {
  const [dockerfile, ...others] = inputs.files;
  const rendered = dockerfile
    ? [{ path: dockerfile.path, content: replaceParents(dockerfile.content.toString(), inputs.parents) }, ...others]
    : [];
  const parents = new Map(Object.entries(inputs.parents));
  const buildArgs = mapValues(inputs.buildArgs, (value) => parents.get(value) ?? value);
  return sha256(
    JSON.stringify([
      format,
      sorted(rendered.map(({ path, content }) => [path, sha256(content)])),
      sorted(inputs.context.map(({ path, mode, digest, link }) => [path, String(mode), digest, link ?? ''])),
      sorted(Object.entries(buildArgs)),
      [...new Set(inputs.platforms)].toSorted(),
      sorted(Object.entries(inputs.labels)),
      // A parent named only in an ARG default is not replaced in the text.
      Object.values(inputs.parents).toSorted(),
      sorted(Object.entries(inputs.engineOptions ?? {})),
    ]),
  );
}

/** By the first field, which is unique. */
function sorted(rows: string[][]): string[][] {
  return rows.toSorted(([a = ''], [b = '']) => (a < b ? -1 : a > b ? 1 : 0));
}

function mapValues(record: Record<string, string>, change: (value: string) => string): Record<string, string> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, change(value)]));
}

function sha256(content: Buffer | string): string {
  return `sha256:${createHash('sha256').update(content).digest('hex')}`;
}
