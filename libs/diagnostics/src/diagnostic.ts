/** Stable, documented codes of everything that can be wrong with a manifest, a template or a rendered Dockerfile. */
export type DiagnosticCode =
  | 'unreadable-file'
  | 'not-utf8'
  | 'yaml-syntax'
  | 'duplicate-key'
  | 'unknown-alias'
  | 'merge-not-a-map'
  | 'unknown-key'
  | 'wrong-type'
  | 'missing-key'
  | 'unknown-distro'
  | 'unknown-package'
  | 'unknown-release-type'
  | 'unknown-cuda-version'
  | 'bad-cuda-version'
  | 'bad-component-version'
  | 'several-cudnn'
  | 'ambiguous-cuda'
  | 'cuda-not-available'
  | 'bad-envar'
  | 'bad-arg'
  | 'bad-reference'
  | 'bad-tag'
  | 'duplicate-tag'
  | 'duplicate-image'
  | 'two-manifests'
  | 'two-entries'
  | 'bad-credential-name'
  | 'secret-in-build'
  | 'missing-template'
  | 'template-error'
  | 'template-outside-root'
  | 'bad-dockerfile'
  | 'too-many-images'
  | 'too-much-rendered'
  | 'image-cycle'
  | 'bad-parent'
  | 'parent-of-other-entry'
  | 'duplicate-project'
  | 'replaced-target'
  | 'also-inferred'
  | 'ambiguous-distro'
  | 'copies-ignored-file'
  | 'graph-failed'
  | 'ignored-template'
  | 'git-failed'
  | 'copies-everything'
  | 'unknown-variable'
  | 'unused-argument'
  | 'undeclared-secret'
  | 'unsupported-run'
  | 'copies-excluded-path'
  | 'bad-ignore-rule'
  | 'cuda-architecture';

export type Severity = 'error' | 'warning';

/** A place in a text file: lines and columns count from 1, columns in UTF-16 units. */
export interface Position {
  file: string;
  line: number;
  column: number;
}

export interface Diagnostic extends Position {
  code: DiagnosticCode;
  severity: Severity;
  /** One sentence that quotes what was found. */
  message: string;
  /** What to do about it, when that is known. */
  hint?: string;
  /** What stands at this place may be a credential: no code frame shows it. */
  conceal?: true;
}
