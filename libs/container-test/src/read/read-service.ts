import type { ServiceTest } from '../suite.ts';
import type { Fields } from './fields.ts';
import { readVariables } from './read-tests.ts';

/** Seconds, unless a test says otherwise. */
const WITHIN = 30;
/** Seconds; a longer wait would hold back everything else. */
const MOST_WITHIN = 600;

export function readService(fields: Fields): ServiceTest {
  const command = fields.text('command');
  const args = fields.entry('args') && fields.texts('args');
  const http = readHttp(fields);
  const test: ServiceTest = {
    name: fields.required('name'),
    ...(command && { command }),
    ...(args && { args }),
    environment: readVariables(fields),
    port: readPort(fields),
    ...(http && { http }),
    within: readWithin(fields),
  };
  fields.end();
  return test;
}

function readPort(fields: Fields): number {
  const port = fields.number('port');
  if (port === undefined) {
    if (!fields.has('port')) fields.missing('port');
    return 0;
  }
  if (port < 1 || port > 65_535) fields.bad('port', `\`${port}\` is not a port`, 'write a number from 1 to 65535');
  return port;
}

function readHttp(fields: Fields): ServiceTest['http'] {
  const path = fields.text('path');
  const status = fields.number('status');
  const body = fields.oneOrMorePatterns('body');
  if (path === undefined) {
    for (const key of ['status', 'body']) {
      if (fields.entry(key)) fields.bad(key, `\`${key}\` needs a \`path\``, 'write `path: /` for an HTTP request');
    }
    return undefined;
  }
  if (!/^\/[!-~]*$/.test(path)) {
    fields.bad('path', `\`${path}\` is not the path of a URL`, 'it begins with `/` and has no spaces');
  }
  if (status !== undefined && (status < 100 || status > 599)) {
    fields.bad('status', `\`${status}\` is not a status`, 'write a number from 100 to 599');
  }
  return { path, status: status ?? 200, body };
}

/** A number of seconds, or a time such as `90s` or `2m`. */
function readWithin(fields: Fields): number {
  const text = fields.text('within') ?? `${WITHIN}`;
  const [, number = '', unit = 's'] = /^(\d{1,6})(s|m)?$/.exec(text) ?? [];
  const seconds = Number(number) * (unit === 'm' ? 60 : 1);
  if (seconds > 0 && seconds <= MOST_WITHIN) return seconds * 1_000;
  fields.bad('within', `\`${text}\` is not a time`, `write seconds, at most ${MOST_WITHIN}: \`within: 20\``);
  return WITHIN * 1_000;
}
