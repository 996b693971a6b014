import { printable } from '@nx-image-matrix/diagnostics';
import type { FileDifference, ImageDifference } from '@nx-image-matrix/engine';

/** Characters of an instruction, a path or a value that are shown. */
const LONGEST = 120;

/** What is known of the image and of the engine that built it. */
interface Circumstances {
  isReproducible: boolean;
  /** Set if the engine leaves the times of files as they are: what to do about it. */
  keepsFileTimes?: string;
}

/** The first difference of two builds of an image in words; everything from the image is safe to print. */
export function describeDifference(
  reference: string,
  { platform, layer, field }: ImageDifference,
  circumstances: Circumstances,
): string {
  const where = platform === '' ? '' : ` for ${shown(platform)}`;
  const lines = [`${reference}${where} differs from a second build without cache.`];
  if (layer) {
    const step = instructionOf(layer.instruction);
    lines.push(`  layer ${layer.number} of ${layer.count}${step === '' ? '' : `: ${step}`}`);
    lines.push(`  ${filesOf(layer.files)}`);
  }
  if (field) lines.push(`  configuration: ${shown(field.name)} is ${shown(field.from)}, then ${shown(field.to)}`);
  const hint = hintFor({ platform, layer, field }, circumstances);
  if (hint !== '') lines.push(`  ${hint}`);
  return lines.join('\n');
}

function filesOf(files: NonNullable<ImageDifference['layer']>['files']): string {
  if (!files) return 'only one of the two has this layer';
  const { first, count, order } = files;
  if (!first) return order ? 'the same files, in another order' : 'the same files, in another form of archive';
  const others = count === 1 ? '' : `, and ${count - 1} more ${count === 2 ? 'file differs' : 'files differ'}`;
  return `${shown(`/${first.path.replace(/^\//, '')}`)}: ${changeOf(first)}${others}`;
}

function changeOf({ change, from, to }: FileDifference): string {
  if (change === 'missing') return 'missing in the second build';
  if (change === 'extra') return 'extra in the second build';
  return from === '' && to === '' ? `${change} differs` : `${change} differs (${shown(from)}, then ${shown(to)})`;
}

function hintFor({ layer }: ImageDifference, { isReproducible, keepsFileTimes }: Circumstances): string {
  if (!isReproducible) return 'Its images have the times of their builds: set `reproducible` in the manifest.';
  if (layer?.files?.first?.change !== 'mtime' || keepsFileTimes === undefined) return '';
  return `This engine does not change the times of files: ${keepsFileTimes}.`;
}

/** `RUN make`, without what BuildKit adds. */
function instructionOf(text: string): string {
  return shown(text.replace(/ # buildkit$/, '').replace(/^RUN \/bin\/sh -c /, 'RUN '));
}

function shown(text: string): string {
  const line = printable(text.replaceAll(/\s+/g, ' ')).trim();
  return line.length > LONGEST ? `${line.slice(0, LONGEST - 3)}...` : line;
}
