import { EngineError, run } from '@nx-image-matrix/engine';
import { readSarif, type ScanLog } from './sarif.ts';
import { scanners, type Scanner, type ScanSource } from './scanners.ts';

export interface ScanRequest {
  environment: NodeJS.ProcessEnv;
  /** Milliseconds. */
  timeout: number;
  signal: AbortSignal;
}

/**
 * Scans an image.
 * @throws EngineError `scan-failed`, `timeout` or `interrupted`
 */
export async function runScanner(scanner: Scanner, source: ScanSource, request: ScanRequest): Promise<ScanLog> {
  const [program, ...first] = scanner.command;
  const { exitCode, stdout, stderr } = await run(program, [...first, ...scanner.scan(source)], {
    environment: { ...request.environment, ...scanner.environment(source) },
    timeout: request.timeout,
    signal: request.signal,
  });
  if (exitCode !== 0) {
    const how = exitCode === undefined ? 'was ended by a signal' : `failed with exit code ${exitCode}`;
    throw new EngineError('scan-failed', `${scanner.product} ${how}`, { output: lastLines(stderr || stdout) });
  }
  return readSarif(stdout, scanner.product);
}

/** Lines of an error that are shown. */
const SHOWN = 20;

function lastLines(text: string): string {
  return text.trimEnd().split('\n').slice(-SHOWN).join('\n');
}

/**
 * The scanner of a name, or with `auto` the first that is installed.
 * @throws EngineError `no-scanner`
 */
export async function findScanner(name: Scanner['name'] | 'auto', environment: NodeJS.ProcessEnv): Promise<Scanner> {
  const wanted = scanners.filter((scanner) => name === 'auto' || scanner.name === name);
  for (const scanner of wanted) if (await isInstalled(scanner, environment)) return scanner;
  const [only] = wanted;
  const missing = wanted.map(({ product }) => product);
  const which = name === 'auto' ? `no scanner is installed: ${missing.join(', ')}` : `${missing[0]} is not installed`;
  const hint =
    name === 'auto' ? 'install one of them' : `install it (${only?.from}), or set \`scanner\` in the manifest`;
  throw new EngineError('no-scanner', which, { hint });
}

/** A scanner that starts counts as installed, whatever it says of its version. */
async function isInstalled({ command, version }: Scanner, environment: NodeJS.ProcessEnv): Promise<boolean> {
  const [program, ...first] = command;
  try {
    const { exitCode } = await run(program, [...first, ...version], { environment, timeout: 30_000 });
    return exitCode === 0;
  } catch (error) {
    if (error instanceof EngineError && error.code === 'no-engine') return false;
    throw error;
  }
}
