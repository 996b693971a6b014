import { imagesOf } from '../matrix/images-of.ts';
import type { Image } from '@nx-image-matrix/manifest';
import type { Workspace } from '../workspace/workspace.ts';
import { made, undone, withOption, type Edit } from './edits.ts';
import { readSide, type Side, type SideImage } from './read-side.ts';
import type { SourceTree } from './source-tree.ts';

/** Milliseconds that finding out which edit matters may take. */
const BUDGET = 8_000;

/** One state of the sources, in which edits can be tried out. */
export interface Stage {
  side: Side;
  /** The sources of that state, which may be changed. */
  tree: () => SourceTree;
}

/**
 * Tries edits out: each alone in the earlier state, and each undone alone in the present one. Stops trying when the
 * time for it is used up.
 */
export class Trials {
  readonly #before: Stage;
  readonly #after: Stage;
  readonly #wanted: ReadonlySet<string>;
  readonly #expansions = new Map<Edit, ReadonlyMap<string, Image> | undefined>();
  readonly #added = new Map<Edit, Side>();
  readonly #undone = new Map<Edit, Side>();
  #spent = 0;

  /** Only images of `wanted` are rendered. */
  constructor(before: Stage, after: Stage, wanted: ReadonlySet<string>) {
    this.#before = before;
    this.#after = after;
    this.#wanted = wanted;
  }

  /** The images, before rendering, after one edit alone; `undefined` if the manifest is not valid then, or time is up. */
  images(edit: Edit): ReadonlyMap<string, Image> | undefined {
    if (!this.#expansions.has(edit))
      this.#expansions.set(
        edit,
        this.#timed(() => this.#expand(edit)),
      );
    return this.#expansions.get(edit);
  }

  /** An image as one edit alone makes it; `undefined` if time is up, `'none'` if it does not render. */
  made(edit: Edit, name: string): SideImage | 'none' | undefined {
    return this.#imageIn(this.#added, edit, name, () => this.#render(this.#before, edit, this.#after));
  }

  /** An image without one edit. */
  unmade(edit: Edit, name: string): SideImage | 'none' | undefined {
    return this.#imageIn(this.#undone, edit, name, () => this.#render(this.#after, edit, this.#before));
  }

  #imageIn(known: Map<Edit, Side>, edit: Edit, name: string, render: () => Side): SideImage | 'none' | undefined {
    const side = known.get(edit) ?? this.#timed(render);
    if (!side) return undefined;
    known.set(edit, side);
    return side.images.get(name) ?? 'none';
  }

  #timed<T>(work: () => T): T | undefined {
    if (this.#spent > BUDGET) return undefined;
    const start = performance.now();
    try {
      return work();
    } finally {
      this.#spent += performance.now() - start;
    }
  }

  #expand(edit: Edit): ReadonlyMap<string, Image> | undefined {
    const { side, tree } = this.#before;
    const workspace = workspaceWith(side.workspace, edit, this.#after.side.workspace);
    const found = tree().with(made(edit), () => imagesOf(workspace));
    if (found.some(({ images }) => !images)) return undefined;
    return new Map(found.flatMap(({ images = [] }) => images.map((image) => [image.name, image])));
  }

  #render({ side, tree }: Stage, edit: Edit, other: Stage): Side {
    const sources = tree();
    const workspace = workspaceWith({ ...side.workspace, root: sources.root }, edit, other.side.workspace);
    const files = side === this.#before.side ? made(edit) : undone(edit);
    return sources.with(files, () => readSide(workspace, { select: (name) => this.#wanted.has(name) }));
  }
}

function workspaceWith(workspace: Workspace, edit: Edit, other: Workspace): Workspace {
  if (!edit.option) return workspace;
  const known = new Map<string, ReturnType<Workspace['optionsOf']>>();
  return {
    ...workspace,
    optionsOf(manifest) {
      const options = workspace.optionsOf(manifest);
      const key = JSON.stringify(options);
      const changed = known.get(key) ?? withOption(options, edit, other.optionsOf(manifest));
      known.set(key, changed);
      return changed;
    },
  };
}
