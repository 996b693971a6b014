import type { Diagnostic } from '@nx-image-matrix/diagnostics';

export type TemplateCode = Extract<Diagnostic['code'], 'missing-template' | 'template-error' | 'template-outside-root'>;

/** An error in a template, thrown where it is found; the caller adds the place and makes it a diagnostic. */
export class TemplateProblem extends Error {
  readonly code: TemplateCode;
  readonly hint: string | undefined;

  constructor(code: TemplateCode, message: string, hint?: string) {
    super(message);
    this.name = 'TemplateProblem';
    this.code = code;
    this.hint = hint;
  }
}

/** An error in the `templates_dir` of a release, which is then its place. */
export class TemplatesDirProblem extends TemplateProblem {}

/** A problem and its place: lines and columns count from 1, `file` is absolute. */
export interface PlacedProblem {
  code: TemplateCode;
  message: string;
  hint?: string;
  file: string;
  line: number;
  column: number;
}
