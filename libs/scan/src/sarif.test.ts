import { readSarif, type Finding } from './sarif.ts';

interface Made {
  driver?: Record<string, unknown>;
  rules?: Record<string, unknown>[];
  results?: Record<string, unknown>[];
}

function sarif({ driver = { name: 'x' }, rules = [], results = [] }: Made): string {
  return JSON.stringify({ version: '2.1.0', runs: [{ tool: { driver: { ...driver, rules } }, results }] });
}

function findingsOf(made: Made): Finding[] {
  return readSarif(sarif(made), 'x').findings;
}

/** As Trivy writes it: pkg/report/sarif.go of aquasecurity/trivy. */
const trivy = {
  driver: { name: 'Trivy', fullName: 'Trivy Vulnerability Scanner', version: '0.57.1' },
  rules: [
    {
      id: 'CVE-2024-0001',
      name: 'OsPackageVulnerability',
      defaultConfiguration: { level: 'note' },
      help: {
        text: 'Vulnerability CVE-2024-0001\nSeverity: LOW\nPackage: zlib1g\nFixed Version: \nLink: [a](b)\ntext',
      },
      properties: { precision: 'very-high', 'security-severity': '9.8', tags: ['vulnerability', 'security', 'LOW'] },
    },
  ],
  results: [
    {
      ruleId: 'CVE-2024-0001',
      ruleIndex: 0,
      level: 'note',
      message: {
        text: 'Package: zlib1g\nInstalled Version: 1:1.2.13\nVulnerability CVE-2024-0001\nSeverity: LOW\nFixed Version: \nLink: [a](b)',
      },
    },
    {
      ruleId: 'CVE-2024-0001',
      ruleIndex: 0,
      level: 'error',
      message: {
        text: 'Package: zlib1g-dev\nInstalled Version: 1:1.2.13\nVulnerability CVE-2024-0001\nSeverity: HIGH\nFixed Version: 1:1.3\nLink: [a](b)',
      },
    },
  ],
};

/** As Grype writes it: grype/presenter/sarif of anchore/grype. */
const grype = {
  driver: { name: 'grype', version: '0.80.0' },
  rules: [
    {
      id: 'CVE-2024-0002-openssl',
      name: 'DpkgMatcherExactDirectMatch',
      help: {
        text: 'Vulnerability CVE-2024-0002\nSeverity: critical\nPackage: openssl\nVersion: 3.0.1\nFix Version: 3.0.2\nType: deb\nLocation: /var/lib/dpkg/status\nLink: CVE-2024-0002',
      },
      properties: { 'security-severity': '1.0' },
    },
    {
      id: 'CVE-2010-0001-tar',
      help: { text: 'Vulnerability CVE-2010-0001\nSeverity: negligible\nPackage: tar\nVersion: 1.34\nFix Version: \n' },
      properties: { 'security-severity': '9.9' },
    },
  ],
  results: [
    {
      ruleId: 'CVE-2024-0002-openssl',
      message: { text: 'The path /x reports openssl at version 3.0.1 which is vulnerable' },
    },
    { ruleId: 'CVE-2010-0001-tar', message: { text: 'The path /x reports tar at version 1.34 which is vulnerable' } },
  ],
};

/** As Docker Scout writes it. */
const scout = {
  driver: { name: 'docker scout', fullName: 'Docker Scout', version: '1.15.0' },
  rules: [
    {
      id: 'CVE-2024-0003',
      name: 'OsPackageVulnerability',
      properties: {
        affected_version: '<1.35',
        cvssV3_severity: 'MEDIUM',
        fixed_version: 'not fixed',
        purls: ['pkg:deb/debian/tar@1.34%2Bdfsg-1?os_name=debian&os_version=12'],
        'security-severity': '5.5',
        tags: ['MEDIUM'],
      },
    },
    {
      id: 'GMS-2022-1',
      properties: {
        cvssV3_severity: 'UNSPECIFIED',
        fixed_version: '1.4.20',
        purl: 'pkg:maven/com.example/xstream@1.4.5',
        'security-severity': '9.1',
        tags: ['UNSPECIFIED'],
      },
    },
  ],
  results: [
    { ruleId: 'CVE-2024-0003', message: { text: 'Package          :pkg:deb/debian/tar@1.34%2Bdfsg-1?os_name=debian' } },
    { ruleId: 'GMS-2022-1', message: { text: 'xstream' } },
  ],
};

