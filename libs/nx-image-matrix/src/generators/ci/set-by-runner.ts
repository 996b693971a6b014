/** Whether a runner sets a variable itself. GITHUB_TOKEN it passes only on request. */
export function isSetByRunner(name: string): boolean {
  return name !== 'GITHUB_TOKEN' && /^(?:CI$|GITHUB_|RUNNER_)/.test(name);
}
