import type { CiOptions } from './options.ts';

const checks: [key: 'branch' | 'cache' | 'nightly' | 'cron', right: RegExp, what: string][] = [
  ['branch', /^[\w@+][\w./@+-]*$/, 'the name of a branch, such as main'],
  // The shell and GitLab expand `${GITHUB_REPOSITORY,,}` and `$CI_REGISTRY_IMAGE`.
  [
    'cache',
    /^(?:none|(?:[\w.:/-]|\$\w+|\$\{\w+,{0,2}\})+)$/,
    'a repository, such as ghcr.io/acme/build-cache, or none',
  ],
  ['nightly', /^[^"`$\\\n\r]+$/, 'projects for -p, such as tag:type:devel'],
  ['cron', /^[\w*,/ -]+$/, 'five fields of cron, such as "17 3 * * *"'],
];

/**
 * Options become part of commands that CI runs with credentials, so they must not contain anything that a shell would
 * interpret.
 * @throws Error that lists every invalid option
 */
export function checkOptions(options: CiOptions & { branch?: string }): void {
  const problems = checks.flatMap(([key, right, what]) => {
    const value = options[key];
    return value === undefined || right.test(value)
      ? []
      : [`--${key} is ${JSON.stringify(value)}, but must be ${what}.`];
  });
  if (problems.length > 0) throw new Error(problems.join('\n'));
}