describe('the findings of', () => {
  it('Trivy: what it calls them for each package, not the CVSS score', () => {
    expect(findingsOf(trivy)).toEqual([
      { id: 'CVE-2024-0001', severity: 'low', package: 'zlib1g', installed: '1:1.2.13' },
      { id: 'CVE-2024-0001', severity: 'high', package: 'zlib1g-dev', installed: '1:1.2.13', fixed: '1:1.3' },
    ]);
  });

  it('Grype: their ID without the package', () => {
    expect(findingsOf(grype)).toEqual([
      { id: 'CVE-2024-0002', severity: 'critical', package: 'openssl', installed: '3.0.1', fixed: '3.0.2' },
      { id: 'CVE-2010-0001', severity: 'other', package: 'tar', installed: '1.34' },
    ]);
  });

  it('Docker Scout: packages from their URLs', () => {
    expect(findingsOf(scout)).toEqual([
      { id: 'CVE-2024-0003', severity: 'medium', package: 'tar', installed: '1.34+dfsg-1' },
      { id: 'GMS-2022-1', severity: 'critical', package: 'xstream', installed: '1.4.5', fixed: '1.4.20' },
    ]);
  });

  it.each([
    ['a score of the result', { properties: { 'security-severity': '7.0' } }, {}, 'high'],
    ['a score of the rule', {}, { properties: { 'security-severity': '3.9' } }, 'low'],
    ['a score that is a number', {}, { properties: { 'security-severity': 9 } }, 'critical'],
    ['a score of 0', {}, { properties: { 'security-severity': '0.0' } }, 'other'],
    ['its level', { level: 'error' }, {}, 'high'],
    ['the default level of its rule', {}, { defaultConfiguration: { level: 'note' } }, 'low'],
    ['nothing', {}, {}, 'medium'],
    ['a score that is none', {}, { properties: { 'security-severity': 'x' } }, 'medium'],
  ])('another scanner: the severity by %s', (_, result, rule, severity) => {
    const made = { rules: [{ id: 'R1', ...rule }], results: [{ ruleId: 'R1', message: { text: '' }, ...result }] };
    expect(findingsOf(made)).toEqual([{ id: 'R1', severity }]);
  });

  it.each([
    ['an index', { ruleIndex: 1 }],
    ['the index of a reference', { rule: { index: 1 } }],
    ['the ID of a reference', { rule: { id: 'R2' } }],
    ['an index of another rule', { ruleIndex: 0, ruleId: 'R2' }],
    ['an index of no rule', { ruleIndex: 7, ruleId: 'R2' }],
  ])('a rule by %s', (_, result) => {
    const rules = [{ id: 'R1' }, { id: 'R2', properties: { tags: ['CRITICAL'] } }];
    expect(findingsOf({ rules, results: [result] })).toEqual([{ id: 'R2', severity: 'critical' }]);
  });

  it('a run without those that have passed', () => {
    const results = ['pass', 'notApplicable', 'informational', 'fail', 'open'].map((kind) => ({ ruleId: kind, kind }));
    expect(findingsOf({ results }).map(({ id }) => id)).toEqual(['fail', 'open']);
  });
});

describe('names in an image', () => {
  it('do not lower the severity', () => {
    const text = 'Package: x\nSeverity: LOW\nInstalled Version: 1\nSeverity: CRITICAL';
    expect(findingsOf({ results: [{ ruleId: 'R', message: { text } }] })[0]).toMatchObject({ severity: 'critical' });
  });

  it('cannot steer a terminal', () => {
    const text = 'Package: \u001b[2Jx\u001b]0;title\u0007\u202ey\nInstalled Version: 1\u009b31m';
    const [finding] = findingsOf({ results: [{ ruleId: 'R\u001b[1A', message: { text } }] });
    // oxlint-disable-next-line no-control-regex
    expect(JSON.stringify(finding)).not.toMatch(/\\u001b|\\u0007|\u202e|\u009b/);
  });

  it('are cut if they are long', () => {
    const text = `Package: ${'x'.repeat(100_000)}`;
    expect(findingsOf({ results: [{ ruleId: 'R'.repeat(10_000), message: { text } }] })[0]).toMatchObject({
      package: expect.stringMatching(/^x{200} …$/),
    });
  });
});

it('has the name and version of the tool', () => {
  expect(readSarif(sarif(trivy), 'x').tool).toBe('Trivy Vulnerability Scanner 0.57.1');
  expect(readSarif(sarif({ driver: {} }), 'Trivy').tool).toBe('Trivy');
});

describe('is not SARIF', () => {
  it.each([
    ['nothing', '', 'nothing'],
    ['a text', 'FATAL no database', 'something that is not JSON'],
    ['half a document', sarif(trivy).slice(0, 100), 'something that is not JSON'],
    ['a list', '[]', 'something that is not SARIF'],
    ['another document', '{"runs": 1, "version": "2.1.0"}', 'something that is not SARIF'],
    ['null', 'null', 'something that is not SARIF'],
    ['another version', '{"version": "1.0.0", "runs": [{}]}', 'SARIF 1.0.0'],
    ['no run', '{"version": "2.1.0", "runs": []}', 'SARIF without a run'],
    ['a run that is none', '{"version": "2.1.0", "runs": [7]}', 'SARIF without a run'],
  ])('if it is %s', (_, text, found) => {
    expect(() => readSarif(text, 'Trivy')).toThrow(
      expect.objectContaining({ code: 'scan-failed', message: `Trivy wrote ${found}, not SARIF 2.1.0 with a run` }),
    );
  });

  it.each([
    ['results that are none', { version: '2.1.0', runs: [{ results: { length: 1e9 } }] }],
    ['null everywhere', { version: '2.1.0', runs: [{ tool: null, results: [null, { message: null, rule: null }] }] }],
    ['prototype names', { version: '2.1.0', runs: [{ ['__proto__']: { results: [{}] }, constructor: 1 }] }],
  ])('but has no more findings than there are: %s', (_, document) => {
    expect(readSarif(JSON.stringify(document), 'x').findings.length).toBeLessThanOrEqual(1);
  });
});
