import type { Diagnostic } from '@nx-image-matrix/diagnostics';
import type { Image } from '@nx-image-matrix/manifest';
import { describe, placeProblems } from './errors.ts';
import { hintFor, hintForType } from './hints.ts';
import { DOCKERFILE, LARGEST_FILE } from './layout.ts';
import type { Source } from './layout.ts';
import { TemplateLiquid } from './liquid.ts';
import { realPath, relativePath } from './paths.ts';
import { TemplatesDirProblem } from './problem.ts';
import type { PlacedProblem } from './problem.ts';
import { follow, followsVersion, RenderTraces, variablesOf, variableText } from './render-traces.ts';
import { readTemplate } from './read-template.ts';
import type { ReadFile } from './read-template.ts';
import { findTemplateSet } from './template-set.ts';
import type { TemplateSet, TemplateSetOptions } from './template-set.ts';
import { templateGlobals } from './variables.ts';
import type { Reads } from './variables.ts';

export interface RenderedFile {
  /** Relative to the image's folder, with `/`. */
  path: string;
  /** Text of a rendered file, bytes of a copied one. */
  content: Buffer | string;
  executable: boolean;
}

export interface RenderedTemplates {
  /**
   * The Dockerfile first, then the others sorted by path, without files that render to nothing; none if there are
   * errors.
   */
  files: RenderedFile[];
  /** Every file read (templates, partials, copied files), relative to the build context, sorted. */
  templates: string[];
  /** Whether a value that uses the release version was read. */
  usesVersion: boolean;
  /** Variables that the files depend on; each argument as `args.NAME`. */
  variables: ReadonlySet<string>;
  diagnostics: Diagnostic[];
}

export interface TemplateEngineOptions extends TemplateSetOptions {
  /** Absolute; files in diagnostics are relative to it. Default: the context. */
  workspaceDir?: string;
  readFile: ReadFile;
}

/** The state of rendering one image. */
interface Made {
  image: Image;
  /** Files read for it. */
  reached: ReadonlySet<string>;
  /** Variables that they depend on. */
  variables: ReadonlySet<string>;
  usesVersion: boolean;
}

type Problem = Pick<PlacedProblem, 'code' | 'message' | 'hint'> & Partial<PlacedProblem>;

/** Renders the files of images. Reads and parses each template once, so use one engine per run. */
export class TemplateEngine {
  readonly #options: TemplateEngineOptions;
  readonly #liquid: TemplateLiquid;
  readonly #sets = new Map<string, TemplateSet | Error>();
  readonly #copies = new Map<string, Buffer>();
  readonly #names = new Map<string, string[]>();
  readonly #namesOfSets = new WeakMap<ReadonlySet<string>, string[]>();
  readonly #traces = new RenderTraces();
  /** Templates whose render was stopped; they are not tried again for other images. */
  readonly #runaways = new Map<string, Problem[]>();

  constructor(options: TemplateEngineOptions) {
    this.#options = options;
    this.#liquid = new TemplateLiquid(options.readFile);
  }

