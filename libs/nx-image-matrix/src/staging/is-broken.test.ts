import { EngineError } from '@nx-image-matrix/engine';
import { isBroken } from './is-broken.ts';

it.each([
  ['failed to copy: httpReadSeeker: failed open: content at http://r/v2/s/blobs/sha256:1 not found: not found', true],
  ['unknown blob', true],
  ["number of layers and diffIDs don't match: 1 != 2", true],
  ['failed size validation: 1 != 2: failed precondition', true],
  ['manifest unknown: manifest unknown', true],
  ['dial tcp: lookup staging.example on 10.0.0.1:53: no such host', false],
  ['context deadline exceeded', false],
  ['toomanyrequests: You have reached your pull rate limit', false],
  ['no space left on device', false],
  ['received unexpected HTTP status: 500 Internal Server Error', false],
])('isBroken(%j) is %s', (words, expected) => {
  expect(isBroken(new EngineError('registry-failed', 'x was not pulled', { output: words }))).toBe(expected);
});

it('a login that is missing says nothing about an image', () => {
  expect(isBroken(new EngineError('unauthorized', 'repository not found or may require a login'))).toBe(false);
  expect(isBroken(new Error('not found'))).toBe(false);
});
