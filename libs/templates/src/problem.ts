import type { Diagnostic } from '@nx-image-matrix/diagnostics';

export type TemplateCode = Extract<Diagnostic['code'], 'missing-template' | 'template-error' | 'template-outside-root'>;

/** Something wrong with a template, thrown where it is found; whoever knows the place makes a diagnostic of it. */
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

/** Something wrong with a release's `templates_dir`, which is then the place of it. */
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
