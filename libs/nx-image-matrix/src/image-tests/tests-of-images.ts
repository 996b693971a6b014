import { formatDiagnostics } from '@nx-image-matrix/diagnostics';
import type { Image } from '@nx-image-matrix/manifest';
import { hasErrors } from '../matrix/has-errors.ts';
import { imagesOf } from '../matrix/images-of.ts';
import { sourceReader } from '../workspace/source-reader.ts';
import type { Workspace } from '../workspace/workspace.ts';
import { TestReader, type ImageTests } from './read-suites.ts';

/** The tests of the images of a run; each manifest and each test file is read once, when it is needed. */
export class TestsOfImages {
  readonly #workspace: Workspace;
  readonly #reader: TestReader;
  #images: ReadonlyMap<string, Image> | undefined;

  constructor(workspace: Workspace) {
    this.#workspace = workspace;
    this.#reader = new TestReader(workspace.root);
  }

  /**
   * The tests of a project's image.
   * @throws Error with all diagnostics if they cannot be read
   */
  read(project: string): ImageTests {
    const image = this.#all().get(project);
    if (!image) throw new Error('the manifest no longer has this image; "nx show projects" lists what is wrong.');
    const tests = this.#reader.read(image);
    if (hasErrors(tests.diagnostics)) throw new Error(`its tests have errors\n\n${this.format(tests)}`);
    return tests;
  }

  /** The diagnostics of tests, with the lines of the test files. */
  format({ diagnostics }: Pick<ImageTests, 'diagnostics'>): string {
    return formatDiagnostics(diagnostics, sourceReader(this.#workspace.root, new Map()));
  }

  #all(): ReadonlyMap<string, Image> {
    this.#images ??= new Map(
      imagesOf(this.#workspace).flatMap(({ images = [] }) => images.map((image) => [image.name, image] as const)),
    );
    return this.#images;
  }
}
