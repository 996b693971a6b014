import type { Image } from '../image.ts';
import type { Manifest, Package, RepositoryEntry } from '../manifest.ts';
import { repositoryBeside } from '../references/beside.ts';
import type { BuiltImage } from './build-image.ts';
import type { ExpansionContext } from './context.ts';

/**
 * Warns of a package with images to push that `repository` does not name, while it names others. A package that an entry
 * names without a repository is not pushed on purpose.
 */
export function checkUnpushed(built: readonly BuiltImage[], { packages }: Manifest, context: ExpansionContext): void {
  const { repositories, problems } = context;
  const pushed = new Set(built.flatMap(({ image }) => (image.repositories.length > 0 ? image.package : [])));
  if (pushed.size === 0) return;
  const wanted = new Set(
    built.flatMap(({ image }) => (image.push && !isOff(image, repositories) ? image.package : [])),
  );
  for (const pkg of packages) {
    if (!wanted.has(pkg.name) || pushed.has(pkg.name)) continue;
    const message = `no entry of \`repository\` names \`${pkg.name}\`, so its images are not pushed`;
    problems.add(pkg.key, 'missing-repository', message, { hint: hintFor(pkg, repositories), warning: true });
  }
}

/** Whether an entry names the package of an image, or its release type, without a repository. */
function isOff({ package: pkg, releaseType }: Image, repositories: readonly RepositoryEntry[]): boolean {
  return repositories.some(({ without }) => without?.has(pkg) || without?.has(`${pkg}/${releaseType}`));
}

function hintFor({ name }: Package, repositories: readonly RepositoryEntry[]): string | undefined {
  const entry = repositories.find(({ registry }) => Object.keys(registry).length > 0);
  if (!entry) return undefined;
  const [beside] = Object.entries(entry.registry).flatMap(([pkg, path]) => repositoryBeside(path, pkg, name) ?? []);
  const added = beside === undefined ? `\`${name}\`` : `\`${name}: ${beside}\``;
  return `add ${added} to \`registry\` of \`${entry.name}\`, or \`${name}:\` with no value if it is not to be pushed`;
}
