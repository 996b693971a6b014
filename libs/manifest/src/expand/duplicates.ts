import { entryOf } from '../normalise/read.ts';
import type { Place } from '../yaml/tree.ts';
import type { BuiltImage } from './build-image.ts';
import type { RenderedTag } from './tags.ts';
import type { ExpansionContext } from './context.ts';

/** Reports project names shared by two images, and tags shared by two images of a package. */
export function checkDuplicates(built: readonly BuiltImage[], context: ExpansionContext): void {
  checkFolders(built, context);
  const names = new Map<string, BuiltImage>();
  const tags = new Map<string, BuiltImage>();
  for (const image of built) {
    const sameName = names.get(image.image.name);
    if (sameName) {
      reportName(sameName, image, context);
      continue;
    }
    names.set(image.image.name, image);
    for (const tag of image.tags) {
      const key = `${image.image.package}:${tag.tag}`;
      const sameTag = tags.get(key);
      if (sameTag) reportTag(key, tag, sameTag, image, context);
      else tags.set(key, image);
    }
  }
}

/** Reports an image whose folder is in that of another one, as with packages `app/debian12` and `app`. */
function checkFolders(built: readonly BuiltImage[], { problems }: ExpansionContext): void {
  if (built.every(({ image }) => !image.package.includes('/'))) return;
  const folders = new Map(built.map((image) => [image.image.dir, image]));
  for (const inner of built) {
    const { package: pkg, name, dir } = inner.image;
    if (!pkg.includes('/')) continue;
    const outer = foldersAbove(dir).flatMap((folder) => folders.get(folder) ?? [])[0];
    if (!outer) continue;
    const message = `the folder of \`${name}\`, \`${dir}\`, is in that of \`${outer.image.name}\``;
    problems.add(inner.plan.package.key, 'duplicate-image', message, {
      hint: `rename the package \`${pkg}\``,
      once: true,
    });
  }
}

function foldersAbove(folder: string): string[] {
  const parts = folder.split('/').slice(0, -1);
  return parts.map((_, index) => parts.slice(0, index + 1).join('/'));
}

function reportName(first: BuiltImage, second: BuiltImage, { problems }: ExpansionContext): void {
  const message = `\`${second.image.name}\` is the name of two images: ${coordinates(first)}, and ${coordinates(second)}`;
  problems.add(second.plan.place, 'duplicate-image', message, {
    hint: 'rename the package, the distro or the release type',
    once: true,
  });
}

function coordinates({ image }: BuiltImage): string {
  return `\`${image.releaseType}\` of package \`${image.package}\` on distro \`${image.distro.name}\` version \`${image.distro.version}\``;
}

function reportTag(
  reference: string,
  tag: RenderedTag,
  first: BuiltImage,
  second: BuiltImage,
  { problems }: ExpansionContext,
): void {
  const message = `\`${reference}\` is a tag of both \`${first.image.name}\` and \`${second.image.name}\``;
  problems.add(tag.place ?? placeOf(second), 'duplicate-tag', message, {
    hint: unusedBaseHint(first, second) ?? hintFor(tag, first, second),
    once: true,
  });
}

/** Base images exist only as parents; where none is needed, the fix is to leave them out. */
function unusedBaseHint(...images: BuiltImage[]): string | undefined {
  const unused = images.filter(({ plan }) => plan.type.name === 'base' && plan.children.length === 0);
  if (unused.length === 0) return undefined;
  const releases = [...new Set(unused.map(({ image }) => `${image.distro.name} ${image.distro.version}`))].join(
    ' and ',
  );
  return `nothing starts from \`base\` on ${releases}: set \`multistage_image: False\` there, and there is no base image`;
}

/** Default tags of releases differ only by `add_to_tags`: its own value, or a missing one. */
function placeOf({ plan: { release } }: BuiltImage): Place {
  const defaults = release.specs[1];
  const addToTags = release.entries.get('add_to_tags');
  const inherited = addToTags !== undefined && addToTags === entryOf(defaults, 'add_to_tags');
  return addToTags && !inherited ? addToTags.at : release.key;
}

function hintFor(tag: RenderedTag, first: BuiltImage, second: BuiltImage): string {
  if (!tag.place && first.plan.release !== second.plan.release) {
    return `give ${first.image.distro.id} and ${second.image.distro.id} different \`add_to_tags\``;
  }
  const differing = missingVariable(first, second);
  return differing ? `add \`{{ ${differing} }}\` to the tag` : 'give each of them a tag of its own';
}

function missingVariable({ image: a }: BuiltImage, { image: b }: BuiltImage): string | undefined {
  if (a.distro.id !== b.distro.id)
    return a.variables.add_to_tags === b.variables.add_to_tags ? 'distro.id' : 'add_to_tags';
  if (a.releaseType !== b.releaseType) return 'release_type';
  if (a.cuda !== b.cuda) return 'cuda.version.full';
  const axis = a.axes.find(
    ({ arg, value }) => arg !== undefined && (!Object.hasOwn(b.args, arg) || b.args[arg] !== value),
  );
  return axis && `args.${axis.arg}`;
}
