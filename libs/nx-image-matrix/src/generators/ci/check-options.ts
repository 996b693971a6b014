import type { CiOptions } from './options.ts';

const checks: [key: 'branch' | 'cache' | 'nightly' | 'cron', right: RegExp, what: string][] = [
  ['branch', /^[\w@+][\w./@+-]*$/, 'the name of a branch, such as main'],
  // `${GITHUB_REPOSITORY,,}` and `$CI_REGISTRY_IMAGE` are filled in by the shell and by GitLab.
  [
    'cache',
    /^(?:none|(?:[\w.:/-]|\$\w+|\$\{\w+,{0,2}\})+)$/,
    'a repository, such as ghcr.io/acme/build-cache, or none',
  ],
  ['nightly', /^[^"`$\\\n\r]+$/, 'projects for -p, such as tag:type:devel'],
  ['cron', /^[\w*,/ -]+$/, 'five fields of cron, such as "17 3 * * *"'],
];

/**
 * Options end up in commands that CI runs with credentials, so each says what it says and nothing more.
 * @throws Error that names every option that cannot be used
 */
export function checkOptions(options: CiOptions): void {
  const problems = checks.flatMap(([key, right, what]) => {
    const value = options[key];
    return value === undefined || right.test(value)
      ? []
      : [`--${key} is ${JSON.stringify(value)}, but must be ${what}.`];
  });
  if (problems.length > 0) throw new Error(problems.join('\n'));
}
