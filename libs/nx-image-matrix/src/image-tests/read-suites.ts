import { readSuite, type TestSuite } from '@nx-image-matrix/container-test';
import { sortDiagnostics, type Diagnostic } from '@nx-image-matrix/diagnostics';
import type { Image } from '@nx-image-matrix/manifest';
import { FileRenderer } from '@nx-image-matrix/templates';
import { readRegularFile } from '../fs/read-file.ts';
import { sha256 } from '../matrix/generate-image.ts';

/** The tests of one file, rendered for an image. */
export interface RenderedSuite {
  /** Workspace-relative path of the file. */
  file: string;
  suite: TestSuite;
}

export interface ImageTests {
  /** In the order of the manifest; none if there are errors. */
  suites: RenderedSuite[];
  /** SHA-256 of the rendered files: what an image has passed, or not. */
  digest: string;
  /** Errors, and warnings about tests that do not run. */
  diagnostics: Diagnostic[];
}

/** Changes if the same file means something else than before, so that no image counts as having passed. */
const FORMAT = 1;

/** Reads the test files of images; each file is read once. */
export class TestReader {
  readonly #renderer: FileRenderer;

  constructor(workspaceRoot: string) {
    this.#renderer = new FileRenderer(workspaceRoot, (path, limit) =>
      readRegularFile(path, limit, { within: workspaceRoot }),
    );
  }

  /** The tests of an image. Never throws: errors are in the diagnostics. */
  read(image: Image): ImageTests {
    const suites: RenderedSuite[] = [];
    const diagnostics: Diagnostic[] = [];
    const texts: [file: string, text: string][] = [];
    for (const { path } of image.tests) {
      const rendered = this.#renderer.render(path, image);
      diagnostics.push(...rendered.diagnostics);
      if (rendered.text === undefined) continue;
      texts.push([path, rendered.text]);
      const { suite, diagnostics: found } = readSuite(rendered.text, path);
      // A test file without Liquid is its own source.
      diagnostics.push(...found.map((diagnostic) => ({ ...diagnostic, ...rendered.placeOf(diagnostic) })));
      if (suite) suites.push({ file: path, suite });
    }
    const failed = diagnostics.some(({ severity }) => severity === 'error');
    return {
      suites: failed ? [] : suites,
      digest: sha256(JSON.stringify([FORMAT, texts])),
      diagnostics: sortDiagnostics(diagnostics),
    };
  }
}