  /** Renders the files of an image. Never throws: errors are in the diagnostics, and then there are no files. */
  render(image: Image): RenderedTemplates {
    const set = this.#templateSet(image);
    if (set instanceof Error) {
      const place = set instanceof TemplatesDirProblem ? image.templatesDirAt : undefined;
      const problem = describe(set);
      const hint = problem.code === 'missing-template' && !place ? hintForType(image, problem.hint) : problem.hint;
      const diagnostic = { ...this.#diagnostic({ ...problem, hint }, image), ...place };
      return { files: [], templates: [], usesVersion: false, variables: new Set(), diagnostics: [diagnostic] };
    }
    const made: Made = { image, reached: new Set(), variables: new Set(), usesVersion: false };
    this.#liquid.root = set.root;
    const results = set.sources.map((source) => this.#make(source, made));
    const problems = results.flatMap((result) => (Array.isArray(result) ? result : []));
    return {
      files:
        problems.length > 0
          ? []
          : results.flatMap((result) => (Array.isArray(result) || isBlank(result) ? [] : [result])),
      templates: this.#namesOfAll(made.reached),
      usesVersion: made.usesVersion,
      variables: made.variables,
      diagnostics: problems.map((problem) => this.#diagnostic(problem, image)),
    };
  }

  #templateSet(image: Image): TemplateSet | Error {
    const key = `${image.templatesDir}\0${image.template}`;
    let set = this.#sets.get(key);
    if (set === undefined) {
      set = attempt(() => findTemplateSet(this.#options, image.templatesDir, image.template));
      this.#sets.set(key, set);
    }
    return set;
  }

  #make(source: Source, made: Made): RenderedFile | Problem[] {
    const content = source.liquid ? this.#renderFile(source.file, made) : this.#copy(source.file, made);
    if (Array.isArray(content)) return content;
    return { path: source.target, content, executable: source.executable };
  }

  #copy(file: string, made: Made): Buffer | Problem[] {
    made.reached = union(made.reached, new Set([file]));
    const content = this.#copies.get(file) ?? attempt(() => readTemplate(this.#options.readFile, file, LARGEST_FILE));
    if (content instanceof Error) return [describe(content)];
    this.#copies.set(file, content);
    return content;
  }

  #renderFile(file: string, made: Made): string | Problem[] {
    const template = `${this.#liquid.root.path}\0${file}`;
    const trace = this.#traces.find(template, made.image);
    const text = trace && follow(trace, made.image);
    if (trace === undefined || text === undefined) return this.#renderAnew(file, template, made);
    made.reached = union(made.reached, trace.reached);
    made.variables = union(made.variables, trace.variables);
    made.usesVersion ||= followsVersion(trace, made.image);
    return text;
  }

  #renderAnew(file: string, template: string, made: Made): string | Problem[] {
    const known = this.#runaways.get(file);
    if (known) return known;
    const { image } = made;
    const reads: Reads = { names: new Set(), args: new Set(), version: false };
    const globals = templateGlobals(image, reads);
    const reached = new Set<string>();
    this.#liquid.reached = reached;
    const { renderer } = this.#liquid;
    renderer.reset((variable) => variableText(image, variable));
    const text = attempt((): unknown => this.#liquid.renderSync(this.#liquid.load(file), {}, { globals }));
    renderer.settle();
    made.reached = union(made.reached, reached);
    const parts = renderer.parts();
    const variables = variablesOf(parts, reads.names, reads.args);
    const trace = { parts, reads: reads.names, variables, reached, usesVersion: reads.version };
    made.variables = union(made.variables, variables);
    made.usesVersion ||= followsVersion(trace, image);
    const problems: Problem[] = [...renderer.problems];
    if (text instanceof Error && problems.length === 0) problems.push(...(placeProblems(text) ?? [describe(text)]));
    if (renderer.exhausted) this.#runaways.set(file, problems);
    for (const problem of problems) problem.hint ??= hintFor(problem.message, globals, this.#liquid);
    if (problems.length > 0) return problems;
    this.#traces.add(template, image, trace);
    return String(text);
  }

  #diagnostic({ code, message, hint, ...place }: Problem, image: Image): Diagnostic {
    const { file, line, column } = place.file === undefined ? image.position : { ...image.position, ...place };
    const { workspaceDir, contextDir } = this.#options;
    return {
      code,
      severity: 'error',
      message,
      ...(hint !== undefined && { hint }),
      file: place.file === undefined ? file : relativePath(workspaceDir ?? contextDir, file),
      line,
      column,
    };
  }

  #namesOfAll(reached: ReadonlySet<string>): string[] {
    let names = this.#namesOfSets.get(reached);
    if (names === undefined) {
      names = [...new Set([...reached].flatMap((file) => this.#namesOf(file)))].sort();
      this.#namesOfSets.set(reached, names);
    }
    return names;
  }

  /** A file below the context, and the target if it is a symbolic link: editing either one edits the template. */
  #namesOf(file: string): string[] {
    let names = this.#names.get(file);
    if (names === undefined) {
      const { contextDir } = this.#options;
      names = [
        relativePath(contextDir, file),
        relativePath(realPath(contextDir) ?? contextDir, realPath(file) ?? file),
      ];
      this.#names.set(file, names);
    }
    return names;
  }
}

/** Whether an image has no use for a rendered file. */
function isBlank({ path, content }: RenderedFile): boolean {
  return path !== DOCKERFILE && typeof content === 'string' && content.trim() === '';
}

/** Reuses the same set if possible: most images use one template. */
function union(one: ReadonlySet<string>, other: ReadonlySet<string>): ReadonlySet<string> {
  return one.size === 0 ? other : new Set([...one, ...other]);
}

function attempt<T>(work: () => T): T | Error {
  try {
    return work();
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}
