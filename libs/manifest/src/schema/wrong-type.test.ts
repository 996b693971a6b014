import { diagnose, minimal } from '../../test/minimal.ts';

it.each([
  ['a platform', 'platforms: [linux]', 'an entry of `platforms` must look like `linux/arm64`, found `linux`'],
  ['an SSH agent', 'ssh: ["a b"]', 'an entry of `ssh` must look like `default`, found `a b`'],
  ['a vulnerability', 'scan: {ignore: [{id: "a b"}]}', '`id` must look like `CVE-2024-1234`, found `a b`'],
  ['a scanner', 'scan: {scanner: clair}', '`scanner` must be `auto`, `trivy`, `grype` or `scout`, found `clair`'],
])('says what %s looks like', (_, key, message) => {
  expect(diagnose(`${minimal}      ${key}\n`).map((problem) => problem.message)).toEqual([message]);
});
