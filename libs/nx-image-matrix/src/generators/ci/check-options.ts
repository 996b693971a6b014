import { normalizePlatforms } from '@nx-image-matrix/engine';
import { listOf, type Given } from '../given.ts';
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
 * The runners of `--runners=linux/arm64=LABEL`, by platform.
 * @throws Error that lists every value without that form
 */
export function readRunners(given: Given): Record<string, string> {
  const values = listOf(given, 'runners').map((value) => ({
    value,
    match: /^([\w.-]+(?:\/[\w.-]+)+)=([\w.:-]+)$/.exec(value),
  }));
  const wrong = values.filter(({ match }) => match === null).map(({ value }) => JSON.stringify(value));
  if (wrong.length > 0) {
    throw new Error(
      `--runners has ${wrong.join(', ')}, but must be platforms with runners, such as linux/arm64=my-arm.`,
    );
  }
  return Object.fromEntries(
    values.flatMap(({ match }) =>
      normalizePlatforms([match?.[1] ?? '']).map((platform) => [platform, match?.[2] ?? '']),
    ),
  );
}

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
