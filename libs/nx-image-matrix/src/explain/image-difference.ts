import { buildsTheSame, formatImageDocument } from '../matrix/image-json.ts';
import type { SideImage } from './read-side.ts';

/** How the generated files of an image differ. */
export interface Difference {
  /** Paths of files that differ, relative to the image's folder. */
  files: string[];
  /** Whether something differs that a build reads, and so the images that start from it. */
  builds: boolean;
}

/** Compares the generated files of an image in two states. */
export function differenceOf(before: SideImage, after: SideImage): Difference {
  if (before.generated.digest === after.generated.digest && before.folder === after.folder) {
    return { files: [], builds: false };
  }
  const old = filesOf(before);
  const now = filesOf(after);
  const files = [...new Set([...now.keys(), ...old.keys()])].filter((path) => old.get(path) !== now.get(path));
  const others = files.filter((path) => path !== 'image.json');
  const builds =
    others.length > 0 ||
    before.folder !== after.folder ||
    !buildsTheSame(formatImageDocument(before.generated.document), after.generated.document);
  return { files, builds };
}

/** The content of a generated text file; `undefined` if there is none. */
export function textOfFile({ generated }: SideImage, path: string): string | undefined {
  const content = generated.rendered.find((file) => file.path === path)?.content;
  return content === undefined ? undefined : String(content);
}

function filesOf({ generated }: SideImage): Map<string, string> {
  return new Map(generated.files.map(({ path, hash, executable }) => [path, `${hash} ${executable}`]));
}
