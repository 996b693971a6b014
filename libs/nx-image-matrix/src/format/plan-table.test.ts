import { planTable } from './plan-table.ts';

const old = `sha256:${'a'.repeat(64)}`;
const current = `sha256:${'b'.repeat(64)}`;

describe('planTable', () => {
  it('has a line for each reference, with both digests and the action', () => {
    const text = planTable([
      { reference: 'docker.io/acme/app:1.2.3', to: current, action: 'push' },
      { reference: 'docker.io/acme/app:devel', from: old, to: current, action: 'push' },
      { reference: 'ghcr.io/acme/app:1.2.3', action: 'skipped: TOKEN is not set' },
    ]);
    expect(text.split('\n')).toEqual([
      'REFERENCE                 FROM          TO            ACTION',
      'docker.io/acme/app:1.2.3  -             bbbbbbbbbbbb  push',
      'docker.io/acme/app:devel  aaaaaaaaaaaa  bbbbbbbbbbbb  push',
      'ghcr.io/acme/app:1.2.3    -             -             skipped: TOKEN is not set',
    ]);
  });
});
