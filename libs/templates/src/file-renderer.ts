import type { Diagnostic, Position } from '@nx-image-matrix/diagnostics';
import type { Image } from '@nx-image-matrix/manifest';
import { join } from 'node:path';
import { describe, placeProblems } from './errors.ts';
import { hintFor } from './hints.ts';
import { TemplateLiquid } from './liquid.ts';
import { realPath, relativePath } from './paths.ts';
import type { ReadFile } from './read-template.ts';
import { variableText } from './render-traces.ts';
import { placeInSource, type PlaceInSource } from './source-places.ts';
import { templateGlobals } from './variables.ts';

export interface RenderedText {
  /** Absent if there are errors. */
  text?: string;
  /** Where a place of the text comes from. */
  placeOf: (place: Pick<Position, 'column' | 'line'>) => Position;
  diagnostics: Diagnostic[];
}

/** Renders single files of a workspace by the rules of templates. Reads and parses each once, so use one per run. */
export class FileRenderer {
  readonly #workspaceDir: string;
  readonly #liquid: TemplateLiquid;

  /** Partials are next to the file that names them, or named from `workspaceDir`. */
  constructor(workspaceDir: string, readFile: ReadFile) {
    this.#workspaceDir = workspaceDir;
    this.#liquid = new TemplateLiquid(readFile);
    this.#liquid.root = { path: workspaceDir, real: realPath(workspaceDir) ?? workspaceDir, name: 'the workspace' };
  }

  /** The text of a file, given relative to the workspace, for an image. Never throws. */
  render(file: string, image: Image): RenderedText {
    const path = join(this.#workspaceDir, file);
    const globals = templateGlobals(image, { names: new Set(), args: new Set(), version: false });
    const { renderer } = this.#liquid;
    renderer.reset((variable) => variableText(image, variable));
    renderer.marks = [];
    const text = this.#attempt(path, globals);
    renderer.settle();
    const source = placeInSource(renderer.marks, typeof text === 'string' ? text : '');
    const problems = [...renderer.problems];
    const start = { file: path, line: 1, column: 1 };
    const found =
      text instanceof Error && problems.length === 0
        ? (placeProblems(text) ?? [{ ...describe(text), ...start }])
        : problems;
    const diagnostics = found.map((problem): Diagnostic => {
      const hint = problem.hint ?? hintFor(problem.message, globals, this.#liquid);
      const { code, message } = problem;
      return { code, severity: 'error', message, ...(hint && { hint }), ...this.#inWorkspace(problem) };
    });
    return {
      ...(typeof text === 'string' && diagnostics.length === 0 && { text }),
      placeOf: (place) => this.#inWorkspace(source(place) ?? { ...start, ...place }),
      diagnostics,
    };
  }

  #attempt(path: string, globals: Record<string, unknown>): string | Error {
    try {
      return String(this.#liquid.renderSync(this.#liquid.load(path), {}, { globals }));
    } catch (error) {
      return error instanceof Error ? error : new Error(String(error));
    }
  }

  #inWorkspace({ file, line, column }: PlaceInSource): Position {
    return { file: relativePath(this.#workspaceDir, file), line, column };
  }
}
