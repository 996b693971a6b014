import type { CommandTest, ContentTest, ExistenceTest, Executor, RunSettings, Variable } from '../suite.ts';
import type { Fields } from './fields.ts';

/** An environment variable; `undefined` without a name. */
export function readVariable(fields: Fields): Variable | undefined {
  const key = fields.required('key');
  const value = fields.text('value') ?? '';
  // It has no effect here; container-structure-test allows it everywhere.
  fields.flag('isRegex', false);
  fields.end();
  if (/[=\0]/.test(key)) fields.bad('key', `\`${key}\` is not the name of a variable`);
  return key === '' ? undefined : { key, value };
}

export function readVariables(fields: Fields): Variable[] {
  return fields.maps('envVars').flatMap((each) => readVariable(each) ?? []);
}

export function readCommand(fields: Fields): CommandTest {
  const test = {
    name: fields.required('name'),
    setup: fields.commands('setup'),
    teardown: fields.commands('teardown'),
    environment: readVariables(fields),
    command: [fields.required('command'), ...fields.texts('args')],
    output: { expected: fields.patterns('expectedOutput'), excluded: fields.patterns('excludedOutput') },
    error: { expected: fields.patterns('expectedError'), excluded: fields.patterns('excludedError') },
    exitCode: fields.number('exitCode') ?? 0,
  };
  fields.end();
  return test;
}

const executors: Record<Executor, Executor> = { owner: 'owner', group: 'group', other: 'other', any: 'any' };

function isExecutor(text: string): text is Executor {
  return Object.hasOwn(executors, text);
}

export function readExistence(fields: Fields): ExistenceTest {
  const permissions = fields.text('permissions');
  const uid = fields.number('uid');
  const gid = fields.number('gid');
  const by = fields.text('isExecutableBy');
  if (by && !isExecutor(by)) {
    fields.bad('isExecutableBy', `\`${by}\` cannot execute`, `write one of ${Object.keys(executors).join(', ')}`);
  }
  if (permissions && !/^[-dalTLDpSugct?]+[-rwx]{9}$/.test(permissions)) {
    const hint = 'write them as `-rw-r--r--` or `drwxr-xr-x`';
    fields.bad('permissions', `\`${permissions}\` are not permissions`, hint);
  }
  const test = {
    name: fields.required('name'),
    path: fields.required('path'),
    shouldExist: fields.flag('shouldExist', true),
    ...(permissions && { permissions }),
    ...(uid !== undefined && { uid }),
    ...(gid !== undefined && { gid }),
    ...(by && isExecutor(by) && { executableBy: by }),
  };
  fields.end();
  return test;
}

export function readContent(fields: Fields): ContentTest {
  const test = {
    name: fields.required('name'),
    path: fields.required('path'),
    contents: { expected: fields.patterns('expectedContents'), excluded: fields.patterns('excludedContents') },
  };
  fields.end();
  return test;
}

/** The settings of a file without `containerRunOptions`. */
const noSettings: RunSettings = { privileged: false, tty: false, passed: [], capabilities: [], bindMounts: [] };

export function readSettings(fields: Fields | undefined): RunSettings {
  if (!fields) return noSettings;
  const user = fields.text('user');
  const envFile = fields.text('envFile');
  const settings = {
    ...(user && { user }),
    privileged: fields.flag('privileged', false),
    tty: fields.flag('allocateTty', false),
    ...(envFile && { envFile }),
    passed: fields.texts('envVars'),
    capabilities: fields.texts('capabilities'),
    bindMounts: fields.texts('bindMounts'),
  };
  for (const mount of settings.bindMounts) {
    if (!/^[^:]+:\/[^:]*(?::[A-Za-z,]+)?$/.test(mount)) {
      fields.bad('bindMounts', `\`${mount}\` is not a mount`, 'write SOURCE:/TARGET or SOURCE:/TARGET:ro');
    }
  }
  for (const name of settings.passed) {
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) fields.bad('envVars', `\`${name}\` is not the name of a variable`);
  }
  for (const name of settings.capabilities) {
    if (!/^[A-Za-z_]+$/.test(name)) fields.bad('capabilities', `\`${name}\` is not the name of a capability`);
  }
  fields.end();
  return settings;
}
