import { formatJUnit } from './junit.ts';
import type { TestResult } from './results.ts';

const passed: TestResult = { file: 'a.yaml', kind: 'commandTests', name: 'ok', failures: [], duration: 1_500 };

it('has a suite for each file, and each failure with what was expected', () => {
  const xml = formatJUnit({
    project: 'app',
    reference: 'app:1',
    results: [
      passed,
      { ...passed, name: 'bad', failures: ['expected /x/, found "y"\nand more'] },
      { ...passed, file: 'b.yaml', skipped: 'not supported', duration: 0 },
    ],
  });
  expect(xml).toBe(`<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="app" tests="3" failures="1" errors="0" skipped="1" time="3.000">
  <testsuite name="app: a.yaml" file="a.yaml" tests="2" failures="1" errors="0" skipped="0" time="3.000">
    <testcase name="commandTests: ok" classname="app: a.yaml" file="a.yaml" time="1.500"/>
    <testcase name="commandTests: bad" classname="app: a.yaml" file="a.yaml" time="1.500">
      <failure message="expected /x/, found &quot;y&quot;">expected /x/, found &quot;y&quot;
and more</failure>
    </testcase>
  </testsuite>
  <testsuite name="app: b.yaml" file="b.yaml" tests="1" failures="0" errors="0" skipped="1" time="0.000">
    <testcase name="commandTests: ok" classname="app: b.yaml" file="b.yaml" time="0.000">
      <skipped message="not supported"/>
    </testcase>
  </testsuite>
</testsuites>
`);
});

it.each(['<&>"\'', 'a\u0000b\u001b[31m', '\ud800', ']]>', '\uffff'])('is well-formed with %j in a name', (name) => {
  const xml = formatJUnit({ project: name, reference: name, results: [{ ...passed, name, failures: [name] }] });
  // oxlint-disable-next-line no-control-regex
  expect(xml).not.toMatch(/[\u0000-\u0008\u000b-\u001f\ufffe\uffff]|\p{Surrogate}/u);
  expect(xml.replaceAll(/&(?:amp|lt|gt|quot|apos);/g, '')).not.toContain('&');
  expect(xml.match(/<failure message="[^"<]*">[^<]*<\/failure>/)).not.toBeNull();
});
