import type { Diagnostic } from '@nx-image-matrix/diagnostics';
import type { Image } from '@nx-image-matrix/manifest';
import { isPredefined } from '../build-plan/predefined-arguments.ts';
import type { GeneratedImage } from './generate-image.ts';
import type { Matrix } from './matrix.ts';

/**
 * An image in which an argument is looked for: its templates read variables, and its Dockerfile declares
 * `document.args`.
 */
type Reader = Pick<GeneratedImage, 'document' | 'variables'> & {
  image: Pick<Image, 'package' | 'args' | 'manifestArguments'>;
};

/** An entry of `args` in the manifest. */
interface Entry {
  name: string;
  at: { file?: string; line: number; column: number };
  axis: boolean;
  /** Arguments that come with its values. */
  companions: string[];
  /** The first image of each package that has it. */
  packages: Map<string, Reader>;
}

/** Variables that differ between the images of an axis, whatever the name of its argument. */
const NAMES = ['name', 'dir', 'tags'];

/**
 * A warning for each build argument that has no effect, with the first image that has it. An axis must have an effect
 * on the content of every package that it multiplies, which a tag is not; a single value on one of the packages that
 * share it.
 */
export function unusedArguments<I extends Reader>({
  file,
  images,
}: Pick<Matrix, 'file'> & { images: readonly I[] }): {
  image: I;
  warning: Diagnostic;
}[] {
  const used = usedByPackage(images);
  const found = new Map<string, { entry: Entry; packages: string[] }[]>();
  for (const entry of entriesOf(images)) {
    const packages = [...entry.packages.keys()].filter((name) => !isUsed(entry, used.get(name)));
    const isFault = packages.length > 0 && (entry.axis || packages.length === entry.packages.size);
    if (isFault) found.set(entry.name, [...(found.get(entry.name) ?? []), { entry, packages }]);
  }
  return [...found.values()].map((faults) => {
    const [first] = faults.toSorted((a, b) => a.entry.at.line - b.entry.at.line);
    const { entry, packages } = first!;
    return { image: entry.packages.get(packages[0]!) as I, warning: warningOf(file, entry, packages, faults.length) };
  });
}

function isUsed({ name, axis, companions }: Entry, used: ReadonlySet<string> | undefined): boolean {
  if (used === undefined) return false;
  return (
    [name, ...companions].some((argument) => used.has(`args.${argument}`) || (!axis && used.has(`tags.${argument}`))) ||
    (axis && NAMES.some((variable) => used.has(variable)))
  );
}

/** Variables, by package. Images of one template share its variables, which are processed once. */
function usedByPackage(images: readonly Reader[]): Map<string, Set<string>> {
  const byPackage = new Map<string, Set<string>>();
  const seen = new Map<string, Set<ReadonlySet<string>>>();
  for (const { image, document, variables } of images) {
    const used = byPackage.get(image.package) ?? new Set<string>();
    byPackage.set(image.package, used);
    for (const name of Object.keys(document.args)) used.add(`args.${name}`);
    const known = seen.get(image.package) ?? new Set();
    seen.set(image.package, known);
    if (!known.has(variables)) for (const variable of variables) used.add(variable);
    const { read, readByTags } = image.manifestArguments;
    if (!known.has(read)) for (const name of read) used.add(`args.${name}`);
    if (!known.has(readByTags)) for (const name of readByTags) used.add(`tags.${name}`);
    known.add(variables).add(read).add(readByTags);
  }
  return byPackage;
}

function entriesOf<I extends Reader>(images: readonly I[]): Entry[] {
  const entries = new Map<string, Entry>();
  const seen = new Set<object>();
  for (const generated of images) {
    const { declared } = generated.image.manifestArguments;
    if (seen.has(declared)) continue;
    seen.add(declared);
    for (const [name, { at, axis }] of declared) {
      if (isPredefined(name)) continue;
      const place = `${at.file ?? ''}:${at.line}:${at.column}`;
      const companions = axis ? [...declared].flatMap(([other, found]) => (found.with === name ? [other] : [])) : [];
      const entry = entries.get(place) ?? { name, at, axis, companions, packages: new Map() };
      entries.set(place, entry);
      if (!entry.packages.has(generated.image.package)) entry.packages.set(generated.image.package, generated);
    }
  }
  return [...entries.values()];
}

function warningOf(
  file: string,
  { name, at, axis, packages: all }: Entry,
  packages: string[],
  places: number,
): Diagnostic {
  const owners = packages.map((owner) => `\`${owner}\``).join(', ');
  const effect = axis
    ? 'so the images of this axis differ in nothing but their names and tags'
    : 'so its value reaches no build';
  const more = places === 1 ? '' : ` The manifest has it in ${places} places.`;
  return {
    code: 'unused-argument',
    severity: 'warning',
    file,
    ...at,
    message: `No Dockerfile of ${owners} declares \`ARG ${name}\` or is made with \`args.${name}\`, ${effect}.${more}`,
    hint:
      packages.length < all.size
        ? `switch it off there: package_spec: { ${packages[0]}: { args: { ${name}: } } }`
        : `declare \`ARG ${name}\` where a template uses it, or remove the argument`,
  };
}
