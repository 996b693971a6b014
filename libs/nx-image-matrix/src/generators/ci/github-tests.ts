import { actions } from './actions.ts';
import type { Step } from './github-steps.ts';
import type { CiPlan } from './plan.ts';

const always = '${{ !cancelled() }}';

/** Steps that show the results of tests and keep their reports, whether they have passed or not. */
export function reportSteps({ targets, shards }: CiPlan): Step[] {
  if (targets.test === undefined) return [];
  const machine = shards > 1 ? '-${{ matrix.shard }}' : '';
  return [
    { name: 'Show the results of tests', if: always, run: summary },
    {
      uses: actions.upload.uses,
      if: always,
      with: {
        name: `test-reports-\${{ github.job }}${machine}`,
        path: 'dist/**/test.xml',
        'if-no-files-found': 'ignore',
      },
    },
  ];
}

/** A table of the counts that `docker-test` puts into the first element of each report. */
const summary = [
  'shopt -s globstar nullglob',
  'files=(dist/**/test.xml)',
  'if [ "${#files[@]}" -eq 0 ]; then exit 0; fi',
  '{',
  "  echo '| Image | Tests | Failed | Not run |'",
  "  echo '| --- | --- | --- | --- |'",
  `  sed -n 's/^<testsuites name="\\([^"]*\\)" tests="\\([0-9]*\\)" failures="\\([0-9]*\\)" errors="0" skipped="\\([0-9]*\\)".*/| \\1 | \\2 | \\3 | \\4 |/p' "\${files[@]}"`,
  '} >> "$GITHUB_STEP_SUMMARY"',
].join('\n');
